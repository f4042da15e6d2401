"""The catalog: what there is."""

from flask import Flask, Response, jsonify

ITEMS = [
    {"id": "cup", "name": "Cup, blue"},
    {"id": "teapot", "name": "Teapot, 1 l"},
    {"id": "samovar", "name": "Samovar, not for sale"},
]

app = Flask(__name__)


@app.get("/items")
def items() -> Response:
    return jsonify(ITEMS)


@app.get("/healthz")
def healthz() -> Response:
    """Say that the process answers; asks nobody else."""
    return jsonify(status="ok")
