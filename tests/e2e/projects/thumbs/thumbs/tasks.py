import time
from hashlib import sha256

from thumbs.celery import app


@app.task
def fingerprint(text: str) -> str:
    return sha256(text.encode()).hexdigest()


@app.task
def render(seconds: float) -> str:
    """Take a while, as pictures do."""
    time.sleep(seconds)
    return "done"
