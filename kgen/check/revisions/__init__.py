"""Rules over an object and its earlier revision: what an API server refuses to update, and what breaks on the way."""
