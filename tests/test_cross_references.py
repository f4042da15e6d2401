"""References to other objects: what counts as being there, and what is meant where it is not."""

import pytest

from kgen.check.cross.near import ELSEWHERE
from kgen.check.cross.providers import exists
from kgen.check.fault import field
from test_cross_rules import found_in, resources, rows


def pod(spec: str, *, namespace: str = "default", kind: str = "Deployment") -> str:
    return f"""---
apiVersion: apps/v1
kind: {kind}
metadata: {{name: web, namespace: {namespace}}}
spec:
  selector: {{matchLabels: {{app: web}}}}
  template:
    metadata: {{labels: {{app: web}}}}
    spec: {{{spec}}}
"""


def uses(kind: str, *names: str) -> str:
    sources = ", ".join(f"{{{kind}: {{name: {name}}}}}" for name in names)
    return f"containers: [{{name: web, image: web, envFrom: [{sources}]}}]"


def thing(kind: str, name: str, *, namespace: str = "default", version: str = "v1", more: str = "") -> str:
    return f"---\napiVersion: {version}\nkind: {kind}\nmetadata: {{name: {name}, namespace: {namespace}}}\n{more}\n"


CERT = "cert-manager.io/v1"


@pytest.mark.parametrize(
    "maker",
    [
        thing("SealedSecret", "db", version="bitnami.com/v1alpha1"),
        thing("ExternalSecret", "any", version="external-secrets.io/v1", more="spec: {target: {name: db}}"),
        thing("ExternalSecret", "db", version="external-secrets.io/v1", more="spec: {target: {}}"),
        thing("Certificate", "any", version=CERT, more="spec: {secretName: db}"),
        thing("VaultPKISecret", "a", version="secrets.hashicorp.com/v1", more="spec: {destination: {name: db}}"),
        thing("SopsSecret", "a", version="isindir.github.com/v1alpha3", more="spec: {secretTemplates: [{name: db}]}"),
        "---\napiVersion: kustomize.config.k8s.io/v1beta1\nkind: Kustomization\nsecretGenerator: [{name: db}]\n",
        """---
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata: {name: web, annotations: {cert-manager.io/cluster-issuer: main}}
spec: {tls: [{secretName: db}]}
""",
    ],
)  # fmt: skip
def test_secrets_that_others_make_are_there(maker: str) -> None:
    assert exists(resources(maker), "", "Secret", "default", "db")
    assert not exists(resources(maker), "", "Secret", "default", "other")


@pytest.mark.parametrize(("kind", "name"), [("ConfigMap", "kube-root-ca.crt"), ("ServiceAccount", "default")])
def test_some_objects_are_always_there(kind: str, name: str) -> None:
    assert exists(resources(""), "", kind, "shop", name)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param(pod(uses("secretRef", "db")), "", id="nothing is known"),
        pytest.param(pod(uses("secretRef", "db")) + thing("Secret", "api-token"), "", id="other Secrets are by hand"),
        pytest.param(
            pod(uses("secretRef", "db-login")) + thing("Secret", "db-logins"), "did you mean `db-logins`?", id="a slip"
        ),
        pytest.param(
            pod(uses("secretRef", "db")) + thing("Secret", "staging-db"), "did you mean `staging-db`?", id="a prefix"
        ),
        pytest.param(
            pod(uses("secretRef", "db"), namespace="web") + thing("Secret", "db", namespace="shop"),
            "there is one in namespace `shop`: names are looked up in `web`",
            id="another namespace",
        ),
        pytest.param(
            pod(uses("secretRef", "db")) + thing("Secret", "db", namespace="shop"),
            "",
            id="no namespace, maybe given later",
        ),
        pytest.param(
            pod(uses("configMapRef", "one", "two", "apart")) + thing("ConfigMap", "one") + thing("ConfigMap", "two"),
            "add it, or declare in kgen.yaml that it comes from elsewhere: `external: [ConfigMap/apart]`",
            id="the only one that is missing",
        ),
        pytest.param(
            pod(uses("configMapRef", "one", "apart", "away")) + thing("ConfigMap", "one"), "", id="an incomplete set"
        ),
        pytest.param(
            pod("containers: [{name: web, args: [--secret=db]}], volumes: [{name: a, secret: {secretName: db}}]")
            + thing("Secret", "my-db"),
            "",
            id="a program that makes it",
        ),
        pytest.param(
            pod("volumes: [{name: a, secret: {secretName: db, optional: true}}]") + thing("Secret", "my-db"),
            "",
            id="optional",
        ),
    ],
)
def test_missing_objects_are_told_where_it_is_plain(text: str, expected: str) -> None:
    found = [each for each in found_in(text, profile="default") if each.fault.row.startswith("XREF")]
    found = [each for each in found if each.fault.row != ELSEWHERE]
    assert [each.fault.help for each in found] == ([expected] if expected else [])


def test_what_may_be_elsewhere_is_told_once() -> None:
    text = pod(uses("secretRef", "db", "db")) + pod(uses("secretRef", "db"), kind="DaemonSet")
    assert rows(found_in(text, profile="strict")).count("XREF026") == 1
    assert "XREF026" not in rows(found_in(text, "external: [Secret/db]", "strict"))


PROJECTED = "volumes: [{name: a, projected: {sources: [{configMap: {name: web, items: [{key: KEY, path: a}]}}]}}]"


@pytest.mark.parametrize(
    ("more", "expected"),
    [
        pytest.param("data: {color: blue}", True, id="another key"),
        pytest.param("data: {KEY: blue}", False, id="the key"),
        pytest.param("binaryData: {KEY: aGk=}", False, id="as bytes"),
        pytest.param("data: {}", False, id="filled by somebody else"),
        pytest.param("data: [1]", False, id="malformed"),
    ],
)
def test_keys_of_files(more: str, *, expected: bool) -> None:
    found = found_in(pod(PROJECTED) + thing("ConfigMap", "web", more=more), profile="default")
    paths = [field(each.fault.path) for each in found if each.fault.row == "XREF002"]
    at = "spec.template.spec.volumes[0].projected.sources[0].configMap.items[0].key"
    assert paths == ([at] if expected else [])


def test_claims_of_a_stateful_set_take_the_place_of_its_volumes() -> None:
    text = """
apiVersion: apps/v1
kind: StatefulSet
metadata: {name: db}
spec:
  template: {spec: {volumes: [{name: data, persistentVolumeClaim: {claimName: dat}}]}}
  volumeClaimTemplates: [{metadata: {name: data}}]
---
apiVersion: v1
kind: PersistentVolumeClaim
metadata: {name: data-x}
"""
    assert "XREF008" not in rows(found_in(text))
    assert exists(resources(text), "", "PersistentVolumeClaim", "default", "data-db-0")


def test_of_many_names_those_that_begin_or_end_alike_are_compared() -> None:
    text = "".join(thing("ConfigMap", f"web-{number:03}-settings") for number in range(300))
    text += thing("ConfigMap", "billing-defaults") + pod(uses("configMapRef", "biling-defaults"))
    found = found_in(text, profile="default")
    assert [each.fault.help for each in found if each.fault.row == "XREF001"] == ["did you mean `billing-defaults`?"]
