"""Tell the IP addresses of the host in a URL."""

import socket
from urllib.parse import urlsplit

from flask import Flask, Response, jsonify, request

app = Flask(__name__)


@app.get("/")
def addresses() -> Response | tuple[Response, int]:
    """Answer ``/?url=https://example.com`` with the host's addresses. The URL is looked up, never fetched."""
    url = request.args.get("url", "")
    if not url:
        return jsonify(usage="/?url=https://example.com")
    try:
        host = urlsplit(url).hostname
    except ValueError:
        host = None
    if not host:
        return jsonify(error="not a URL with a host", url=url), 400
    try:
        found = socket.getaddrinfo(host, None, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):
        return jsonify(error="host not found", host=host), 404
    return jsonify(host=host, addresses=sorted({entry[4][0] for entry in found}))


@app.get("/healthz")
def healthz() -> Response:
    """Say that the process answers; asks nobody else."""
    return jsonify(status="ok")
