"""
A container lab for a machine without Docker, cluster and image registry: buildah builds, podman runs, root required.

``python tests/e2e/lab.py setup`` installs the tools (Debian) and makes the base image; ``clean`` removes all but them.

Images are stand-ins made on the spot, under the names that the Dockerfile asks for: Debian's own Python by debootstrap,
and the uv binary from PyPI. They show that a Dockerfile builds and that its container runs, not what upstream ships.
Everything lives in one folder with a container storage of its own: on a developer's machine the stand-ins must not
hide the real ``python:3.13-slim``.
"""

import fcntl
import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

HOME = Path(os.environ.get("KGEN_E2E_HOME", "/var/tmp/kgen-e2e"))  # noqa: S108  # a cache: big, and worth keeping over a reboot
TOOLS = ("buildah", "podman", "runc", "debootstrap")
PACKAGES = (*TOOLS, "catatonit", "netavark", "aardvark-dns", "ca-certificates")
PYTHON = "localhost/kgen-e2e/python"
CERTIFICATES = "/etc/ssl/certs/ca-certificates.crt"

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


def install() -> None:
    """Install the tools from Debian."""
    if problem():
        environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
        _call("apt-get", "update", "-q", env=environment)
        _call("apt-get", "install", "-y", "-q", "--no-install-recommends", *PACKAGES, env=environment)


def python_version() -> str:
    """Return the minor version of the stand-in's Python, and make the image if it is not there yet."""
    with _alone():
        if not _exists(PYTHON):
            _make_python()
    return (HOME / "python-version").read_text("ascii").strip()


def provide(dockerfile: str) -> None:
    """Make stand-ins for all images that ``dockerfile`` starts from."""
    version = python_version()
    stages = set(re.findall(r"^FROM \S+ AS (\S+)", dockerfile, re.MULTILINE))
    for image in sorted(set(re.findall(r"^FROM (\S+)", dockerfile, re.MULTILINE)) - stages):
        name = image if "/" in image else f"docker.io/library/{image}"
        with _alone():
            if _exists(name):
                continue
            if re.search(r"/uv[:@]", name):
                _make_uv(name)
            elif name.startswith(f"docker.io/library/python:{version}-"):
                podman("tag", PYTHON, name)
            else:
                raise LookupError(f"no stand-in for {image}: the lab has Python {version}")


def build(context: Path, image: str) -> None:
    """Build ``context`` as ``image``."""
    provide((context / "Dockerfile").read_text("utf-8"))
    _build(context, image)


def podman(*words: str) -> str:
    """Run podman on the lab's storage, and return what it prints."""
    return _call("podman", *_storage(), *words)


def play(pod: Mapping[str, Any], objects: Iterable[Mapping[str, Any]]) -> None:
    """Start ``pod`` and what it refers to."""
    manifest = HOME / f"{pod['metadata']['name']}.yaml"  # JSON documents are YAML documents
    manifest.write_text("\n---\n".join(json.dumps(each) for each in (*objects, pod)), "utf-8")
    podman("kube", "play", str(manifest))
    manifest.unlink()


def remove(pod: str, image: str) -> None:
    """Remove what one test made, running or not."""
    podman("pod", "rm", "--force", "--time", "0", "--ignore", pod)
    if _exists(image):
        podman("rmi", "--force", image)


def clean() -> None:
    """Remove images, containers and all other files of the lab."""
    if HOME.exists():
        podman("rm", "--all", "--force", "--time", "0")
        shutil.rmtree(HOME)


def _make_python() -> None:
    """
    Make an image of Debian with Debian's Python.

    Not of the interpreter that runs the tests: it may be built anywhere, with a prefix and libraries that no image has.
    """
    root = HOME / "python"
    shutil.rmtree(root, ignore_errors=True)  # what an interrupted run left
    root.mkdir(parents=True)
    release = Path("/etc/os-release").read_text("utf-8")
    suite = re.findall(r"^VERSION_CODENAME=(\w+)", release, re.MULTILINE)[0]
    mirror = re.findall(r"https?://\S+", _call("apt-cache", "policy", "base-files"))[0]
    include = "ca-certificates,python3,python3-venv,python3-pip"
    _call("debootstrap", "--variant=minbase", f"--include={include}", suite, str(root), mirror)
    for unused in ("var/cache/apt/archives", "usr/share/doc", "usr/share/locale"):  # every layer is a copy of all files
        shutil.rmtree(root / unused)
    for name in ("python", "python3"):
        (root / "usr/local/bin" / name).symlink_to("/usr/bin/python3")
    # upstream's image lets pip install anywhere; Debian's asks for a virtual environment
    for marker in root.glob("usr/lib/python3*/EXTERNALLY-MANAGED"):
        marker.unlink()
    interpreter = (root / "usr/bin/python3").readlink().name
    (HOME / "python-version").write_text(interpreter.removeprefix("python") + "\n", "ascii")
    archive = HOME / "python.tar"
    _call("tar", "-C", str(root), "-cf", str(archive), ".")
    changes = [f"ENV {name}={value}" for name, value in _client_settings().items()]
    podman("import", "-q", *(word for change in changes for word in ("--change", change)), str(archive), PYTHON)
    archive.unlink()
    shutil.rmtree(root)


def _make_uv(name: str) -> None:
    """Make an image of the uv binary in the version of the tag, as ``ghcr.io/astral-sh/uv:0.13``."""
    tag = re.findall(r"/uv:(\d[\d.]*)", name)
    wanted = f"uv=={tag[0]}.*" if tag else "uv"
    context = HOME / "uv"
    context.mkdir(exist_ok=True)
    (context / "Dockerfile").write_text(
        f"FROM {PYTHON} AS pip\n"
        f"RUN pip install --no-cache-dir --target /uv '{wanted}'\n"
        "FROM scratch\n"
        "COPY --from=pip /uv/bin/uv /uv\n",
        "utf-8",
    )
    _build(context, name)


def _build(context: Path, image: str) -> None:
    """Build without pulling anything, with this machine's client settings mounted: no layer keeps them."""
    mounts = [word for path in _client_files() for word in ("--volume", f"{path}:{path}:ro")]
    command = ("build", "--pull-never", "--network", "host", "--isolation", "chroot", *mounts, "--tag", image)
    _call("buildah", *_storage(), *command, str(context))


def _client_settings() -> dict[str, str]:
    """Return the variables by which pip, uv and Poetry find index and certificates; the stand-in gets them too."""
    names = r"SSL_CERT_FILE|REQUESTS_CA_BUNDLE|(PIP|UV)_(CERT|(EXTRA_|DEFAULT_)?INDEX(_URL)?|FIND_LINKS)"
    found = {name: value for name, value in os.environ.items() if re.fullmatch(names, name) and " " not in value}
    return {"SSL_CERT_FILE": CERTIFICATES, "REQUESTS_CA_BUNDLE": CERTIFICATES} | found


def _client_files() -> list[Path]:
    """Return the files and folders of that kind: certificates, pip's configuration, local indexes that it names."""
    asked = [sys.executable, "-m", "pip", "config", "list"]
    known = subprocess.run(asked, capture_output=True, text=True, check=False).stdout  # nothing, if there is no pip
    named = [Path(name) for name in re.findall(r"(?<![\w/:.])(?:file://)?(/[^\s'\",]+)", known)]
    # the pages of an index lead to files beside it
    beside = [path.parent for path in named if path.name == "simple" and path.parent != path.parent.parent]
    usual = [Path("/etc/ssl/certs"), Path("/etc/pip.conf"), Path.home() / ".config/pip"]
    paths = [path for path in {*usual, *named, *beside} if path.exists()]
    return sorted(path for path in paths if not any(path != other and path.is_relative_to(other) for other in paths))


@contextmanager
def _alone() -> Iterator[None]:
    """Hold the lock of the lab: test processes that run side by side must not make the same image."""
    HOME.mkdir(parents=True, exist_ok=True)
    with (HOME / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _exists(image: str) -> bool:
    return bool(podman("images", "-q", image).strip())


def _storage() -> list[str]:
    """Return the options of both tools that keep this lab apart from the machine's images; ``vfs`` works everywhere."""
    return ["--storage-driver", "vfs", "--root", str(HOME / "storage"), "--runroot", str(HOME / "run")]


def _call(*words: str, env: Mapping[str, str] | None = None) -> str:
    """Run a command and return what it prints; the end of its output is in the error, if it fails."""
    HOME.mkdir(parents=True, exist_ok=True)
    settings = {
        "containers.conf": CONTAINERS_CONF,
        "registries.conf": 'unqualified-search-registries = ["docker.io"]\n',
    }
    for name, text in settings.items():
        (HOME / name).write_text(text, "utf-8")
    places = {
        "CONTAINERS_CONF": str(HOME / "containers.conf"),
        "CONTAINERS_REGISTRIES_CONF": str(HOME / "registries.conf"),
    }
    merged = {**os.environ, **(env or {}), **places}
    result = subprocess.run(words, capture_output=True, text=True, check=False, env=merged)
    if result.returncode:
        end = "\n".join((result.stdout + result.stderr).splitlines()[-30:])
        raise RuntimeError(f"{' '.join(words[:12])} failed with {result.returncode}:\n{end}")
    return result.stdout


if __name__ == "__main__":
    match sys.argv[1:]:
        case ["setup"]:
            install()
            version = python_version()
            sys.stdout.write(f"ready: Python {version}, in {HOME}\n")
        case ["clean"]:
            clean()
        case _:
            sys.exit(__doc__)
