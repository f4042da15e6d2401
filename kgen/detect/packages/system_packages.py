"""
Debian packages that dependencies need: to be built, because they have no wheels, or to run, because they call them.

Names are those of Debian 13 (trixie); where 12 (bookworm) has another one, it is in ``BEFORE_13``.

Source: the installation notes of each distribution; names by ``apt-cache policy`` on both releases.
"""

import re
from collections.abc import Collection, Iterator, Mapping
from typing import Any

from kgen.detect.found import Doubt, Part
from kgen.detect.packages import called, compiled
from kgen.detect.project import Dependency, Project
from kgen.detect.source.dockerfiles import containers
from kgen.detect.source.texts import table
from kgen.diag import Path
from kgen.record import dataclass

_GCC = ("gcc", "libc6-dev")


@dataclass(frozen=True, slots=True, kw_only=True)
class Needed:
    """What one distribution needs."""

    build: tuple[str, ...] = ()
    run: tuple[str, ...] = ()
    unless: frozenset[str] = frozenset()
    """Extras that bring a wheel."""

    doubt: str = ""
    """What cannot be told."""

    help: str = ""


_POSTGRES = Needed(build=(*_GCC, "libpq-dev"), run=("libpq5",))
_OPENCV = Needed(run=("libgl1", "libglib2.0-0t64"))
_PANGO = ("libpango-1.0-0", "libpangoft2-1.0-0", "libharfbuzz-subset0")
_MAGICK = Needed(run=("libmagickwand-7.q16-10",))
_BROWSER = Needed(
    doubt="browsers are not installed by Debian packages alone",
    help="let a sidecar or a service run the browser, or build with a Dockerfile of your own",
)
_TESSERACT = Needed(run=("tesseract-ocr",))
_FFMPEG = Needed(run=("ffmpeg",))

PACKAGES: Mapping[str, Needed] = {
    "psycopg2": _POSTGRES,
    "psycopg": Needed(run=("libpq5",), unless=frozenset({"binary"})),
    "psycopg-c": _POSTGRES,
    "mysqlclient": Needed(build=(*_GCC, "default-libmysqlclient-dev", "pkg-config"), run=("libmariadb3",)),
    "mariadb": Needed(build=(*_GCC, "libmariadb-dev"), run=("libmariadb3",)),
    "pyodbc": Needed(run=("unixodbc",)),
    "aioodbc": Needed(run=("unixodbc",)),
    "python-ldap": Needed(build=(*_GCC, "libldap-dev", "libsasl2-dev"), run=("libldap2", "libsasl2-2")),
    "django-auth-ldap": Needed(build=(*_GCC, "libldap-dev", "libsasl2-dev"), run=("libldap2", "libsasl2-2")),
    "pycairo": Needed(build=(*_GCC, "libcairo2-dev", "pkg-config"), run=("libcairo2",)),
    "cairosvg": Needed(run=("libcairo2",)),
    "cairocffi": Needed(run=("libcairo2",)),
    "pygobject": Needed(
        build=(*_GCC, "libgirepository-2.0-dev", "libcairo2-dev", "pkg-config"),
        run=("libgirepository-2.0-0", "libcairo2"),
    ),
    "weasyprint": Needed(run=_PANGO),
    "django-weasyprint": Needed(run=_PANGO),
    "opencv-python": _OPENCV,
    "opencv-contrib-python": _OPENCV,
    "ultralytics": _OPENCV,
    "easyocr": _OPENCV,
    "gitpython": Needed(run=("git",)),
    "pdf2image": Needed(run=("poppler-utils",)),
    "pdftotext": Needed(build=("g++", "libpoppler-cpp-dev", "pkg-config"), run=("libpoppler-cpp2",)),
    "pytesseract": _TESSERACT,
    "tesserocr": Needed(build=("g++", "libtesseract-dev", "libleptonica-dev", "pkg-config"), run=("tesseract-ocr",)),
    "ocrmypdf": Needed(run=("tesseract-ocr", "ghostscript")),
    "camelot-py": Needed(run=("ghostscript",)),
    "pydub": _FFMPEG,
    "ffmpeg-python": _FFMPEG,
    "openai-whisper": _FFMPEG,
    "spotdl": _FFMPEG,
    "audioread": _FFMPEG,
    "python-magic": Needed(run=("libmagic1t64",)),
    "pyzbar": Needed(run=("libzbar0t64",)),
    "wand": _MAGICK,
    "pyvips": Needed(run=("libvips42t64",)),
    "gdal": Needed(build=("g++", "libgdal-dev"), run=("libgdal36",)),
    "xmlsec": Needed(build=(*_GCC, "libxmlsec1-dev", "pkg-config"), run=("libxmlsec1t64-openssl",)),
    "python3-saml": Needed(build=(*_GCC, "libxmlsec1-dev", "pkg-config"), run=("libxmlsec1t64-openssl",)),
    "pysaml2": Needed(run=("xmlsec1",)),
    "djangosaml2": Needed(run=("xmlsec1",)),
    "uwsgi": Needed(build=_GCC),
    "misaka": Needed(build=_GCC),
    "netifaces": Needed(build=_GCC),
    "annoy": Needed(build=("g++",)),
    "hnswlib": Needed(build=("g++",)),
    "fasttext": Needed(build=("g++",)),
    "python-prctl": Needed(build=(*_GCC, "libcap-dev")),
    "libvirt-python": Needed(build=(*_GCC, "libvirt-dev", "pkg-config"), run=("libvirt0",)),
    "pycups": Needed(build=(*_GCC, "libcups2-dev"), run=("libcups2t64",)),
    "pycurl": Needed(build=(*_GCC, "libcurl4-openssl-dev", "libssl-dev"), run=("libcurl4t64",)),
    "pyaudio": Needed(build=(*_GCC, "portaudio19-dev"), run=("libportaudio2",)),
    "sounddevice": Needed(run=("libportaudio2",)),
    "pycrypto": Needed(build=_GCC),
    "python-olm": Needed(build=(*_GCC, "g++", "make", "cmake", "libolm-dev"), run=("libolm3",)),
    "python-snappy": Needed(build=("g++", "libsnappy-dev"), run=("libsnappy1v5",)),
    "gssapi": Needed(build=(*_GCC, "libkrb5-dev"), run=("libgssapi-krb5-2",)),
    "pykerberos": Needed(build=(*_GCC, "libkrb5-dev"), run=("libgssapi-krb5-2",)),
    "requests-kerberos": Needed(build=(*_GCC, "libkrb5-dev"), run=("libgssapi-krb5-2",)),
    "dbus-python": Needed(build=(*_GCC, "libdbus-1-dev", "pkg-config"), run=("libdbus-1-3",)),
    "systemd-python": Needed(build=(*_GCC, "libsystemd-dev", "pkg-config"), run=("libsystemd0",)),
    "pygraphviz": Needed(build=(*_GCC, "libgraphviz-dev", "pkg-config"), run=("graphviz",)),
    "graphviz": Needed(run=("graphviz",)),
    "pydot": Needed(run=("graphviz",)),
    "pyexiftool": Needed(run=("libimage-exiftool-perl",)),
    "pypandoc": Needed(run=("pandoc",)),
    "pyttsx3": Needed(run=("espeak",)),
    "pyenchant": Needed(run=("libenchant-2-2",)),
    "textract": Needed(run=("antiword", "poppler-utils", "tesseract-ocr", "unrtf")),
    "lightgbm": Needed(run=("libgomp1",)),
    "pyspark": Needed(run=("default-jre-headless",)),
    "tabula-py": Needed(run=("default-jre-headless",)),
    "aubio": Needed(build=_GCC),
    "playwright": _BROWSER,
    "scrapy-playwright": _BROWSER,
    "pyppeteer": _BROWSER,
    "selenium": Needed(run=("chromium", "chromium-driver")),
    "undetected-chromedriver": Needed(run=("chromium",)),
    "pdfkit": Needed(
        doubt="wkhtmltopdf, which pdfkit calls, is not in Debian 13", help="use WeasyPrint, or a Dockerfile of your own"
    ),
}
"""Distribution → what it needs that no wheel has."""

BEFORE_13: Mapping[str, str] = {
    "libldap2": "libldap-2.5-0",
    "libcups2t64": "libcups2",
    "libmagic1t64": "libmagic1",
    "libglib2.0-0t64": "libglib2.0-0",
    "libgdal36": "libgdal32",
    "libzbar0t64": "libzbar0",
    "libvips42t64": "libvips42",
    "libcurl4t64": "libcurl4",
    "libmagickwand-7.q16-10": "libmagickwand-6.q16-6",
    "libgirepository-2.0-dev": "libgirepository1.0-dev",
    "libgirepository-2.0-0": "libgirepository-1.0-1",
    "libpoppler-cpp2": "libpoppler-cpp0v5",
    "libxmlsec1t64-openssl": "libxmlsec1-openssl",
}
"""Name in Debian 13 → name in Debian 12."""

_BUILD_ONLY = frozenset(
    {
        *("build-essential", "gcc", "g++", "make", "cmake", "ninja-build", "git", "curl", "wget", "pkg-config"),
        *("python3-dev", "musl-dev", "python3", "python3-pip", "python3-venv"),
        *("ca-certificates", "gnupg", "gnupg2", "dirmngr", "lsb-release", "apt-utils", "apt-transport-https"),
        *("software-properties-common", "vim", "nano", "cron", "cronie", "dcron", "supercronic", "supervisor"),
        *("dumb-init", "gosu", "sudo", "less", "locales"),
    }
)
"""What own Dockerfiles have to build, to get packages from elsewhere, or from the image of Python anyway."""


def part(project: Project, python: str = "", groups: Collection[str] = (), commands: Collection[str] = ()) -> Part:
    """
    Return the Debian packages of the image, with the dependency that needs each.

    Args:
        project: The project.
        python: Its minor version: old ones have images on older releases of Debian only.
        groups: Groups and extras of dependencies that are installed besides the usual ones.
        commands: What the image is built with.
    """
    run: dict[str, str] = {}
    build: dict[str, str] = {}
    doubts: list[Doubt] = []
    for each, needed in _needed(project):
        if each.group and each.group not in groups:
            continue
        run |= {name: run.get(name, f"{each.origin}: {each.name}") for name in needed.run}
        build |= {name: build.get(name, f"{each.origin}: {each.name}") for name in needed.build}
        if needed.doubt:
            doubts.append(
                Doubt(path=("build",), question=f"{each.origin}: {each.name}: {needed.doubt}", help=needed.help)
            )
    if source := next((each for each in project.dependencies.values() if each.source == "git"), None):
        build.setdefault("git", f"{source.origin}: {source.name} comes from Git")
    if any("compilemessages" in each for each in commands):
        build.setdefault("gettext", "compilemessages")
    if where := _compiled(project):
        build |= {name: build.get(name, where) for name in ("gcc", "libc6-dev")}
    without = [each for each in compiled.names(project, groups) if each.partition(" ")[0] not in PACKAGES]
    build = compiled.packages(project, without) | build
    doubts += [compiled.doubt(without)] if without and not build else []
    for container in containers(project.tree, project.folder)[:1]:
        run = {**called.packages(project, container.packages), **run}
    doubts += [*_own(project, {*run, *build}), *called.doubts(project, run)]
    fields: dict[str, Any] = {}
    comments: dict[Path, str] = {}
    old = python in {"2.7", "3.5", "3.6", "3.7", "3.8"}
    for field, found in (("systemPackages", run), ("buildPackages", build)):
        if found:
            fields[field] = [BEFORE_13.get(name, name) if old else name for name in found]
            comments |= {("build", "python", field): _reasons(found)}
    return Part(data={"build": {"python": fields}} if fields else {}, comments=comments, doubts=tuple(doubts))


_EXTENSIONS = (b"ext_modules", b"cffi_modules", b"cythonize(")
_COMPILING = frozenset({"cython", "pybind11", "scikit-build-core", "meson-python", "cffi", "nanobind"})
"""What a package is built with that has modules in C."""


def _compiled(project: Project) -> str:
    """Return what says that the project itself has modules in C, where it is installed as a package; else nothing."""
    names = set(project.tree.here(project.folder))
    if "requirements.txt" in names and project.manager == "pip":
        return ""
    for name in sorted({"setup.py", "pyproject.toml"} & names):
        if project.tree.mentions(project.path(name), (*_EXTENSIONS, b"ext-modules")):
            return f"{name}: modules in C"
    required = table(project.pyproject, "build-system").get("requires")
    words = {re.split(r"[^\w-]", str(each))[0].lower() for each in required} if isinstance(required, list) else set()
    return "pyproject.toml: modules in C" if words & _COMPILING else ""


def _reasons(found: Mapping[str, str]) -> str:
    return ", ".join(dict.fromkeys(found.values()))


def _needed(project: Project) -> Iterator[tuple[Dependency, Needed]]:
    own = containers(project.tree, project.folder)[:1]
    for name, each in project.dependencies.items():
        if name in _ELSEWHERE and own and not _brings(own[0].packages, PACKAGES[name].run):
            continue  # the image that its authors build has none: a browser elsewhere is used
        needed = PACKAGES.get(name)
        if needed and not (
            each.extras & needed.unless or any(project.has(f"{name}-{extra}") for extra in needed.unless)
        ):
            if name == "psycopg" and "c" in each.extras:
                needed = _POSTGRES
            headless = name.startswith("opencv") and project.has(f"{name}-headless")
            if not headless:
                yield each, needed


_ELSEWHERE = frozenset({"selenium"})
"""Distributions that can use what runs in another container."""


def _brings(packages: Collection[str], wanted: Collection[str]) -> bool:
    return any(each.startswith(tuple(wanted)) for each in packages)


def _own(project: Project, known: set[str]) -> Iterator[Doubt]:
    """Yield which packages the project's own Dockerfile, or Aptfile, installs besides."""
    old = {BEFORE_13.get(name, name) for name in known}
    for container in containers(project.tree, project.folder)[:1]:
        more = [
            name
            for name in dict.fromkeys(container.packages)
            if name not in {*known, *old, *_BUILD_ONLY}
            and not name.endswith("-dev")
            and not (name.startswith("lib") and any(each.startswith(name) for each in known))  # as Alpine calls it
        ]
        if more:
            yield _more(container.file, more)
    if more := [line.strip() for line in (project.text("Aptfile") or "").splitlines() if line.strip()]:
        yield _more("Aptfile", [name for name in more if not name.startswith(("#", ":"))])


def _more(file: str, names: list[str]) -> Doubt:
    return Doubt(
        path=("build",),
        question=f"{file} also installs {', '.join(names)}",
        help="name in `build.python.systemPackages` what the app needs to run",
    )
