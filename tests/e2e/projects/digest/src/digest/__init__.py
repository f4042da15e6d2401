"""A digest of the day."""
