"""`kgen explain`: rules, fields of Kubernetes objects, and fields of kgen's own files."""

import io
import json
import re
from collections.abc import Iterator
from typing import get_type_hints

import pytest

from kgen.commands import own_fields
from kgen.commands.explain import explain
from kgen.commands.model_words import specs_in
from kgen.commands.schema import Output
from kgen.model.app import App
from kgen.model.platform import Platform
from kgen.rules import ALL
from kgen.spec import Spec

FORMULA = "ceil(current * measured / target)"


def asked(thing: str, *, as_json: bool = False) -> tuple[int, str]:
    """Return the exit code and everything that is printed."""
    out, err = io.StringIO(), io.StringIO()
    code = explain(thing, ALL, Output(out=out, err=err, as_json=as_json))
    return code, out.getvalue() + err.getvalue()


@pytest.mark.parametrize(
    "thing",
    [
        "hpa.spec.metrics",
        "HorizontalPodAutoscaler",
        "autoscaling/v2/HorizontalPodAutoscaler.spec",
        "replicas",
        "components.web.replicas",
        "components.replicas",
        "app.components.web.replicas",
        "app.environments.production.components.web.replicas",
        "components.web.replicas.cpu",
    ],
)
def test_the_formula_of_the_autoscaler_is_told(thing: str) -> None:
    code, printed = asked(thing)
    assert code == 0
    assert FORMULA in " ".join(printed.split())


@pytest.mark.parametrize("thing", ["deployment.spec.replicas", "hpa.spec.scaleTargetRef", "components.web.port"])
def test_the_formula_is_told_only_where_it_belongs(thing: str) -> None:
    code, printed = asked(thing)
    assert code == 0
    assert FORMULA not in " ".join(printed.split())


@pytest.mark.parametrize(
    ("thing", "heading"),
    [
        ("app", "app.yaml"),
        ("kgen", "kgen.yaml"),
        ("argocd", "argocd in kgen.yaml"),
        ("kgen.environments.production.argocd", "environments.production.argocd in kgen.yaml"),
        ("routes", "components.routes in app.yaml"),
        ("components.web.volumes.data.size", "components.web.volumes.data.size in app.yaml"),
        # a component may be called like a field of the app
        ("components.web", "components.web in app.yaml"),
        ("app.namespace", "namespace in app.yaml"),
        ("namespace", "Namespace in v1, Kubernetes"),  # a kind comes first
        ("secret.data", "Secret in v1, Kubernetes"),
    ],
)
def test_a_path_means_a_field_of_a_file_or_of_a_kind(thing: str, heading: str) -> None:
    code, printed = asked(thing)
    assert code == 0
    assert printed.splitlines()[0].startswith(heading)


@pytest.mark.parametrize(
    ("thing", "message", "way_out"),
    [
        ("components.web.prots", "`components.web` in app.yaml has no field `prots`", "did you mean `ports`?"),
        ("app.componnts", "app.yaml has no field `componnts`", "did you mean `components`?"),
        ("kgen.argo", "kgen.yaml has no field `argo`", "did you mean `argocd`?"),
        (
            "components.web.schedule.cron",
            "`components.web.schedule` in app.yaml has no fields, so no `cron`",
            "`kgen explain components.web.schedule` tells what it takes",
        ),
        ("replicaz", "there is no rule or field `replicaz`", "did you mean `replicas`?"),
        ("deploymnt.spec", "has no kind `deploymnt`", "did you mean `Deployment`?"),
    ],
)
def test_what_is_not_there_is_refused_with_a_way_out(thing: str, message: str, way_out: str) -> None:
    code, printed = asked(thing)
    assert code == 2
    assert message in printed
    assert way_out in printed


def test_a_field_is_told_to_programs() -> None:
    code, printed = asked("components.web.replicas", as_json=True)
    made = json.loads(printed)
    assert code == 0
    assert (made["version"], made["file"], made["field"]) == (1, "app.yaml", "components.web.replicas")
    rows = {row["name"]: row for row in made["fields"]}
    assert (rows["min"]["default"], rows["min"]["required"], rows["max"]["required"]) == (2, False, True)
    assert rows["pollingInterval"]["type"] == "duration"


def paths(model: type[Spec], above: tuple[str, ...], seen: set[type[Spec]]) -> Iterator[str]:
    """Yield the path of every field, through every model once."""
    seen.add(model)
    hints = get_type_hints(model, include_extras=True)
    for name, info in model.model_fields.items():
        path = (*above, info.alias or name)
        yield ".".join(path)
        for inner in specs_in(hints[name]):
            if inner not in seen:
                yield from paths(inner, path, seen)


def test_every_field_is_found_and_described() -> None:
    for first, model in (("app", App), ("kgen", Platform)):
        for path in paths(model, (first,), set()):
            field = own_fields.find(path)
            assert isinstance(field, own_fields.OwnField), path
            told = own_fields.described(field)
            assert told["type"], path
            assert told["description"], path
            assert json.dumps(told)
            assert re.match(rf"{re.escape('.'.join(field.path))} in {field.file}\n", own_fields.text(field))
