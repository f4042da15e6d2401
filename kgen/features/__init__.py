"""Optional objects, one module each: what users write about it, what can be wrong, how it is made."""
