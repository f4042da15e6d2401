"""Static files of Django: gathered while the image is built, and served by somebody."""

import re
import shlex

from kgen.detect.commands.servers import to_add
from kgen.detect.django.settings import Settings, needed, signing
from kgen.detect.found import Doubt, Fact
from kgen.detect.project import Project
from kgen.detect.source.dockerfiles import containers
from kgen.detect.source.values import value
from kgen.record import dataclass

_STORES = ("s3boto3", "S3Boto3", "s3.S3", "gcloud", "azure_storage", "S3ManifestStatic")
"""Parts of the names of storages that are elsewhere: what is gathered for them is uploaded, not built in."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Static:
    """What is done about static files."""

    commands: tuple[Fact, ...] = ()
    doubts: tuple[Doubt, ...] = ()


def static(project: Project, settings: Settings, manage: str) -> Static:
    """Return the command that gathers static files, and what is missing for somebody to see them."""
    root = settings.said("STATIC_ROOT")
    if not root:
        question = f"`STATIC_ROOT` is not set in {settings.name}, so that nothing serves static files, the admin's too"
        there = project.has("whitenoise") or settings.mentions("whitenoise")
        help_ = "set `STATIC_ROOT`" if there else f"{to_add(project, 'whitenoise')}, and set `STATIC_ROOT`"
        return Static(doubts=(Doubt(path=("build",), question=question, help=help_),) if settings.modules else ())
    doubts = []
    is_served = project.has("whitenoise") or settings.mentions("whitenoise") or _serves(project)
    if not is_served and not _is_elsewhere(settings):
        question = "nothing serves the static files that collectstatic gathers"
        help_ = f"{to_add(project, 'whitenoise')}, and its middleware to the settings"
        doubts.append(Doubt(path=("build", "commands"), question=question, help=help_))
    place = value(root[0])
    if isinstance(place, str) and place.startswith("/") and not place.startswith("/app/"):
        question = f"{root[1]} is {place}, which is not in the image: it has what is in /app"
        doubts.append(Doubt(path=("build", "commands"), question=question, help="use a folder of the project"))
    command = f"{manage} collectstatic --noinput"
    keys = {name: _KEY for module in settings.modules for name in signing(module)}
    variables = _own(project) or {name: keys.get(name) or _stand_in(name) for name in needed(settings)}
    if variables:
        command = f"env {' '.join(f'{name}={text}' for name, text in variables.items())} {command}"
    return Static(commands=(Fact(command, root[1]),), doubts=tuple(doubts))


_GATHERING = re.compile(r"((?:[A-Z_]\w*=(?:\"[^\"]*\"|'[^']*'|[^\s\"']*)\s+)+)[^&|;]*\bcollectstatic\b", re.IGNORECASE)


def _own(project: Project) -> dict[str, str]:
    """Return the variables with which the project's own Dockerfile gathers static files; often none."""
    for container in containers(project.tree, project.folder)[:1]:
        for text, _ in container.steps:
            if match := _GATHERING.search(text):
                words = (word.partition("=") for word in shlex.split(match[1]))
                return {name: shlex.quote(given) for name, _, given in words if "$" not in given}
    return {}


def _serves(project: Project) -> bool:
    """Tell whether the project serves what is gathered by itself, beside Django."""
    own = project.modules.having(*_SERVING)
    return any(project.modules.having("STATIC_ROOT", "dj_static", among=own))


_SERVING = ("StaticFiles(", "Cling(", "SharedDataMiddleware(")


def _is_elsewhere(settings: Settings) -> bool:
    return any(settings.mentions(each) for each in _STORES)


_KEY = "only-while-this-image-is-built-it-signs-nothing-at-all"
"""As long as settings may ask for."""


def _stand_in(name: str) -> str:
    """Return a value with which settings can be read while an image is built, where none of the real ones is known."""
    if "DATABASE_URL" in name:
        return "sqlite:////tmp/build.sqlite3"
    if "REDIS" in name or "BROKER" in name or "CACHE" in name:
        return "redis://localhost:6379/0"
    return "http://localhost" if name.endswith(("URL", "URI", "ORIGINS")) else "1"
