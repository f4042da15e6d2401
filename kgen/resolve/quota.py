"""Whether the worst case of an app can be told."""

from collections.abc import Iterator

from kgen.diag import Diagnostic, Label
from kgen.features.quota import WITHOUT_NODES
from kgen.model.app import App
from kgen.model.platform import Platform


def faults(app: App, platform: Platform) -> Iterator[Diagnostic]:
    """Yield components that run on nobody knows how many nodes, where a quota has to hold them."""
    for name, component in app.components.items():
        if platform.quota and component.type == "daemon" and platform.nodes is None:
            yield Diagnostic(
                rule=WITHOUT_NODES,
                message=f"`{name}` runs on every node, and kgen.yaml does not say how many there are",
                at=Label(("components", name, "type")),
                help="add `nodes: 12` to kgen.yaml, for the most nodes that the cluster may have",
            )
