"""Rules of the API server: probes."""
