"""Rules of practice and security on one object, which an API server takes without a word."""
