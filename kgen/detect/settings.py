"""Settings: environment variables that the code cannot do without, as ``env``, ``secrets`` and ``needs`` of the app."""

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from kgen.detect.backing import NAMES, Output, output
from kgen.detect.environment import Variable, variables
from kgen.detect.evidence.compose import compose_files
from kgen.detect.found import Doubt, Part
from kgen.detect.project import Project
from kgen.detect.texts import table, yaml
from kgen.diag import Path
from kgen.secret_text import is_secret_name

_NEVER = frozenset(
    {
        *(
            "PATH",
            "HOME",
            "PORT",
            "HOST",
            "HOSTNAME",
            "USER",
            "TZ",
            "PYTHONPATH",
            "CI",
            "PWD",
            "LANG",
            "SHELL",
            "TERM",
            "TMPDIR",
        ),
        *(
            "VIRTUAL_ENV",
            "DJANGO_SETTINGS_MODULE",
            "PYTEST_CURRENT_TEST",
            "KUBERNETES_SERVICE_HOST",
            "TEMP",
            "TMP",
            "DEBUG",
        ),
        *(
            "LOGNAME",
            "USERPROFILE",
            "APPDATA",
            "LOCALAPPDATA",
            "DISPLAY",
            "EDITOR",
            "COLUMNS",
            "LINES",
            "NO_COLOR",
            "DYNO",
        ),
        *(
            "XDG_CONFIG_HOME",
            "XDG_CACHE_HOME",
            "XDG_DATA_HOME",
            "CUDA_VISIBLE_DEVICES",
            "ENVIRONMENT",
            "GITHUB_ACTIONS",
        ),
    }
)
"""Variables that the container or the machine sets, or that no app has to."""

EXAMPLES = (
    ".env.example",
    ".env.sample",
    ".env.template",
    ".env.dist",
    "env.example",
    "example.env",
    "sample.env",
    ".env.dev",
)
_SCHEME = re.compile(r"\s*[\"']?([a-z][a-z0-9]*\+[a-z0-9_]+)://")
_SERVERS: Mapping[str, tuple[str, ...]] = {
    "postgres": ("postgres", "postgis", "timescaledb", "pgvector"),
    "mysql": ("mysql", "mariadb"),
    "mongodb": ("mongo",),
    "redis": ("redis", "valkey"),
    "rabbitmq": ("rabbitmq",),
    "kafka": ("kafka", "redpanda"),
    "opensearch": ("opensearch", "elasticsearch"),
}
"""Type → words in the names of images of such servers."""

_MOST = 8
"""Names in a comment."""


def settings(project: Project, app: str, known: Iterable[str]) -> Part:
    """
    Return what the environment has to hold.

    Args:
        project: The project.
        app: Name of the app; its Secret is called like it.
        known: Variables that others have settled.
    """
    examples = _examples(project)
    images = frozenset(_images(project))
    settled = {*known, *_NEVER}
    read = [each for each in variables(project) if each.name not in settled and each.name.isidentifier()]
    env: dict[str, Any] = {}
    comments: dict[Path, str] = {}
    needs: dict[str, Any] = {}
    keys: list[str] = []
    doubts: list[Doubt] = []
    for each in read:
        made = output(project, each.name, images)
        if made and not _stays_local(each):
            env[each.name] = _of_need(project, each, made, examples)
            needs[NAMES[made.type]] = {"type": made.type}
            comments.setdefault(("needs", NAMES[made.type]), made.origin)
            comments["env", each.name] = each.origin
        elif is_secret_name(each.name) and (each.is_required or each.default in {None, ""}):
            key = each.name.lower().replace("_", "-")
            keys.append(key)
            env[each.name] = {"secret": f"{app}/{key}"}
            comments["env", each.name] = each.origin
        elif each.is_required:
            env[each.name] = _CHANGE
            comments["env", each.name] = each.origin
            doubts.append(Doubt(path=("env", each.name), question="its value stands nowhere", help="set it"))
    doubts += _optional(read, env)
    data = {"env": env, "needs": needs, "secrets": {app: {"keys": keys}} if keys else {}}
    return Part(data={key: value for key, value in data.items() if value}, comments=comments, doubts=tuple(doubts))


_CHANGE = "change-me"


def _stays_local(variable: Variable) -> bool:
    """Tell whether a variable with the name of a database's is about a file beside the program."""
    return not variable.is_required and (variable.default or "").endswith((".db", ".sqlite", ".sqlite3"))


def _of_need(project: Project, variable: Variable, made: Output, examples: Mapping[str, str]) -> str:
    """Return the value of a variable of a backing service; a URL has the scheme that the code expects."""
    if made.name != "url" or made.type not in {"postgres", "mysql"}:
        return made.value
    scheme = examples.get(variable.name, "") or _scheme(variable.default or "") or _dialect(project, made.type)
    if not scheme:
        return made.value
    need = f"needs.{NAMES[made.type]}"
    user = f"${{{need}.username}}:${{{need}.password}}"
    return f"{scheme}://{user}@${{{need}.host}}:${{{need}.port}}/${{{need}.database}}"


def _scheme(text: str) -> str:
    """
    Return the scheme of a database's URL if it names a driver.

    >>> _scheme("postgresql+asyncpg://u:p@db/shop"), _scheme("postgres://u:p@db/shop")
    ('postgresql+asyncpg', '')
    """
    match = _SCHEME.match(text)
    return match[1] if match else ""


def _dialect(project: Project, kind: str) -> str:
    """Return the scheme that SQLAlchemy needs to take the only driver that is there, if the code does not see to it."""
    if not project.has("sqlalchemy", "sqlmodel", "databases", "ormar") or kind != "postgres":
        return ""
    changes = any(
        ".replace(" in (project.tree.text(each.path) or "") for each in project.modules.mentioning("postgres")
    )
    if changes or project.has("psycopg2", "psycopg2-binary"):
        return ""
    if project.has("asyncpg"):
        return "postgresql+asyncpg"
    return "postgresql+psycopg" if project.has("psycopg", "psycopg-binary") else ""


def _optional(read: Iterable[Variable], env: Mapping[str, Any]) -> Iterator[Doubt]:
    """Yield which variables the code reads besides: it runs without them, but perhaps not as it should."""
    names = [each.name for each in read if each.name not in env and each.default is None and not each.is_required]
    if names:
        more = f" and {len(names) - _MOST} more" if len(names) > _MOST else ""
        listed = ", ".join(names[:_MOST]) + more
        path = ("env",) if env else ("components",)
        yield Doubt(path=path, question=f"the code also looks for {listed}", help="set what it should have")


def _examples(project: Project) -> dict[str, str]:
    """Return variable → scheme of its value in examples of environments; the values themselves may be secret."""
    found: dict[str, str] = {}
    texts = [project.text(name) or "" for name in EXAMPLES]
    texts += [project.tree.text(file) or "" for file in compose_files(project.tree, project.folder)]
    for text in texts:
        for line in text.splitlines():
            name, _, rest = re.sub(r"^\s*-?\s*", "", line).replace(": ", "=", 1).partition("=")
            if scheme := _scheme(rest):
                found.setdefault(name.strip(), scheme)
    return found


def _images(project: Project) -> Iterator[str]:
    """Yield the types of the servers that the project's compose files start."""
    for file in compose_files(project.tree, project.folder):
        for about in table(yaml(project.tree.text(file)), "services").values():
            image = str(about.get("image", "")) if isinstance(about, Mapping) else ""
            name = image.partition(":")[0].rpartition("/")[2]
            yield from (kind for kind, words in _SERVERS.items() if any(word in name for word in words))
