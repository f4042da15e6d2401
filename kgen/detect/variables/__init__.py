"""Environment variables that a project reads: what has to be set, and what may be."""
