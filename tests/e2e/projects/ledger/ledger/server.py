import configparser
import os
import pkgutil
import signal
import sys

from bottle import Bottle, abort
from waitress import serve

app = Bottle()


def accounts():
    parser = configparser.ConfigParser()
    parser.read_string(pkgutil.get_data("ledger", "accounts.ini").decode())
    return dict(parser["accounts"])


@app.get("/accounts/<name>")
def account(name):
    known = accounts()
    if name not in known:
        abort(404, "no such account")
    return {"name": name, "balance": int(known[name])}


@app.get("/status")
def status():
    return {"status": "ok"}


def main():
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    serve(app, host="0.0.0.0", port=int(os.environ.get("PORT", "8080")), threads=4)


if __name__ == "__main__":
    main()
