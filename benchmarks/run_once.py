"""
Run a command and print its wall time, CPU time and peak memory as JSON.

A program of its own, since the peak of a process counts from its parent's: the parent has to be small.
"""

import os
import sys
import time


def main() -> None:
    """Run ``sys.argv[1:]`` with its output thrown away."""
    silent = [(os.POSIX_SPAWN_OPEN, 1, os.devnull, os.O_WRONLY, 0)]
    start = time.perf_counter()
    child = os.posix_spawn(sys.argv[1], sys.argv[1:], os.environ, file_actions=silent)
    _, status, used = os.wait4(child, 0)
    wall = time.perf_counter() - start
    peak = used.ru_maxrss * (1 if sys.platform == "darwin" else 1024)
    code = os.waitstatus_to_exitcode(status)
    print(f'{{"code": {code}, "wall": {wall}, "cpu": {used.ru_utime + used.ru_stime}, "peak": {peak}}}')


main()
