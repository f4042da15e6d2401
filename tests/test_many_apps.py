"""
Random apps on platforms that differ in their choices: each compiles, passes every check, and is the same shuffled.

``KGEN_APPS`` says how many apps, 100 by default; 2,000 take ten minutes with two processes. Apps are drawn by
``strategies`` from the model, so a new field is among them without a line here.
"""

import io
import json
import os
import random
from pathlib import Path
from typing import Any, Final

import pytest
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st

from kgen.commands.validate import Request, run
from kgen.filenames import PLATFORM_FILE
from kgen.load import platform as load_platform
from kgen.load import shape
from kgen.load.parse import parse
from kgen.model.app import App
from kgen.workspace import Workspace
from kgen.write.yaml import text
from platforms import fitting, platforms
from strategies import apps
from test_properties import Made, compiled_in, shown, shuffled

APPS: Final = int(os.environ.get("KGEN_APPS", "100"))
SHARDS: Final = 20


def workspace_of(platform: dict[str, Any]) -> Workspace:
    """Return what ``open_workspace`` makes of a file with ``platform``."""
    source = parse(text(platform, ""), PLATFORM_FILE)
    outcome = load_platform.choices(source)
    assert outcome.value, [each.message for each in outcome.found]
    chosen = outcome.value
    return Workspace(
        root=Path(),
        source=source,
        platform=chosen[""].platform,
        platforms={name: each.platform for name, each in chosen.items()},
        roots={name: each.root for name, each in chosen.items()},
        around={name: each.around for name, each in chosen.items()},
        found=(),
    )


@st.composite
def repositories(draw: st.DrawFn) -> tuple[dict[str, Any], dict[str, Any]]:
    """Draw an app and a platform that can run it."""
    data = draw(apps())
    if draw(st.booleans()):
        data["environments"] = {**(data.get("environments") or {}), "local": None}
    platform = draw(platforms(data.get("environments") or ()))
    return fitting(data, platform), platform


def errors(made: Made, environment: str) -> list[str]:
    """Return what ``kgen validate`` finds wrong with all objects of an environment together."""
    stream = "---\n".join(text(each.manifest, "") for each in made.objects[environment])
    out = io.StringIO()
    run(Request(paths=["-"], output_format="json", cached=False), io.BytesIO(stream.encode()), out, io.StringIO())
    documents = json.loads(out.getvalue())["documents"]
    found = [(each["kind"], one) for each in documents for one in each["findings"]]
    return [f"{kind}: {one['name']}: {one['message']}" for kind, one in found if one["severity"] == "error"]


@pytest.mark.parametrize("shard", range(SHARDS))
def test_every_app_compiles_and_passes_every_check(shard: int) -> None:
    @seed(shard)
    @settings(
        max_examples=max(1, APPS // SHARDS),
        deadline=None,
        database=None,
        phases=[Phase.generate, Phase.shrink],
        suppress_health_check=list(HealthCheck),
    )
    @given(repositories(), st.integers(0, 2**32))
    def law(repository: tuple[dict[str, Any], dict[str, Any]], luck: int) -> None:
        data, platform = repository
        made = compiled_in(data, workspace_of(platform))
        assert made.plans, shown(made)
        order = random.Random(luck)  # noqa: S311  # an order, no secret
        again = compiled_in(
            shuffled(data, shape.shape_of(App), order),
            workspace_of({key: platform[key] for key in order.sample(list(platform), len(platform))}),
        )
        assert {name: again.texts()[name] for name in made.texts()} == made.texts()
        for environment in made.objects:
            assert errors(made, environment) == []

    law()
