"""Compile one typed app file into Kubernetes manifests, a Dockerfile and a compose file."""
