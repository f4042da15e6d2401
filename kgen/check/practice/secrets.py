"""Rules of practice: secrets in the description of a pod, where everybody can read them. No message shows one."""

from __future__ import annotations

from kgen.check.fault import short
from kgen.check.practice.advice import advice, containers
from kgen.check.reading import entries, mappings, part, text
from kgen.secret_text import is_literal, is_secret_name, known_secret, secret_words

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from kgen.check.fault import Fault
    from kgen.check.resource import Resource

    Version = tuple[int, int]


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
        for index in secret_words([word for _, _, word in words]):
            key, place, _ = words[index]
            message = "must not hold a secret: everybody who can see the pod, or the processes of its node, reads it"
            out = "keep it in a Secret, and write `$(NAME)` of a variable that takes it from there"
            yield advice("SEC28", (*at, key, place), message, out)


DEFAULT = ()
STRICT = (secrets_in_variables, secrets_in_arguments)
OFF = (secrets_as_variables,)
