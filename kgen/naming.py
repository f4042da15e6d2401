"""Names of the files that objects are written to, which tell them apart."""

from collections.abc import Iterator, Sequence

from kgen.diag import Diagnostic, Label
from kgen.k8s import Emitted
from kgen.record import replace
from kgen.resolve.rules import NAME_TAKEN


def clashes(objects: Sequence[Emitted]) -> Iterator[Diagnostic]:
    """Yield objects that would have the name of another one: names are put together, and may meet."""
    seen: dict[str, Emitted] = {}
    for made in objects:
        other = seen.setdefault(file_name(made), made)
        if other is not made:
            name = f"{made.manifest['kind']} `{made.manifest['metadata']['name']}`"
            yield Diagnostic(
                rule=NAME_TAKEN,
                message=f"there would be two objects {name}",
                at=made.source or Label(made.origin, on="key"),
                related=(replace(other.source or Label(other.origin, on="key"), text="the other one"),),
                help="rename the one that is your own" if made.source else "rename one of the components or volumes",
            )


def file_name(made: Emitted) -> str:
    """Return the name of the file of an object."""
    return f"{made.manifest['kind'].lower()}-{made.manifest['metadata']['name']}.yaml"
