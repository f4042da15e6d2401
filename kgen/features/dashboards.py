"""
Dashboards: what Grafana shows of a component.

Emits one ConfigMap for each dashboard, with the label that Grafana's sidecar looks for, or one GrafanaDashboard where
the platform has the Grafana operator. `dashboards: true` asks for one of what kgen knows: requests, errors and latency
if their metrics are declared, CPU and memory against requests and limits, restarts, pods and their bounds.

Source: https://grafana.com/docs/grafana/latest/dashboards/build-dashboards/view-dashboard-json-model/
"""

import hashlib
import json
from collections.abc import Iterator, Mapping
from typing import Any, Final, Literal

from pydantic import Field

from kgen.diag import Rule
from kgen.k8s import Manifest, Target, manifest
from kgen.labels import LabelKey, LabelValue
from kgen.record import dataclass, field
from kgen.scalars import Name, RelativePath, Word
from kgen.source import Node
from kgen.spec import Spec

NOT_A_DASHBOARD = Rule(
    code="KG3187",
    name="dashboard-not-json",
    explain="Grafana leaves out a dashboard that it cannot read, and says so in its log only.",
)
RULES = (NOT_A_DASHBOARD,)


class Dashboards(Spec):
    """Dashboards for Grafana. `true` is short for `{generated: true}`."""

    generated: bool = False
    """Have kgen make one of what it knows about the component."""

    files: dict[Name, RelativePath] = Field(default_factory=dict)
    """Dashboards of your own: name → a file with the JSON that Grafana exports, relative to the app file."""

    @classmethod
    def expand(cls, node: Node) -> Node:
        return cls.only(node, generated=node.value) if isinstance(node.value, bool) else node


class Grafana(Spec):
    """How dashboards get into Grafana."""

    kind: Literal["config-map", "grafana-operator"] = "config-map"
    """ConfigMaps that its sidecar reads, or objects of its operator; that it is chosen says that it is installed."""

    labels: dict[LabelKey, LabelValue] = Field(default_factory=lambda: {"grafana_dashboard": "1"})
    """Labels of the ConfigMaps that the sidecar looks for."""

    instances: dict[LabelKey, LabelValue] = Field(default_factory=lambda: {"dashboards": "grafana"})
    """Labels of the operator's Grafana (`instanceSelector`)."""

    folder: Word | None = None
    """Folder in Grafana; the sidecar reads it from the annotation `grafana_folder`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Panel:
    """A graph: queries by what is written beside their lines."""

    title: str
    unit: str
    queries: Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Board:
    """One dashboard: panels for kgen's own, a text for the user's."""

    name: str
    """Name of the object."""

    panels: tuple[Panel, ...] = ()
    text: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Gallery:
    """The dashboards of a component."""

    boards: tuple[Board, ...]
    kind: Literal["config-map", "grafana-operator"]
    folder: str
    labels: Mapping[str, str] = field(default_factory=dict)
    instances: Mapping[str, str] = field(default_factory=dict)


_SOURCE: Final = {"type": "prometheus", "uid": "${datasource}"}
_WIDTH, _HEIGHT = 12, 8
"""Of a panel; a dashboard has 24 columns."""


def emit(gallery: Gallery, target: Target) -> Iterator[Manifest]:
    """Build the ConfigMaps or GrafanaDashboards of ``target``."""
    for board in gallery.boards:
        text = board.text or _json(board, target)
        if gallery.kind == "config-map":
            notes = {"grafana_folder": gallery.folder} if gallery.folder else None
            data = {f"{target.namespace}-{board.name}.json": text}
            yield manifest(
                "v1", "ConfigMap", target, name=board.name, labels=gallery.labels, annotations=notes, data=data
            )
            continue
        spec: dict[str, Any] = {
            "instanceSelector": {"matchLabels": dict(sorted(gallery.instances.items()))},
            "allowCrossNamespaceImport": True,  # Grafana is hardly ever in the app's namespace
        }
        if gallery.folder:
            spec["folder"] = gallery.folder
        spec["json"] = text
        yield manifest("grafana.integreatly.org/v1beta1", "GrafanaDashboard", target, name=board.name, spec=spec)


def _json(board: Board, target: Target) -> str:
    # Grafana's own identity of a dashboard, at most 40 characters: links stay good when the title changes
    uid = hashlib.sha256(f"{target.namespace}/{board.name}".encode()).hexdigest()[:16]
    made = {
        "uid": uid,
        "title": f"{target.name} in {target.namespace}",
        "tags": ["kgen", target.app],
        "schemaVersion": 39,
        "editable": False,
        "refresh": "1m",
        "time": {"from": "now-6h", "to": "now"},
        "templating": {"list": [{"name": "datasource", "type": "datasource", "query": "prometheus"}]},
        "panels": [_panel(number, panel) for number, panel in enumerate(board.panels)],
    }
    return json.dumps(made, indent=2, ensure_ascii=False) + "\n"


def _panel(number: int, panel: Panel) -> dict[str, Any]:
    row, column = divmod(number, 2)
    return {
        "id": number + 1,
        "type": "timeseries",
        "title": panel.title,
        "gridPos": {"x": column * _WIDTH, "y": row * _HEIGHT, "w": _WIDTH, "h": _HEIGHT},
        "datasource": _SOURCE,
        "fieldConfig": {"defaults": {"unit": panel.unit, "min": 0}, "overrides": []},
        "targets": [
            {"refId": chr(ord("A") + index), "expr": query, "legendFormat": legend}
            for index, (legend, query) in enumerate(panel.queries.items())
        ],
    }
