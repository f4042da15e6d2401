"""
Strategies for kgen.yaml, as data: each of its choices is made or not, beside what the apps of ``strategies`` ask for.

Those apps name stores of secrets, classes of backing services and kinds of backups, so that these are always there.
"""

from collections.abc import Collection, Mapping
from typing import Any, Final

from hypothesis import strategies as st

from kgen.model.needs import KINDS
from kgen.model.operations import Monitoring
from kgen.model.providers import PROVIDERS
from strategies import ELSEWHERE, Known, Strategy, defaults, fields

CRDS: Final = ("monitoring.coreos.com/v1", "keda.sh/v1alpha1", "autoscaling.k8s.io/v1")
REGISTRIES: Final = ("docker.io", "ghcr.io", "localhost:5000/a", "registry.Example.com/x-y", "quay.io")
"""All that images of the random apps, and those that kgen brings, come from."""

_PARENTS: Final = (
    {"name": "public"},
    {"name": "public", "namespace": "gateways", "section": "https"},
    {"name": "public", "namespace": "gateways", "section": "https", "httpSection": "http"},
)
_ISSUER: Final = st.sampled_from(["le", None])
_NOTES: Final = st.dictionaries(st.sampled_from(["a.b/c", "no"]), st.sampled_from(["1", "no", ""]), max_size=2)

ROUTING: Final[Strategy] = st.one_of(
    st.fixed_dictionaries({}, optional={"class": st.just("nginx"), "issuer": _ISSUER, "annotations": _NOTES}),
    st.fixed_dictionaries(
        {"kind": st.just("gateway"), "parent": st.sampled_from(_PARENTS)},
        optional={"issuer": _ISSUER, "annotations": _NOTES},
    ),
    st.just({"kind": "node-port"}),
)
_CSI: Final = st.sampled_from(
    [
        {"provider": "vault", "parameters": {"roleName": "app"}},
        {"provider": "aws"},
        {"provider": "azure", "parameters": {"keyvaultName": "app"}},
        {"provider": "gcp", "project": "acme"},
    ]
)
SECRETS: Final[Strategy] = st.fixed_dictionaries(
    {"store": st.sampled_from(["vault", {"kind": "SecretStore", "name": "own"}]), "csi": _CSI},
    optional={
        "provider": st.sampled_from(["existing", "external-secrets", "csi"]),
        "path": st.sampled_from(["{env}/{app}/{secret}", "shared/{secret}-{key}", "{secret}"]),
        "refresh": st.sampled_from(["15m", "1h30m"]),
    },
)
NEEDS: Final[Strategy] = st.fixed_dictionaries(
    {
        kind: st.fixed_dictionaries(
            {"own": st.just(PROVIDERS[kind][1]), "operated": st.just(PROVIDERS[kind][-1])}
            | {ELSEWHERE: st.just("external")},
            optional={"default": st.sampled_from(PROVIDERS[kind])},
        )
        for kind in sorted(KINDS)
    }
)
BACKUPS: Final[Strategy] = st.fixed_dictionaries(
    {
        "volumes": st.sampled_from(["velero", "snapshots"]),
        "dumps": st.fixed_dictionaries(
            {"bucket": st.just("dumps"), "secret": st.just("dumps")},
            optional={
                "endpoint": st.just("https://s3.example.com"),
                "region": st.just("eu-1"),
                "space": st.just("1Gi"),
            },
        ),
    },
    optional={
        "velero": st.fixed_dictionaries({}, optional={"location": st.just("far"), "files": st.booleans()}),
        "snapshotClass": st.just("csi"),
    },
)
OTHERS: Final[Mapping[str, Strategy]] = {
    "kubernetes": st.lists(st.sampled_from(["1.31", "1.34", "1.37"]), min_size=1, max_size=3, unique=True),
    "network": st.fixed_dictionaries(
        {},
        optional={
            "policies": st.booleans(),
            "egress": st.sampled_from(["deny", "internet", "allow"]),
            "dns": st.sampled_from([{}, {"namespace": "openshift-dns", "port": 5353}]),
        },
    ),
    "storage": st.just({"class": "fast"}),
    "configuration": st.fixed_dictionaries({"rollOut": st.sampled_from(["name", "annotation"])}),
    "images": st.just({"registry": "ghcr.io/acme"}),
    "monitoring": fields(Monitoring, Known(), without=["runbooks"]),
    "security": st.fixed_dictionaries(
        {},
        optional={
            "policies": st.sampled_from(["validating-admission-policy", "kyverno"]),
            "registries": st.just(list(REGISTRIES)),
        },
    ),
    "scaling": st.fixed_dictionaries(
        {},
        optional={
            "verticalScaling": st.sampled_from(["recommend", "none"]),
            "prometheus": st.just("http://prometheus:9090"),
        },
    ),
    "quota": st.sampled_from(["auto", {"objects": True}]),
    "routing": ROUTING,
    "argocd": st.fixed_dictionaries(
        {"repoURL": st.just("https://github.com/acme/deploy")},
        optional={
            "kind": st.sampled_from(["application", "application-set"]),
            "project": st.just("shared"),
            "sync": st.sampled_from(["automatic", "manual"]),
            "destination": st.sampled_from([{"name": "far"}, {"server": "https://1.2.3.4"}]),
        },
    ),
}
"""Key → what may stand there; each with even chance, so that most platforms choose half of them."""


@st.composite
def platforms(draw: st.DrawFn, environments: Collection[str] = ()) -> dict[str, Any]:
    """Draw a kgen.yaml with all that an app may ask for; some of ``environments`` make choices of their own."""
    made: dict[str, Any] = {
        "crds": list(CRDS),
        "secrets": draw(SECRETS),
        "needs": draw(NEEDS),
        "backups": draw(BACKUPS),
    }
    made["nodes"] = 3
    made |= draw(st.fixed_dictionaries({}, optional=OTHERS))
    if draw(st.booleans()):
        made["images"] = {"python": "3.12", "distribution": "bookworm", "uv": "0.12.5"}
    if draw(st.booleans()):
        made["defaults"] = draw(defaults())
    own = draw(st.lists(st.sampled_from(sorted(environments)), max_size=2, unique=True)) if environments else []
    if own:
        made["environments"] = {name: draw(st.fixed_dictionaries({}, optional=OTHERS)) for name in own}
    return made


def _gateways(platform: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    routing = (each.get("routing") or {} for each in (platform, *(platform.get("environments") or {}).values()))
    return [each["parent"] for each in routing if each.get("kind") == "gateway"]


def fitting(app: dict[str, Any], platform: Mapping[str, Any]) -> dict[str, Any]:
    """Return ``app`` without what Gateways and images of ``platform`` cannot do."""
    gateways = _gateways(platform)
    made: dict[str, Any] = _for_gateway(app, plain=all("httpSection" in each for each in gateways)) if gateways else app
    if "python" in platform.get("images", {}):
        made = made | {"components": {name: _for_any_python(each) for name, each in made["components"].items()}}
        return _for_any_python(made)
    return made


def _for_any_python(part: dict[str, Any]) -> dict[str, Any]:
    """Return an app or a component without a variant of images that has one Python only."""
    build = part.get("build")
    if not isinstance(build, dict) or "variant" not in build:
        return part
    return part | {"build": {key: value for key, value in build.items() if key != "variant"}}


def _for_gateway(value: Any, *, plain: bool) -> Any:
    """Return an app without certificates at the route, gRPC at any path, and routes without TLS unless ``plain``."""
    if isinstance(value, list):
        return [_for_gateway(each, plain=plain) for each in value]
    if not isinstance(value, dict):
        return value
    made = {key: _for_gateway(each, plain=plain) for key, each in value.items()}
    if made.get("appProtocol") == "grpc":
        made["appProtocol"] = "http"
    if "host" in made and isinstance(made.get("tls"), dict):
        made["tls"] = not made["tls"].get("off")
    if "host" in made and made.get("tls") is False and not plain:
        del made["tls"]
    return made
