"""
A container lab for a machine without Docker, cluster and image registry: buildah builds, podman runs, root required.

``python tests/e2e/lab.py setup`` installs the tools (Debian) and makes the base image; ``clean`` removes all but them.
"""

import os
import shutil
import sys
from pathlib import Path

import containers
import images

PACKAGES = (*containers.TOOLS, "catatonit", "netavark", "aardvark-dns", "ca-certificates")


def install() -> None:
    """Install the tools from Debian; redis-server is not started."""
    if containers.problem():
        environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive", "RUNLEVEL": "1"}
        containers.call("apt-get", "update", "-q", env=environment)
        containers.call("apt-get", "install", "-y", "-q", "--no-install-recommends", *PACKAGES, env=environment)


def clean() -> None:
    """Remove images, containers and all other files of the lab."""
    if containers.HOME.exists():
        containers.podman("pod", "rm", "--all", "--force", "--time", "0")
        containers.podman("rm", "--all", "--force", "--time", "0")
        mounted = [line.split()[1] for line in Path("/proc/mounts").read_text("utf-8").splitlines()]
        for place in reversed([each for each in mounted if each.startswith(f"{containers.HOME}/")]):
            containers.call("umount", place)
        shutil.rmtree(containers.HOME)


if __name__ == "__main__":
    match sys.argv[1:]:
        case ["setup"]:
            install()
            version = images.python_version()
            sys.stdout.write(f"ready: Python {version}, in {containers.HOME}\n")
        case ["clean"]:
            clean()
        case _:
            sys.exit(__doc__)
