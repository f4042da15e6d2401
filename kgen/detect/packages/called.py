"""
Programs that the source runs (``subprocess.run(["ffmpeg", …])``), and that images of Python do not have.

Source: https://packages.debian.org, names of Debian 13.
"""

import re
from collections.abc import Collection, Iterator, Mapping

from kgen.detect.found import Doubt, listed
from kgen.detect.project import Project
from kgen.detect.source.syntax import Modules
from kgen.detect.variables.environment import ASIDE

PROGRAMS: Mapping[str, tuple[str, ...]] = {
    **dict.fromkeys(("ffmpeg", "ffprobe", "ffplay"), ("ffmpeg",)),
    "git": ("git",),
    "git-lfs": ("git-lfs",),
    "hg": ("mercurial",),
    "svn": ("subversion",),
    **dict.fromkeys(("ssh", "scp", "sftp", "ssh-keygen", "ssh-keyscan"), ("openssh-client", "openssh", "ssh")),
    "sshpass": ("sshpass",),
    "rsync": ("rsync",),
    **dict.fromkeys(("pg_dump", "pg_restore", "pg_dumpall", "psql"), ("postgresql-client", "postgresql")),
    **dict.fromkeys(("mysqldump", "mysql"), ("default-mysql-client", "mysql-client", "mariadb-client")),
    "sqlite3": ("sqlite3", "sqlite"),
    "redis-cli": ("redis-tools", "redis"),
    "tesseract": ("tesseract-ocr",),
    "gs": ("ghostscript",),
    **dict.fromkeys(("pdftotext", "pdftoppm", "pdfinfo", "pdfimages"), ("poppler-utils",)),
    "qpdf": ("qpdf",),
    "unpaper": ("unpaper",),
    "pngquant": ("pngquant",),
    "jpegoptim": ("jpegoptim",),
    **dict.fromkeys(("mogrify", "identify", "magick"), ("imagemagick",)),
    "exiftool": ("libimage-exiftool-perl", "exiftool"),
    "mediainfo": ("mediainfo",),
    "mkvmerge": ("mkvtoolnix",),
    "sox": ("sox",),
    "espeak": ("espeak",),
    "mpv": ("mpv",),
    "curl": ("curl",),
    "wget": ("wget",),
    "aria2c": ("aria2",),
    "unzip": ("unzip",),
    "zip": ("zip",),
    "7z": ("7zip", "p7zip-full", "p7zip"),
    "zstd": ("zstd",),
    "borg": ("borgbackup",),
    "restic": ("restic",),
    "rclone": ("rclone",),
    "nmap": ("nmap",),
    "ping": ("iputils-ping", "iputils"),
    "dig": ("dnsutils", "bind9-dnsutils", "bind-tools"),
    "whois": ("whois",),
    "traceroute": ("traceroute",),
    "iperf3": ("iperf3",),
    "tcpdump": ("tcpdump",),
    "smartctl": ("smartmontools",),
    "ipmitool": ("ipmitool",),
    "gpg": ("gnupg", "gpg"),
    "jq": ("jq",),
    "pandoc": ("pandoc",),
    **dict.fromkeys(("libreoffice", "soffice"), ("libreoffice",)),
    "inkscape": ("inkscape",),
    **dict.fromkeys(("xelatex", "pdflatex", "lualatex"), ("texlive-latex-extra", "texlive")),
    **dict.fromkeys(("Xvfb", "xvfb-run"), ("xvfb",)),
    **dict.fromkeys(("node", "npm", "npx"), ("nodejs", "npm")),
    "docker": ("docker-cli", "docker.io", "docker-ce-cli"),
}
"""Program → its package in Debian, and what others call that."""

_RUNNING = ("subprocess", "os.system(", "os.popen(", "create_subprocess", "which(")
_CALLED = re.compile(
    rb"(?:\[\s*f?[\"'](?P<first>[\w.-]+)[\"']\s*,"
    rb"|(?:run|call|Popen|check_call|check_output|getoutput|getstatusoutput|system|popen|which|subprocess_exec"
    rb"|subprocess_shell)\(\s*f?[\"'](?P<alone>[\w.-]+)[\"' ])"
)
_TOOLS = frozenset(
    {"setup", "noxfile", "tasks", "fabfile", "release", "build", "dodo", "versioneer", "_version", "version"}
    | {"bump", "_build", "deploy", "plugin"}
)
"""Files that developers run, and those that ask Git for a version where there is one."""

_ASIDE = ASIDE | {"misc", "hack", "ci", "packaging", "dev"}
"""Folders beside the program, for those who work on it."""

_VERSION = re.compile(rb"rev-parse|describe|--version")
_ARGUMENTS = 40
"""Characters after a program that may say what it is asked for: Git, which version the source is of."""

_MOST = 3


def programs(project: Project) -> Mapping[str, str]:
    """Return the programs that the source runs, each with the first place that does."""
    found: dict[str, str] = {}
    for path in project.modules.having(*_RUNNING):
        if not _is_tool(project.modules, path):
            for name, line in _run(project.tree.content(path)):
                found.setdefault(name, f"{path}:{line}")
    return found


def packages(project: Project, installed: Collection[str]) -> Mapping[str, str]:
    """Return the packages of such programs that are among ``installed``, as the project's own image has them."""
    found = programs(project) if installed else {}
    return {
        PROGRAMS[name][0]: f"{where}: {name}"
        for name, where in found.items()
        if any(each in PROGRAMS[name] or each.startswith(PROGRAMS[name][-1]) for each in installed)
    }


def doubts(project: Project, known: Collection[str]) -> Iterator[Doubt]:
    """Yield which programs no package among ``known`` brings."""
    found = {name: where for name, where in programs(project).items() if PROGRAMS[name][0] not in known}
    if found:
        names = listed((f"{name} ({where})" for name, where in found.items()), _MOST)
        wanted = ", ".join(dict.fromkeys(PROGRAMS[name][0] for name in found))
        yield Doubt(
            path=("build",),
            question=f"the source runs {names}, which the image has not",
            help=f"name in `build.python.systemPackages` what the app needs of {wanted}",
        )


def _is_tool(modules: Modules, path: str) -> bool:
    *folders, name = path.split("/")
    return modules.is_side(path) or not _ASIDE.isdisjoint(folders) or name.removesuffix(".py") in _TOOLS


def _run(content: bytes) -> Iterator[tuple[str, int]]:
    r"""
    Yield name and line of the programs that a module runs.

    >>> list(_run(b"import os\n# run('git pull')\nrun(['ffmpeg', '-i', name])\nos.system('git pull')"))
    [('ffmpeg', 3), ('git', 4)]
    """
    for match in _CALLED.finditer(content):
        name = (match["first"] or match["alone"]).decode()
        start = content.rfind(b"\n", 0, match.start()) + 1
        asked = content[match.end() : match.end() + _ARGUMENTS]
        if name in PROGRAMS and b"#" not in content[start : match.start()] and not _VERSION.search(asked):
            yield name, content.count(b"\n", 0, match.start()) + 1
