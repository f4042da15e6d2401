"""Rules of practice: secrets in the description of a pod, where everybody can read them. No message shows one."""

from __future__ import annotations

import re

from kgen.check.fault import short
from kgen.check.practice.advice import advice, containers
from kgen.check.reading import entries, mappings, part, text
from kgen.secret_text import is_literal, is_secret_name, known_secret

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from kgen.check.fault import Fault
    from kgen.check.resource import Resource

    Version = tuple[int, int]

_IN_TEXT = re.compile(
    r"(?:^|[\s\"'=])--?(?P<name>[A-Za-z][A-Za-z0-9_.-]{0,60}?)=(?P<quote>[\"']?)(?P<value>[^\s\"']{1,300})"
)
_OPTION = re.compile(r"--?(?P<name>[A-Za-z][A-Za-z0-9_.-]{0,60})")
_ATTACHED = ("mysql", "mysqladmin", "mysqldump", "mariadb", "mariadb-admin", "mariadb-dump")
"""Programs that take a password right after ``-p``."""


def secrets_as_variables(resource: Resource, _version: Version) -> Iterator[Fault]:
    message = "must not fill a variable: child processes, crash reports and `kubectl describe` show variables"
    out = "mount the Secret as files"
    for at, each in containers(resource):
        for index, variable in mappings(each, "env"):
            if part(variable, "valueFrom", "secretKeyRef"):
                yield advice("SEC23", (*at, "env", index, "valueFrom", "secretKeyRef"), message, out)
        for index, source in mappings(each, "envFrom"):
            if part(source, "secretRef"):
                yield advice("SEC23", (*at, "envFrom", index, "secretRef"), message, out)


def secrets_in_variables(resource: Resource, _version: Version) -> Iterator[Fault]:
    for at, each in containers(resource):
        for index, variable in mappings(each, "env"):
            name, value = text(variable, "name"), text(variable, "value")
            if not value:
                continue
            what = known_secret(value) or ("a secret" if is_secret_name(name) and is_literal(value) else "")
            if what:
                message = f"must not be {what}: whoever can read the object, or its repository, has it"
                out = f"keep it in a Secret, and refer to it: `valueFrom: {{secretKeyRef: …}}` for `{short(name)}`"
                yield advice("SEC24", (*at, "env", index, "value"), message, out)


def secrets_in_arguments(resource: Resource, _version: Version) -> Iterator[Fault]:
    for at, each in containers(resource):
        command, args = entries(each, "command"), entries(each, "args")
        words = [*(("command", i, w) for i, w in enumerate(command)), *(("args", i, w) for i, w in enumerate(args))]
        for index in _secret_words([word for _, _, word in words]):
            key, place, _ = words[index]
            message = "must not hold a secret: everybody who can see the pod, or the processes of its node, reads it"
            out = "keep it in a Secret, and write `$(NAME)` of a variable that takes it from there"
            yield advice("SEC28", (*at, key, place), message, out)


def _secret_words(words: Sequence[object]) -> Iterator[int]:
    """Yield the indices of words with a secret in them."""
    program = words[0].rpartition("/")[2] if words and isinstance(words[0], str) else ""
    asks_for = ""
    for index, word in enumerate(words):
        if not isinstance(word, str):
            asks_for = ""
            continue
        attached = program in _ATTACHED and word.startswith("-p") and is_literal(word[2:])
        follows = is_secret_name(asks_for) and not word.startswith("-") and is_literal(word)
        options = _IN_TEXT.finditer(word) if "=" in word else ()
        inside = any(is_secret_name(each["name"]) and is_literal(each["value"]) for each in options)
        if attached or follows or inside or known_secret(word):
            yield index
        option = _OPTION.fullmatch(word) if word.startswith("-") else None
        asks_for = option["name"] if option else ""


DEFAULT = ()
STRICT = (secrets_in_variables, secrets_in_arguments)
OFF = (secrets_as_variables,)
