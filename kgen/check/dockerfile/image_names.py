"""
Names of images, and what is known of the images behind them.

Source: https://github.com/distribution/reference/blob/main/regexp.go
"""

from __future__ import annotations

import re

_PART = r"[a-z0-9]+(?:(?:[._]|__|-+)[a-z0-9]+)*"
_HOST = r"(?:localhost|(?=[^/]*[.:])[A-Za-z0-9][A-Za-z0-9.-]*|\[[0-9a-fA-F:]+\])(?::[0-9]+)?"
_NAME = re.compile(
    rf"(?:(?P<host>{_HOST})/)?(?P<path>{_PART}(?:/{_PART})*)(?::(?P<tag>\w[\w.-]{{0,127}}))?"
    r"(?:@(?P<digest>[A-Za-z][A-Za-z0-9+._-]*:[0-9a-fA-F]{32,}))?",
    re.ASCII,
)

SCRATCH = "scratch"
"""No image: a stage that starts with nothing."""

_OFFICIAL = "library/"
_BARE = frozenset({"alpine", "amazonlinux", "busybox", "centos", "debian", "rockylinux", "ubuntu"})
"""Official images that set no variable but ``PATH``."""

_RUN_AS_ROOT = _BARE | {
    *("almalinux", "amazoncorretto", "archlinux", "bash", "buildpack-deps", "caddy", "clojure", "composer", "dart"),
    *(
        "docker",
        "eclipse-temurin",
        "elixir",
        "erlang",
        "fedora",
        "gcc",
        "golang",
        "gradle",
        "haskell",
        "httpd",
        "hylang",
    ),
    *("ibm-semeru-runtimes", "ibmjava", "julia", "mariadb", "maven", "mono", "mongo", "mysql", "nginx", "node"),
    *(
        "openjdk",
        "oraclelinux",
        "perl",
        "php",
        "photon",
        "postgres",
        "pypy",
        "python",
        "r-base",
        "redis",
        "ruby",
        "rust",
    ),
    *("sapmachine", "swift", "tomcat", "traefik", "valkey"),
}
"""Official images that leave ``USER`` alone."""

_WITHOUT_WORKDIR = _BARE | {"buildpack-deps", "eclipse-temurin", "nginx", "node", "pypy", "python", "ruby", "rust"}
_WITHOUT_ROOT = re.compile(r"nonroot|non-root|rootless|unprivileged|chiseled")
_CHAINGUARD_WITHOUT_SHELL = frozenset(
    {"aspnet-runtime", "cc-dynamic", "dotnet-runtime", "glibc-dynamic", "jre", "musl-dynamic", "python", "static"}
)


class Image:
    """A name in its parts."""

    __slots__ = ("digest", "host", "path", "tag")

    def __init__(self, host: str, path: str, tag: str, digest: str) -> None:
        self.host = host
        self.path = path
        self.tag = tag
        self.digest = digest

    @property
    def repository(self) -> str:
        """Host and path, which are the same for all tags."""
        return f"{self.host or 'docker.io'}/{self.path if self.host or '/' in self.path else _OFFICIAL + self.path}"

    @property
    def official(self) -> str:
        """The name of an image that Docker builds itself, also on a mirror, or ""."""
        name = self.path.rpartition(_OFFICIAL)[2] if _OFFICIAL in self.path or not self.host else ""
        return "" if "/" in name else name

    @property
    def sets_only_path(self) -> bool:
        """Whether the image is known to set no other variable."""
        return self.official in _BARE

    @property
    def works_at_root(self) -> bool:
        """Whether the image is known to set no `WORKDIR`."""
        return self.official in _WITHOUT_WORKDIR

    @property
    def runs_as_root(self) -> bool:
        """Whether the image is known to leave its user alone."""
        if self.runs_without_root:
            return False
        return self.official in _RUN_AS_ROOT or self._is_distroless or self._is_dotnet

    @property
    def runs_without_root(self) -> bool:
        """Whether the image says that it does not run as root."""
        return bool(_WITHOUT_ROOT.search(f"{self.path}:{self.tag}")) or self._is_chainguard or self.host == "dhi.io"

    @property
    def lacks_shell(self) -> bool:
        """Whether the image is known to have neither a shell nor the usual programs."""
        if self._is_distroless:
            return "debug" not in self.tag
        if self._is_chainguard:
            return self.path.rpartition("/")[2] in _CHAINGUARD_WITHOUT_SHELL and "dev" not in self.tag
        return self._is_dotnet and "chiseled" in self.tag

    @property
    def is_windows(self) -> bool:
        return "windows" in self.path or "nanoserver" in f"{self.path}:{self.tag}" or "windowsservercore" in self.tag

    @property
    def _is_distroless(self) -> bool:
        return "distroless" in self.path.split("/")[:-1] or self.path.startswith("googlecontainertools/distroless")

    @property
    def _is_chainguard(self) -> bool:
        is_theirs = self.host == "cgr.dev" or (not self.host and self.path.startswith("chainguard/"))
        return is_theirs and not self.path.endswith("-base")

    @property
    def _is_dotnet(self) -> bool:
        return self.host == "mcr.microsoft.com" and self.path.startswith("dotnet/")


def image(name: str) -> Image | None:
    """Return ``name`` in its parts, or ``None`` if no image can be called so."""
    found = _NAME.fullmatch(name)
    if found is None:
        return None
    return Image(found["host"] or "", found["path"], found["tag"] or "", found["digest"] or "")
