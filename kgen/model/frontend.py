"""What a user writes about a front end that Node.js builds."""

from typing import Annotated, TypeAlias

from pydantic import AfterValidator

from kgen.scalars import INVALID_VERSION, Command, RelativePath, matching
from kgen.source import Node
from kgen.spec import AS_WRITTEN, Spec

NodeVersion: TypeAlias = Annotated[
    str,
    AfterValidator(matching(INVALID_VERSION, r"[1-9][0-9](\.[0-9]+){0,2}", "a version of Node.js", "write it as `24`")),
    AS_WRITTEN,
]


class Frontend(Spec):
    """
    A front end that is built in a stage of its own, from which only the result gets into the image.

    A string is short for `{path: …}`.
    """

    path: RelativePath = "."
    """Folder of `package.json`, relative to the context. The lock file in it says whether npm, pnpm or Yarn builds."""

    output: RelativePath = "dist"
    """Folder that the build makes, relative to `path`."""

    to: RelativePath | None = None
    """Where the result goes, relative to the app's folder in the image; by default where the build makes it."""

    command: Command | None = None
    """What builds; by default the script `build` of `package.json`."""

    sources: tuple[RelativePath, ...] = ()
    """Other folders of the context that the build looks at, as templates that Tailwind searches."""

    version: NodeVersion | None = None
    """Version of Node.js, as `24`; by default the platform's."""

    @classmethod
    def expand(cls, node: Node) -> Node:
        return cls.only(node, path=node) if isinstance(node.value, str) else node
