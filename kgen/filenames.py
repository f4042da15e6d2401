"""What kgen's own files are called."""

APP_FILE = "app.yaml"
PLATFORM_FILE = "kgen.yaml"
