"""Remove old drafts, every few seconds, until told to stop."""

import os
import signal
import sys
import time
from pathlib import Path

DRAFTS = Path(os.environ.get("DRAFTS", "/data/drafts"))
OLDER_THAN = float(os.environ.get("OLDER_THAN_SECONDS", "2"))


def sweep(endings):
    limit = time.time() - OLDER_THAN
    for path in (path for ending in endings for path in DRAFTS.glob(ending)):
        if path.stat().st_mtime < limit:
            path.unlink()
            print(f"removed {path.name}")


def stop(signum, frame):
    print("stopped")
    sys.exit(0)


if __name__ == "__main__":
    signal.signal(signal.SIGTERM, stop)
    DRAFTS.mkdir(parents=True, exist_ok=True)
    print(f"sweeping {DRAFTS}")
    with open("endings.txt") as file:
        endings = file.read().split()
    while True:
        sweep(endings)
        time.sleep(1)
