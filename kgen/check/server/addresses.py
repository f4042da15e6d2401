"""Rules of the API server: addresses."""
