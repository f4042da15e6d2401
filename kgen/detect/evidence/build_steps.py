"""What the project's own Dockerfile makes while it is built, beside installing packages: kgen's has to, too."""

import re
import shlex
from collections.abc import Iterator, Sequence

from kgen.detect.commands.roles import unwrapped as program
from kgen.detect.commands.shell import Command, commands, filled
from kgen.detect.commands.wrappers import unwrapped
from kgen.detect.found import Doubt, Fact, listed
from kgen.detect.project import Project
from kgen.detect.source.dockerfiles import containers
from kgen.detect.source.image import Image
from kgen.record import dataclass

_INSTALL = frozenset(
    {
        *(
            "pip",
            "pip3",
            "uv",
            "poetry",
            "pdm",
            "pipenv",
            "conda",
            "mamba",
            "micromamba",
            "pyenv",
            "virtualenv",
            "venv",
        ),
        *("apt", "apt-get", "apt-key", "apk", "yum", "dnf", "microdnf", "dpkg", "gpg", "add-apt-repository", "rustup"),
        *("easy_install", "pipx", "hatch", "ensurepip", "compileall", "setup.py", "pip-sync", "pip-compile", "site"),
        *("python", "npm-install", "corepack", "deb", "debconf-set-selections", "dpkg-reconfigure", "update-locale"),
        *("strip", "file", "passwd", "su", "sudo", "nginx", "setcap", "dos2unix", "crontab", "update-alternatives"),
        *(
            "tzdata",
            "unzip",
            "gunzip",
            "xz",
            "sha256sum",
            "md5sum",
            "gosu",
            "tini",
            "chsh",
            "chgrp",
            "apt-mark",
            "a2enmod",
        ),
        *(
            "eval",
            "pushd",
            "popd",
            "cd",
            "exec",
            "bash",
            "sh",
            "npx",
            "node",
            "pytest",
            "ruff",
            "mypy",
            "flake8",
            "black",
        ),
        *(
            "cmake",
            "make",
            "gcc",
            "g++",
            "cargo",
            "./configure",
            "configure",
            "autogen.sh",
            "autoreconf",
            "ninja",
            "meson",
            "rename",
            "jq",
            "mktemp",
            "sleep",
        ),
        *("rm", "mkdir", "chmod", "chown", "touch", "ln", "useradd", "adduser", "groupadd", "addgroup", "usermod"),
        *("logrotate", "sha1sum", "sha512sum", "seq", "-mpip", "-mvenv", "gem", "uv-install", "uv-installer.sh"),
    }
)
"""Programs that install something, which is kgen's part, or that leave nothing behind that an app looks for."""

_ASKING = frozenset({"--version", "-version", "-V", "--help", "-h", "config:set"})
"""Arguments with which a program makes nothing."""

_NODE = frozenset({"npm", "yarn", "pnpm", "bun"})
_FETCHED = re.compile(r"\b(?:wget|curl)\b([^|&;\n]*)(?=$|[&;\n])")
_NO_DATA = re.compile(r"\.(?:sh|asc|gpg|key|deb|list|py|repo|bash|crt|pem|rpm)$")
_MOST = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class Steps:
    """What is made."""

    commands: tuple[Fact, ...] = ()
    """What belongs into ``build.commands``: it leaves its results in the project's folder."""

    doubts: tuple[Doubt, ...] = ()


def steps(project: Project, known: Sequence[str], *, has_front_end: bool) -> Steps:
    """
    Return what the project's own Dockerfile makes.

    Args:
        project: The project.
        known: Commands that the image is built with anyway.
        has_front_end: Whether what Node.js builds is settled, or doubted elsewhere.
    """
    made: list[Fact] = []
    others: list[str] = []
    for container in containers(project.tree, project.folder)[:1]:
        image = Image(project, container)
        for text, line in container.steps:
            for each in commands(text):
                found = _step(image, each, f"{container.file}:{line}", has_front_end=has_front_end)
                if isinstance(found, Fact) and not any(_is_same(found.value, one) for one in known):
                    made.append(found)
                elif isinstance(found, str):
                    others.append(found)
            others += [f"`{what}` ({container.file}:{line})" for what in _fetched(filled(text, container.variables))]
    return Steps(commands=tuple(made), doubts=tuple(_doubts(list(dict.fromkeys(others)))))


def _doubts(others: Sequence[str]) -> Iterator[Doubt]:
    if others:
        yield Doubt(
            path=("build",),
            question=f"your image also gets what these make: {listed(others, _MOST)}",
            help="name in `commands` here what the app needs; only what is made in /app reaches the image",
        )


def _is_same(command: str, known: str) -> bool:
    words = set(command.split())
    return bool(words & set(known.split()) & (_OF_MANAGE | {"pybabel"}))


_OF_MANAGE = frozenset({"collectstatic", "compilemessages", "compress"})


def _step(image: Image, each: Command, where: str, *, has_front_end: bool) -> Fact | str | None:
    """Return a command for the image, a text for a doubt, or nothing for what is not worth one."""
    env, words = unwrapped(each.words)
    name, rest = program(words)
    base = name.rpartition("/")[2]
    said = f"`{' '.join(words)}` ({where})"
    if (
        not name
        or each.is_conditional
        or base in _INSTALL
        or (_ASKING & set(rest) or rest[-1:] == ["-v"])
        or re.fullmatch(r"python[\d.]*", base)
    ):
        return None
    if base in _NODE:
        return None if has_front_end or "build" not in rest else said
    if base == "playwright" and image.project.has("playwright"):
        return None  # the dependency has its own doubt
    is_own = base in {"manage.py", "manage", "django", "django-admin"} and bool(_OF_MANAGE & set(rest[:2]))
    if is_own or (base == "pybabel" and rest[:1] == ["compile"]):
        placed = [image.path(word, each.folder) or word if word.endswith(".py") else image.here(word) for word in words]
        placed += ["--noinput"] if "collectstatic" in placed and not {"--noinput", "--no-input"} & set(placed) else []
        given = {**env, **each.env}
        start = ["env", *(f"{key}={value}" for key, value in given.items())] if given else []
        line = shlex.join([*start, *placed])
        return None if "$" in line else Fact(line, where)
    return said


def _fetched(text: str) -> Iterator[str]:
    """Yield what is downloaded into the image; not what a shell runs at once, and no packages."""
    for match in _FETCHED.finditer(text):
        words = match[1].split()
        url = next((word.strip("'\"") for word in words if "://" in word), "")
        targets = [words[place + 1] for place, word in enumerate(words[:-1]) if word in {"-o", "-O", "--output"}]
        target = next(iter(targets), url)
        is_aside = target.startswith(("/tmp/", "/etc/apt", "/usr/share/keyrings"))  # noqa: S108  # no data of an app
        if url and "-" not in targets and not (is_aside or _NO_DATA.search(url) or _NO_DATA.search(target)):
            yield url
