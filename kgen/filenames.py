"""What kgen's own files are called."""

APP_FILE = "app.yaml"
PLATFORM_FILE = "kgen.yaml"
IMAGE_LOCK = "images.lock.json"
"""Digests of base images, beside kgen.yaml."""
