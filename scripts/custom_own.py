"""
kgen's own schemas of custom resources, for kinds that no package has: ``custom_schemas/*.yaml``.

A file names the release and the API reference that it was written from. What stands for a value is its type:
``string``, ``integer``, ``boolean``, ``quantity``, ``{string}`` for a map, ``a | b`` for one of a few words,
``open object`` for one whose fields are not told, ``k8s EnvVar`` for a type of Kubernetes. A mapping is an object, a
list is a list of the one thing in it, and a name with ``!`` is required.
"""

from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import yaml
from custom_pydantic import INT_OR_STRING, PRESERVE, Schema

_TYPES: Mapping[str, Schema] = {
    "boolean": {"type": "boolean"},
    "integer": {"type": "integer"},
    "open": {PRESERVE: True},
    "open object": {"type": "object", PRESERVE: True},
    "quantity": {INT_OR_STRING: True},
    "string": {"type": "string"},
    "{string}": {"type": "object", "additionalProperties": {"type": "string"}},
}
_PREFIXES = {"LabelSelector": "IoK8sApimachineryPkgApisMetaV1"}


class Own:
    """One file."""

    def __init__(self, path: Path, of_kubernetes: Callable[[str], Schema]) -> None:
        found = yaml.safe_load(path.read_text("utf-8"))
        self.path = path
        self.release: str = found["release"]
        self.url: str = found["url"]
        self._kinds: Mapping[str, Any] = found["kinds"]
        self._of_kubernetes = of_kubernetes

    def kinds(self) -> Iterator[tuple[str, Schema]]:
        """Yield ``<apiVersion> <kind>`` and the schema of each."""
        for name, written in self._kinds.items():
            yield name, self._schema(written)

    def _schema(self, written: Any) -> Schema:
        if isinstance(written, list):
            (one,) = written
            return {"type": "array", "items": self._schema(one)}
        if isinstance(written, str):
            return self._plain(written)
        properties = {name.removesuffix("!"): self._schema(inner) for name, inner in written.items()}
        required = sorted(name.removesuffix("!") for name in written if name.endswith("!"))
        made = {"type": "object", "properties": properties}
        return made | {"required": required} if required else made

    def _plain(self, written: str) -> Schema:
        if "|" in written:
            return {"type": "string", "enum": [word.strip() for word in written.split("|") if word.strip()]}
        of, _, name = written.partition(" ")
        if of == "k8s":
            return self._of_kubernetes(f"{_PREFIXES.get(name, 'IoK8sApiCoreV1')}{name}")
        return dict(_TYPES[written])
