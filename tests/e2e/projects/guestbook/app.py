"""A guestbook: entries live in memory, so that the example needs no database."""

import logging
import os
from datetime import UTC, datetime

from flask import Flask, jsonify, redirect, render_template, request, url_for

logging.basicConfig(level=os.environ.get("LOG_LEVEL", "INFO"))

app = Flask(__name__)
app.config["TITLE"] = os.environ.get("GUESTBOOK_TITLE", "Guestbook")

entries = []


@app.get("/")
def index():
    return render_template("index.html", entries=entries, title=app.config["TITLE"])


@app.post("/sign")
def sign():
    name = request.form.get("name", "").strip()
    if not name:
        return jsonify(error="who are you?"), 400
    entries.append({"name": name, "at": datetime.now(UTC).strftime("%H:%M")})
    app.logger.info("signed by %s", name)
    return redirect(url_for("index"), code=303)


@app.get("/api/entries")
def list_entries():
    return jsonify(entries)


@app.get("/healthz")
def healthz():
    return jsonify(status="ok")


if __name__ == "__main__":
    app.run(debug=True)
