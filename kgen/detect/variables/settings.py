"""Settings: environment variables that the code cannot do without, as ``env``, ``secrets`` and ``needs`` of the app."""

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from kgen.detect.evidence import own_image
from kgen.detect.evidence.compose import compose_files
from kgen.detect.files import own_files
from kgen.detect.found import Doubt, Fact, Part, Program, listed
from kgen.detect.project import Project
from kgen.detect.source.texts import table, yaml
from kgen.detect.variables import (
    addresses,
    clouds,
    debug,
    demanded,
    either,
    given,
    keys,
    kinds,
    named_files,
    schemes,
    wired,
)
from kgen.detect.variables.backing import NAMES, Output, by_default, output
from kgen.detect.variables.environment import asked, variables
from kgen.detect.variables.variable import Variable
from kgen.diag import Path
from kgen.secret_text import is_secret_name, known_secret

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
            "XDG_DATA_DIRS",
            "XDG_CONFIG_DIRS",
            "XDG_STATE_HOME",
            "XDG_RUNTIME_DIR",
            "FORCE_COLOR",
            "PY_COLORS",
        ),
        *(  # what systemd sets
            "CREDENTIALS_DIRECTORY",
            "RUNTIME_DIRECTORY",
            "STATE_DIRECTORY",
            "CACHE_DIRECTORY",
            "LOGS_DIRECTORY",
            "CONFIGURATION_DIRECTORY",
            "INVOCATION_ID",
            "JOURNAL_STREAM",
            "NOTIFY_SOCKET",
            "WATCHDOG_USEC",
            "CUDA_VISIBLE_DEVICES",
            "GITHUB_ACTIONS",
        ),
    }
)
"""Variables that the container or the machine sets, or that no app has to."""

_OTHERS = ("PYTHON", "GITHUB_ACTION", "RENDER_", "VERCEL_", "RAILWAY_", "HEROKU_", "AWS_LAMBDA_", "FLY_", "K_SERVICE")
"""Starts of the names of variables that Python and hosting platforms have."""


def _is_own(name: str) -> bool:
    return name.isidentifier() and not name.startswith(_OTHERS)


EXAMPLES = (
    ".env.example",
    ".env.sample",
    ".env.template",
    ".env.dist",
    "env.example",
    "example.env",
    "sample.env",
    ".env.dev",
    ".env.local.example",
    ".env.production.example",
    ".env.prod.example",
)
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


def settings(project: Project, app: str, known: Iterable[str], programs: Iterable[Program] = ()) -> Part:
    """
    Return what the environment has to hold.

    Args:
        project: The project.
        app: Name of the app; its Secret is called like it.
        known: Variables that others have settled.
        programs: What is started, perhaps with variables in its command.
    """
    examples = _examples(project)
    values = _values(project)
    images = frozenset(_images(project))
    set_in_image = {**dict(wired.switches(project)), **own_image.variables(project)}
    known = frozenset(known)
    settled = {*known, *_NEVER}
    by_compose = {each.name: each for each in wired.variables(project, images)}
    met = {each.name: each for each in (*by_compose.values(), *_met(project, programs))}
    every = [each for each in met.values() if each.name not in known]
    read = [each for each in every if each.name not in settled and _is_own(each.name)]
    needs: dict[str, Any] = {}
    own: list[str] = []
    doubts: list[Doubt] = []
    switched = dict(either.switches(project))
    if not project.has("django"):  # whose settings say it, where they are looked at
        doubts += debug.fixed(project)
        switched |= dict(debug.switches(project, every))
    env: dict[str, Any] = {name: fact.value for name, fact in switched.items()}
    comments: dict[Path, str] = {("env", name): fact.origin for name, fact in switched.items()}
    wanted = _wanted(read, app)
    for each in (one for one in read if one.name not in env):
        said = by_compose[each.name].default if each.name in by_compose else ""  # a URL, whatever it is called
        made = by_default(project, each.name, said) or output(project, each.name, images, app)
        if (
            (made := made or by_default(project, each.name, each.default))
            and needs.get(NAMES[made.type], {}).get("type", made.type) == made.type  # it works with several kinds
            and not _stays_local(each, made)
            and not (each.is_optional and made.name == "password")
        ):
            env[each.name] = _of_need(project, each, made, examples)
            needs[NAMES[made.type]] = {"type": made.type}
            comments.setdefault(("needs", NAMES[made.type]), made.origin)
            comments["env", each.name] = each.origin
        elif each.name in wanted:
            key = each.name.lower().replace("_", "-")
            own.append(key)
            env[each.name] = {"secret": f"{app}/{key}"}
            comments["env", each.name] = each.origin
        elif fact := _told(each, set_in_image, values):
            env[each.name] = fact.value
            comments["env", each.name] = f"{each.origin}, as in {fact.origin}"
        elif each.is_required:
            env[each.name] = _CHANGE
            comments["env", each.name] = each.origin
            doubts.append(Doubt(path=("env", each.name), question="its value stands nowhere", help="set it"))
    types = {each["type"] for each in needs.values()}
    chosen, asked_ = kinds.settled([each for each in read if each.name not in env], types, values)
    env |= {name: fact.value for name, fact in chosen.items()}
    comments |= {("env", name): fact.origin for name, fact in chosen.items()}
    doubts += [*asked_, *([] if {"postgres", "mysql"} & types else own_files.databases(project))]
    doubts += [*debug.modes(project, (each for each in every if each.name not in env)), *_unset(project, read, env)]
    doubts += [*addresses.unset(read, env), *addresses.fixed(project, every)]
    doubts += named_files.missing(project, read, env)
    doubts += _untold(project, frozenset(each.name for each in every), env)
    data = {"env": env, "needs": needs, "secrets": {app: {"keys": own}} if own else {}}
    return Part(data={key: value for key, value in data.items() if value}, comments=comments, doubts=tuple(doubts))


def _told(variable: Variable, image: Mapping[str, Fact], examples: Mapping[str, Fact]) -> Fact | None:
    """Return the value that the project's own image, or an example of the environment, has for a variable."""
    own = image.get(variable.name)
    if own and own.value.lower() != str(variable.default).lower():
        return own
    return examples.get(variable.name) if variable.is_required else None


def _met(project: Project, programs: Iterable[Program]) -> Iterator[Variable]:
    """Yield the variables that are read: by files of settings, by the source, by commands."""
    started = list(programs)
    yield from (*given.variables(project, started), *variables(project), *asked(started), *keys.required(project))


def _placed(project: Project, read: frozenset[str], env: Mapping[str, Any]) -> Iterator[Doubt]:
    """Yield the variables that the project's image sets to folders that kgen's has not."""
    found = {name: fact for name, fact in own_image.folders(project).items() if name in read and name not in env}
    if found:
        names = listed((f"{name} to {fact.value}" for name, fact in found.items()), _MOST)
        yield Doubt(
            path=("env",),
            question=f"{next(iter(found.values())).origin} sets {names}, which is not in the image here",
            help="set it to the folder of a volume, or below `/tmp`",
        )


def _untold(project: Project, known: frozenset[str], env: Mapping[str, Any]) -> Iterator[Doubt]:
    """Yield what clients take from the environment by themselves, and folders that only another image has."""
    yield from _placed(project, known, env)
    yield from (*keys.doubts(project, known, env), *clouds.doubts(project, known, env), *wired.beside(project, env))


_CHANGE = "change-me"


_SIGNS = r"SECRET_?KEY|SECRET(?:_?KEY_?BASE)?|(?:SESSION|COOKIE|JWT|AUTH)_SECRET(?:_?KEY)?|JWT_KEY|SIGNING_KEY"
"""Ends of the names of keys that sign sessions: what stands in the source for them is no secret any more."""

_FEW = 4
"""Secrets that code without a default for them most likely needs; of more, most are of features that few use."""


def _wanted(read: Iterable[Variable], app: str) -> frozenset[str]:
    """Return the variables that get a secret: those that the app does not start without, and keys that sign."""
    own = re.escape(re.sub(r"\W", "_", app).upper())
    signs = re.compile(rf"(?:(?:DJANGO|FLASK|APP|SITE|SERVER|SECURITY|{own})__?)?(?:{_SIGNS})")
    secret = [each for each in read if each.is_text and is_secret_name(each.name)]
    open_ = [each.name for each in secret if not each.has_default and not each.is_required]
    must = {each.name for each in secret if each.is_required or signs.fullmatch(each.name)}
    return frozenset(must | set(open_ if len(open_) <= _FEW else ()))


def _stays_local(variable: Variable, made: Output) -> bool:
    """
    Tell whether a variable with the name of a database's is about a file beside the program.

    An address that may be a SQLite file is a server's where there is a driver for one.
    """
    default = variable.default or ""
    if variable.is_required or not default.endswith((".db", ".sqlite", ".sqlite3")):
        return False
    return not (default.startswith("sqlite") and made.name == "url" and not made.origin.endswith(_NO_DRIVERS))


_NO_DRIVERS = (": tortoise-orm", ": pgvector")
"""Ends of where a need is from that bring no driver."""


def _of_need(project: Project, variable: Variable, made: Output, examples: Mapping[str, str]) -> str:
    """Return the value of a variable of a backing service; a URL has the scheme that the code expects."""
    if made.name != "url" or made.type not in {"postgres", "mysql"}:
        return made.value
    scheme = (
        examples.get(variable.name, "") or schemes.named(variable.default or "") or schemes.wanted(project, made.type)
    )
    if not scheme:
        return made.value
    need = f"needs.{NAMES[made.type]}"
    user = f"${{{need}.username}}:${{{need}.password}}"
    return f"{scheme}://{user}@${{{need}.host}}:${{{need}.port}}/${{{need}.database}}"


def _unset(project: Project, read: Iterable[Variable], env: Mapping[str, Any]) -> Iterator[Doubt]:
    """Yield what is said about variables that nothing here sets."""
    errors = demanded.demanded(project, read, env)
    told = {name for names in errors.values() for name in names}
    yield from demanded.doubts(errors, env)
    yield from _optional((each for each in read if each.name not in told), env)


def _optional(read: Iterable[Variable], env: Mapping[str, Any]) -> Iterator[Doubt]:
    """Yield which variables the code reads besides: it runs without them, but perhaps not as it should."""
    left = [each for each in read if each.name not in env and not each.is_required]
    names = [each.name for each in left if not each.has_default or each.default == ""]
    if names:
        path = ("env",) if env else ("components",)
        yield Doubt(
            path=path, question=f"the code also looks for {listed(names, _MOST)}", help="set what it should have"
        )


_LOCAL = re.compile(
    r"localhost|127\.0\.0\.1|://|<|>|\$|change|your|^x+$|xxx|example\.com|\.{3}|placeholder|replace|insert|12345|todo",
    re.IGNORECASE,
)
"""What is in values that are right on one machine only, or in none."""


_SWITCH = re.compile(r"\d{1,6}|true|false", re.IGNORECASE)
"""What is no secret, whatever it is called."""


def _values(project: Project) -> dict[str, Fact]:
    """Return the values in examples of environments that are no secrets and hold everywhere."""
    found: dict[str, Fact] = {}
    for file in EXAMPLES:
        for place, line in enumerate((project.text(file) or "").splitlines(), 1):
            name, _, rest = line.removeprefix("export ").partition("=")
            value = _unquoted(rest)
            is_plain = _SWITCH.fullmatch(value) or not is_secret_name(name)
            if (
                name.isidentifier()
                and value
                and is_plain
                and not (_LOCAL.search(value) or known_secret(value) or debug.DEVELOPMENT.fullmatch(value))
            ):
                found.setdefault(name, Fact(value, f"{file}:{place}"))
    for name, fact in wired.plain(project):
        if not (is_secret_name(name) or _LOCAL.search(fact.value) or known_secret(fact.value)):
            found.setdefault(name, fact)
    return found


def _unquoted(text: str) -> str:
    """
    Return the value of a line of such a file, without quotes and comment.

    >>> _unquoted(' "a # b" # c'), _unquoted("512 ## size"), _unquoted("[1, 2]")
    ('a # b', '512', '[1, 2]')
    """
    rest = text.strip()
    if rest[:1] in {'"', "'"} and rest.find(rest[0], 1) > 0:
        return rest[1 : rest.find(rest[0], 1)]
    return re.split(r"\s+#", rest)[0].strip()


def _examples(project: Project) -> dict[str, str]:
    """Return variable → scheme of its value in examples of environments; the values themselves may be secret."""
    found: dict[str, str] = {}
    texts = [project.text(name) or "" for name in EXAMPLES]
    texts += [project.tree.text(file) or "" for file in compose_files(project.tree, project.folder)]
    for text in texts:
        for line in text.splitlines():
            name, _, rest = re.sub(r"^\s*-?\s*", "", line).replace(": ", "=", 1).partition("=")
            if scheme := schemes.named(rest):
                found.setdefault(name.strip(), scheme)
    return found


def _images(project: Project) -> Iterator[str]:
    """Yield the types of the servers that the project's compose files start."""
    for file in compose_files(project.tree, project.folder):
        for about in table(yaml(project.tree.text(file)), "services").values():
            image = str(about.get("image", "")) if isinstance(about, Mapping) else ""
            name = image.partition(":")[0].rpartition("/")[2]
            yield from (kind for kind, words in _SERVERS.items() if any(word in name for word in words))
