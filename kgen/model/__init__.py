"""The user's app file (``app``), the platform's (``platform``), and the app with all questions answered (``plan``)."""
