"""
``kgen validate -j 1 --no-cache`` of this folder, with everything left out but reading and kgen's schemas.

The rules of the API server, of practice, and over several objects are taken away before the command runs: what is left
is what the schemas alone cost, in the same program. Documents that are valid for schemas alone can be made up for
every field. It exits with 1 if there is a fault.
"""

import gc
import os
import sys

from kgen.arguments import validate_request
from kgen.check.server import kinds
from kgen.commands.validate import run


def main() -> int:
    """Return the exit code for the Kubernetes version ``sys.argv[1]``."""
    kinds.KINDS = {}
    kinds.EVERY = ()
    asked = validate_request(["-j", "1", "--no-cache", "--profile", "server", "-k", sys.argv[1], "."], colour=False)
    return run(asked, sys.stdin.buffer, sys.stdout, sys.stderr) if asked else 2


if __name__ == "__main__":
    gc.disable()  # as in kgen.main
    code = main()
    sys.stdout.flush()
    os._exit(code)
