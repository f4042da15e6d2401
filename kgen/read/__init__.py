"""Kubernetes YAML and JSON as the API server reads it."""
