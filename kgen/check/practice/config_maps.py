"""Rules of practice on ConfigMaps. No message shows a value."""

from __future__ import annotations

from kgen.check.practice.advice import advice
from kgen.check.reading import part, texts
from kgen.secret_text import is_literal, is_secret_name, known_secret

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from kgen.check.fault import Fault
    from kgen.check.resource import Resource

    Version = tuple[int, int]


def secrets_in_config_maps(resource: Resource, _version: Version) -> Iterator[Fault]:
    for key, value in texts(part(resource.value, "data")).items():
        what = known_secret(value)
        if not what and "\n" not in value.strip() and is_secret_name(key) and is_literal(value):
            what = "a secret"
        if what:
            message = f"must not hold {what}: ConfigMaps are not kept secret"
            yield advice("SEC25", ("data", key), message, "move it to a Secret")


DEFAULT = ()
STRICT = (secrets_in_config_maps,)
OFF = ()
