"""Command lines: what they start, what stands in front of it, and what they are for."""
