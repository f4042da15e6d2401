"""
Images of the lab: stand-ins for what a Dockerfile starts from, and what it builds.

Stand-ins are made on the spot, under the names that the Dockerfile asks for: Debian's own Python by debootstrap, and
the uv binary from PyPI. They show that a Dockerfile builds and that its container runs, not what upstream ships.
"""

import hashlib
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

from containers import HOME, alone, buildah, call, exists, podman

PYTHON = f"localhost/kgen-e2e/python:{hashlib.sha256(Path(__file__).read_bytes()).hexdigest()[:12]}"
"""Made anew when this file changes: an image of an older lab on the same machine is another one."""

SUITE = "bookworm"
"""The same on every machine, since the projects have to be fit for its Python."""
CERTIFICATES = "/etc/ssl/certs/ca-certificates.crt"


def python_version() -> str:
    """Return the minor version of the stand-in's Python, and make the image if it is not there yet."""
    with alone():
        if not exists(PYTHON):
            _make_python()
    return (HOME / "python-version").read_text("ascii").strip()


def provide(dockerfile: str) -> None:
    """Make stand-ins for all images that ``dockerfile`` starts from."""
    version = python_version()
    stages = set(re.findall(r"^FROM \S+ AS (\S+)", dockerfile, re.MULTILINE))
    for image in sorted(set(re.findall(r"^FROM (\S+)", dockerfile, re.MULTILINE)) - stages):
        name = image if "/" in image else f"docker.io/library/{image}"
        with alone():
            if name.startswith(f"docker.io/library/python:{version}-"):
                podman("tag", PYTHON, name)
            elif exists(name):
                continue
            elif re.search(r"/uv[:@]", name):
                _make_uv(name)
            else:
                raise LookupError(f"no stand-in for {image}: the lab has Python {version}")


def build(context: Path, image: str, *, dockerfile: str = "Dockerfile", layers: bool = False) -> str:
    """
    Build ``context`` as ``image`` and return what buildah says about it.

    Args:
        context: Folder with the Dockerfile.
        image: Name with tag.
        dockerfile: Its name in the folder.
        layers: Keep a layer for every instruction, as Docker does, so that a later build may use it again.
    """
    provide((context / dockerfile).read_text("utf-8"))
    return _build(context, image, f"--layers={str(layers).lower()}", "--file", str(context / dockerfile))


def layers_of(output: str) -> list[str]:
    """Return the intermediate images that a build with layers has left, by what buildah said; the newest first."""
    return [*dict.fromkeys(reversed(re.findall(r"^--> ([0-9a-f]{8,})$", output, re.MULTILINE)))]


def cached(output: str) -> list[tuple[str, bool]]:
    """Return the instructions of a build with layers, and whether each came from the cache."""
    steps = re.split(r"^(?:\[\d/\d\] )?STEP \d+/\d+: ", output, flags=re.MULTILINE)[1:]
    return [(" ".join(step.split("\n")[0].split()), "Using cache" in step) for step in steps]


def _make_python() -> None:
    """
    Make an image of Debian with Debian's Python.

    Not of the interpreter that runs the tests: it may be built anywhere, with a prefix and libraries that no image has.
    """
    root = HOME / "python"
    shutil.rmtree(root, ignore_errors=True)  # what an interrupted run left
    root.mkdir(parents=True)
    mirror = re.findall(r"https?://\S+", call("apt-cache", "policy", "base-files"))[0]
    include = "ca-certificates,python3,python3-venv,python3-pip,libpython3-dev"  # upstream's image has the headers too
    call("debootstrap", "--variant=minbase", f"--include={include}", SUITE, str(root), mirror)
    for unused in ("var/cache/apt/archives", "usr/share/doc", "usr/share/locale"):
        shutil.rmtree(root / unused)
    for archive in root.glob("usr/lib/*/libpython*.a"):
        archive.unlink()
    for name in ("python", "python3"):
        (root / "usr/local/bin" / name).symlink_to("/usr/bin/python3")
    # upstream's image lets pip install anywhere; Debian's asks for a virtual environment
    for marker in root.glob("usr/lib/python3*/EXTERNALLY-MANAGED"):
        marker.unlink()
    # upstream's image deletes packages as soon as they are installed
    clean = 'DPkg::Post-Invoke { "rm -f /var/cache/apt/archives/*.deb /var/cache/apt/*.bin || true"; };\n'
    (root / "etc/apt/apt.conf.d/docker-clean").write_text(clean, "ascii")
    interpreter = (root / "usr/bin/python3").readlink().name
    (HOME / "python-version").write_text(interpreter.removeprefix("python") + "\n", "ascii")
    packed = HOME / "python.tar"
    call("tar", "-C", str(root), "-cf", str(packed), ".")
    changes = [f"ENV {name}={value}" for name, value in _client_settings().items()]
    podman("import", "-q", *(word for change in changes for word in ("--change", change)), str(packed), PYTHON)
    packed.unlink()
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


def _build(context: Path, image: str, *options: str) -> str:
    """Build without pulling anything, with this machine's client settings mounted: no layer keeps them."""
    mounts = [word for path in _client_files() for word in ("--volume", f"{path}:{path}:ro")]
    how = ("--pull-never", "--network", "host", "--isolation", "chroot", "--format", "docker")
    return buildah("build", *how, *mounts, *options, "--tag", image, str(context))


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
