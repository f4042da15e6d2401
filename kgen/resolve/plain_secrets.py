"""
Secrets in plain text: values in an app file, and files to mount, that somebody should have kept in a Secret.

What kgen makes is committed to Git and readable in the cluster by far more people than Secrets are. No finding shows a
value, nor the line it stands on.
"""

from collections.abc import Iterator, Mapping

from kgen.diag import Diagnostic, Label, Path, Rule, Severity
from kgen.model.app import App
from kgen.model.facts import Facts
from kgen.secret_text import is_literal, is_secret_name, known_secret, secret_words
from kgen.spec import Spec

SECRET = Rule(
    code="KG3200",
    name="secret-in-plain-text",
    explain="What stands in an app file is in Git, in ConfigMaps and in pods, where secrets do not belong.",
    is_confidential=True,
)
LIKE_A_SECRET = Rule(
    code="KG3201",
    name="value-like-a-secret",
    severity=Severity.WARNING,
    explain="A variable or option with the name of a secret has a value of its own, which will be in Git.",
    is_confidential=True,
)
RULES = (SECRET, LIKE_A_SECRET)

_VARIABLES = ("env", "args")
"""Mappings of variables: of a container, and of a build."""

_COMMANDS = (("command", "args"), ("exec",))
_WAY_OUT = "put it into a Secret, declare that one under `secrets`, and refer to it as `{secret: name/key}`"
_REPLACE = "; have it replaced by a new one, since Git keeps what it has seen"


def faults(app: App, facts: Facts) -> Iterator[Diagnostic]:
    """Yield every secret in plain text, and every value that may be one, each once."""
    found = {each.at.path: each for each in _suspects(app, ())}
    yield from (found | {each.at.path: each for each in _certain(app, facts)}).values()


def _certain(app: App, facts: Facts) -> Iterator[Diagnostic]:
    for at, text in _texts(app, ()):
        if what := known_secret(text):
            message = f"there is {what} in plain text"
            yield Diagnostic(rule=SECRET, message=message, at=Label(at), help=_WAY_OUT + _REPLACE)
    for name, component in app.components.items():
        for path, file in component.files.items():
            if what := known_secret(facts.files.get(file.source or "") or ""):
                yield Diagnostic(
                    rule=SECRET,
                    message=f"there is {what} in `{file.source}`, which would become a ConfigMap",
                    at=Label(("components", name, "files", path, "source")),
                    help=f"put the file into a Secret, and take it out of Git{_REPLACE}",
                )


def _texts(value: object, at: Path) -> Iterator[tuple[Path, str]]:
    """Yield every text that was written in ``value``, which is at ``at``."""
    match value:
        case str():
            yield at, value
        case Spec():
            for field in sorted(value.model_fields_set):
                key = type(value).model_fields[field].alias or field
                yield from _texts(getattr(value, field), (*at, key))
        case Mapping():
            for key, item in value.items():
                yield from _texts(item, (*at, key))
        case list() | tuple():
            for index, item in enumerate(value):
                yield from _texts(item, (*at, index))
        case _:
            pass


def _suspects(value: object, at: Path) -> Iterator[Diagnostic]:
    """Yield variables and words of commands in ``value`` that may hold a secret."""
    if isinstance(value, Spec):
        yield from _words(value, at)
        for field in sorted(value.model_fields_set):
            yield from _suspects(getattr(value, field), (*at, type(value).model_fields[field].alias or field))
    elif isinstance(value, Mapping):
        for key, item in value.items():
            if at and at[-1] in _VARIABLES and isinstance(item, str):
                if is_secret_name(key) and "${" not in item and is_literal(item):
                    message = f"`{key}` has the name of a secret, and its value stands here"
                    yield Diagnostic(rule=LIKE_A_SECRET, message=message, at=Label((*at, key)), help=_WAY_OUT)
            else:
                yield from _suspects(item, (*at, key))
    elif isinstance(value, list | tuple):
        for index, item in enumerate(value):
            yield from _suspects(item, (*at, index))


def _words(spec: Spec, at: Path) -> Iterator[Diagnostic]:
    for fields in _COMMANDS:
        words: list[tuple[str, int, str]] = []
        for field in fields:
            given = getattr(spec, field, None)
            words += [(field, index, word) for index, word in enumerate(given)] if isinstance(given, tuple) else []
        for found in secret_words([word for _, _, word in words]):
            field, index, _ = words[found]
            yield Diagnostic(
                rule=LIKE_A_SECRET,
                message="a command has a secret among its words, which everybody can read who sees the pod",
                at=Label((*at, field, index)),
                help="put it into a Secret, have a variable of `env` refer to that, and write `$(NAME)` instead",
            )
