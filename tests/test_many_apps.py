"""
Random apps on platforms that differ in their choices: each compiles, passes every check, and is the same shuffled.

``KGEN_APPS`` says how many apps; CI takes 2,000. Apps are drawn by ``strategies`` from the model, so a new field is
among them without a line here.
"""

import io
import json
import os
import random
from typing import Any, Final

import pytest
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st

from kgen.commands.validate import Request, run
from kgen.load import platform as load_platform
from kgen.load import shape
from kgen.load.parse import parse
from kgen.model.app import App
from kgen.model.platform import Platform
from kgen.write.yaml import text
from strategies import apps
from test_properties import PLATFORM, Made, good, shuffled

APPS: Final = int(os.environ.get("KGEN_APPS", "200"))
SHARDS: Final = 20

TEXTS: Final = {
    "gateway": """
routing: {kind: gateway, parent: {name: public, namespace: gateways, section: https, httpSection: http}, issuer: le}
secrets: {provider: external-secrets, store: {name: vault}, csi: {provider: aws}}
configuration: {rollOut: name}
security: {policies: validating-admission-policy}
network: {egress: internet}
""",
    "ingress": """
kubernetes: ["1.31", "1.34"]
routing: {class: nginx, issuer: letsencrypt}
secrets: {provider: csi, csi: {provider: vault, parameters: {roleName: app}}, store: vault}
security: {policies: kyverno}
network: {policies: false}
scaling: {verticalScaling: recommend}
""",
}
"""Choices of kgen.yaml that replace those of the platform that has all that an app may ask for."""


def _platform(source: str) -> Platform:
    outcome = load_platform.choices(parse(source, "kgen.yaml"))
    assert outcome.value, [each.message for each in outcome.found]
    made = outcome.value[""].platform
    return PLATFORM.model_copy(update={name: getattr(made, name) for name in made.model_fields_set})


PLATFORMS: Final = {"everything": PLATFORM} | {name: _platform(source) for name, source in TEXTS.items()}


def errors(made: Made, environment: str) -> list[str]:
    """Return what ``kgen validate`` finds wrong with all objects of an environment together."""
    stream = "---\n".join(text(each.manifest, "") for each in made.objects[environment])
    out = io.StringIO()
    run(Request(paths=["-"], output_format="json", cached=False), io.BytesIO(stream.encode()), out, io.StringIO())
    documents = json.loads(out.getvalue())["documents"]
    found = [(each["kind"], one) for each in documents for one in each["findings"]]
    return [f"{kind}: {one['name']}: {one['message']}" for kind, one in found if one["severity"] == "error"]


def for_gateway(value: Any) -> Any:
    """Return an app without what only an Ingress can do: certificates at the route, and any path for gRPC."""
    if isinstance(value, list):
        return [for_gateway(each) for each in value]
    if not isinstance(value, dict):
        return value
    made = {key: for_gateway(each) for key, each in value.items()}
    if made.get("appProtocol") == "grpc":
        made["appProtocol"] = "http"
    if "host" in made and isinstance(made.get("tls"), dict):
        made["tls"] = not made["tls"].get("off")
    return made


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
    @given(apps(), st.sampled_from(sorted(PLATFORMS)), st.integers(0, 2**32))
    def law(data: dict[str, Any], platform: str, luck: int) -> None:
        data = for_gateway(data) if platform == "gateway" else data
        made = good(data, PLATFORMS[platform])
        again = good(shuffled(data, shape.shape_of(App), random.Random(luck)), PLATFORMS[platform])  # noqa: S311  # an order, no secret
        assert {name: again.texts()[name] for name in made.texts()} == made.texts()
        for environment in made.objects:
            assert errors(made, environment) == []

    law()
