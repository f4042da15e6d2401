"""
Read and check the YAML files of this folder against kgen's schemas, and do nothing else of ``kgen validate``.

It does what ``kgen validate -j 1 --no-cache`` does for that, with kgen's own functions, and exits with 1 if there is
a fault. The API server's other rules are left out: documents that are valid for these schemas alone can be made up
for every field.
"""

import gc
import glob
import os
import sys

from kgen.check.objects import Objects
from kgen.check.store import Store, default_directory
from kgen.read.quick import quick
from kgen.read.split import chunks


def main() -> int:
    """Return the exit code for the Kubernetes version ``sys.argv[1]``."""
    objects = Objects(Store(default_directory()), (sys.argv[1],), lambda *_: None)
    is_faulty = False
    for name in sorted(glob.glob("*.yaml")):  # pathlib takes as long to import as many files to read
        with open(name, "rb") as file:
            data = file.read()
        for chunk in chunks(data):
            value, _ = quick(chunk.text)
            known = objects.kind(value["apiVersion"], value["kind"])
            if not known.checks:
                is_faulty = True
            for check, _ in known.checks:
                if check(value):
                    is_faulty = True
    return 1 if is_faulty else 0


if __name__ == "__main__":
    gc.disable()  # as in kgen.main
    os._exit(main())
