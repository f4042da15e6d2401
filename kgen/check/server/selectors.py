"""Rules of the API server: selectors."""
