"""Which kinds and fields of Kubernetes go, when, and what replaces them: as data, and what follows for an object."""
