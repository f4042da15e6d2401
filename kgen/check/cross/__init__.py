"""Rules over all objects of a run: what breaks an app though every object is valid."""
