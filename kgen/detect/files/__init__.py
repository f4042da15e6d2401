"""Files that a program wants beside its source: what it writes, what the repository has not, and front ends."""
