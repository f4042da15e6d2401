"""
Containers of the lab: podman and buildah, with storage, settings and caches in one folder of their own.

On a developer's machine the lab's stand-ins must not hide the real ``python:3.13-slim``.
"""

import fcntl
import functools
import os
import shutil
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

HOME = Path(os.environ.get("KGEN_E2E_HOME", "/var/tmp/kgen-e2e"))  # noqa: S108  # a cache: big, and worth keeping over a reboot
TOOLS = ("buildah", "podman", "runc", "debootstrap", "redis-server")

CONTAINERS_CONF = """\
[containers]
default_ulimits = ["nofile=1024:1024", "nproc=4096:4096"]
log_driver = "k8s-file"
[engine]
cgroup_manager = "cgroupfs"
events_logger = "file"
runtime = "runc"
"""
"""No systemd, no journal, and no right to raise limits are needed: the lab also works inside a container."""


def problem() -> str:
    """Return why the lab cannot work here; empty if it can."""
    if os.geteuid() != 0:
        return "needs root"
    missing = [tool for tool in TOOLS if shutil.which(tool) is None]
    return f"needs {', '.join(missing)}: run `python tests/e2e/lab.py setup` on Debian" if missing else ""


def podman(*words: str) -> str:
    """Run podman on the lab's storage, and return what it prints."""
    return call("podman", *_storage(), *words)


def buildah(*words: str) -> str:
    """Run buildah on the lab's storage, and return what it prints."""
    return call("buildah", *_storage(), *words)


def printed(container: str) -> str:
    """Return what ``container`` printed, errors included."""
    return _ran("podman", *_storage(), "logs", container, errors=subprocess.STDOUT).stdout


def exists(image: str) -> bool:
    """Tell whether the lab has ``image``."""
    return bool(podman("images", "-q", image).strip())


def remove(image: str) -> None:
    """Remove ``image`` if it is there; layers that nothing else needs go with it."""
    if exists(image):
        podman("rmi", "--force", image)


@contextmanager
def files_of(image: str) -> Iterator[Path]:
    """Show the file system of ``image`` as a folder."""
    folder = podman("image", "mount", image).strip()
    try:
        yield Path(folder)
    finally:
        podman("image", "unmount", "--force", image)


def size_of(image: str) -> int:
    """Return how many bytes all layers of ``image`` have."""
    return int(podman("image", "inspect", "--format", "{{.Size}}", image))


@contextmanager
def alone() -> Iterator[None]:
    """Hold the lock of the lab: test processes that run side by side must not make the same image."""
    HOME.mkdir(parents=True, exist_ok=True)
    with (HOME / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def call(*words: str, env: Mapping[str, str] | None = None) -> str:
    """Run a command and return what it prints; the end of that is in the exception, if it fails."""
    result = _ran(*words, errors=subprocess.PIPE, env=env)
    if result.returncode:
        end = "\n".join((result.stdout + result.stderr).splitlines()[-40:])
        raise RuntimeError(f"{' '.join(words[:12])} failed with {result.returncode}:\n{end}")
    return result.stdout


def _ran(*words: str, errors: int, env: Mapping[str, str] | None = None) -> subprocess.CompletedProcess[str]:
    """Run a command with the lab's settings."""
    _settle()
    merged = {
        **os.environ,
        **(env or {}),
        "CONTAINERS_CONF": str(HOME / "containers.conf"),
        "CONTAINERS_REGISTRIES_CONF": str(HOME / "registries.conf"),
        "TMPDIR": str(HOME / "tmp"),  # also where buildah keeps what RUN mounts as a cache
    }
    return subprocess.run(words, stdout=subprocess.PIPE, stderr=errors, text=True, check=False, env=merged)


@functools.cache
def _settle() -> None:
    """Write the settings of both tools."""
    (HOME / "tmp").mkdir(parents=True, exist_ok=True)
    (HOME / "containers.conf").write_text(CONTAINERS_CONF, "utf-8")
    (HOME / "registries.conf").write_text('unqualified-search-registries = ["docker.io"]\n', "utf-8")


def _storage() -> list[str]:
    """Return the options of both tools that keep this lab apart from the machine's images."""
    driver = _driver()
    return ["--storage-driver", driver, "--root", str(HOME / driver), "--runroot", str(HOME / f"{driver}-run")]


@functools.cache
def _driver() -> str:
    """Return how layers are stored: ``overlay`` if this kernel lets us here, else whole copies, which work anywhere."""
    trial = HOME / f"trial-{os.getpid()}"
    folders = [trial / name for name in ("lower", "upper", "work", "merged")]
    for folder in folders:
        folder.mkdir(parents=True)
    lower, upper, work, merged = folders
    options = f"lowerdir={lower},upperdir={upper},workdir={work}"
    mount = ["mount", "-t", "overlay", "overlay", "-o", options, str(merged)]
    works = subprocess.run(mount, capture_output=True, check=False).returncode == 0
    if works:
        subprocess.run(["umount", str(merged)], check=True)
    shutil.rmtree(trial)
    return "overlay" if works else "vfs"
