"""
Argo CD: what deploys the folders that kgen writes, made from kgen.yaml and written outside of the apps' own folders.

Emits, per app and environment, an AppProject that allows the repository, the namespaces and the kinds of that app and
nothing else, and an Application; or, instead of the Applications, one ApplicationSet per environment. One root
Application per environment deploys all of these: the only object that somebody has to apply by hand, once.

Nothing here deletes a running app: no Application carries the finalizer that takes its objects along, and an
ApplicationSet preserves them, so a folder that is renamed or removed leaves what runs alone.

Source: https://argo-cd.readthedocs.io/en/stable/operator-manual/declarative-setup/
"""

from collections.abc import Iterable, Iterator
from typing import Any, Literal, TypeAlias

from pydantic import Field

from kgen.k8s import Emitted, Manifest
from kgen.record import dataclass
from kgen.scalars import Name, ObjectName, RelativePath, Word
from kgen.spec import Spec

API_VERSION = "argoproj.io/v1alpha1"
_IN_CLUSTER = "https://kubernetes.default.svc"


class Destination(Spec):
    """The cluster that is deployed to, as Argo CD knows it."""

    server: Word | None = None
    """Address of its API server; `https://kubernetes.default.svc`, the cluster that Argo CD runs in, by default."""

    name: ObjectName | None = None
    """Name that it was registered by, instead of the address."""


class ArgoCd(Spec):
    """How Argo CD deploys the output."""

    repo_url: Word = Field(alias="repoURL")
    """Repository that the output is committed to, as `https://github.com/acme/deploy`."""

    target_revision: Word = "HEAD"
    """Branch, tag or commit that is deployed."""

    path: RelativePath = "."
    """Folder of kgen.yaml in the repository."""

    kind: Literal["application", "application-set"] = "application"
    """One Application per app and environment, or one ApplicationSet per environment that finds the apps' folders."""

    namespace: Name = "argocd"
    """Namespace of Argo CD."""

    name: Name = "apps"
    """Start of the name of the root Application and of the ApplicationSet: `apps-production`."""

    project: ObjectName | None = None
    """AppProject that exists already; by default each app and environment gets one of its own."""

    destination: Destination = Destination()
    """Cluster."""

    sync: Literal["automatic", "manual"] = "automatic"
    """Whether a commit is deployed at once, and changes in the cluster are undone; or when somebody says so."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Deployment:
    """One environment in the eyes of Argo CD, with every question answered."""

    environment: str
    """Empty for apps without environments."""

    folder: str
    """Folder of the environment in the repository, as `deploy/production`."""

    argocd_folder: str
    """Folder of Argo CD's own objects in the repository."""

    spec: ArgoCd


Parts: TypeAlias = dict[str, Any]
"""Part of a manifest."""


def app_objects(deployment: Deployment, app: str, namespace: str, objects: Iterable[Emitted]) -> Iterator[Manifest]:
    """
    Build the AppProject and the Application of ``app``, which has ``objects``, most of them in ``namespace``.

    The project is there before the Application, in an earlier wave, or its first synchronisation would be refused.
    """
    spec, name = deployment.spec, _name(app, deployment)
    if spec.project is None:
        yield _object("AppProject", name, deployment, app, _project(deployment, app, namespace, objects), wave="-1")
    if spec.kind == "application":
        source = _source(deployment, f"{deployment.folder}/{app}")
        body = _application(deployment, spec.project or name, source, _cluster(spec) | {"namespace": namespace})
        yield _object("Application", name, deployment, app, body)


def shared_objects(deployment: Deployment) -> Iterator[Manifest]:
    """Build what all apps of an environment share: the root Application and, if wanted, the ApplicationSet."""
    spec = deployment.spec
    name = _name(spec.name, deployment)
    # where the Applications themselves live is in the cluster of Argo CD, wherever the apps go
    home = {"server": _IN_CLUSTER, "namespace": spec.namespace}
    body = _application(deployment, spec.project or "default", _source(deployment, deployment.argocd_folder), home)
    yield _object("Application", name, deployment, spec.name, body)
    if spec.kind == "application-set":
        yield _object("ApplicationSet", name, deployment, spec.name, _application_set(deployment))


def _name(stem: str, deployment: Deployment) -> str:
    return f"{stem}-{deployment.environment}" if deployment.environment else stem


def _object(kind: str, name: str, deployment: Deployment, app: str, spec: Parts, *, wave: str = "") -> Manifest:
    metadata: Parts = {
        "name": name,
        "namespace": deployment.spec.namespace,
        "labels": {"app.kubernetes.io/managed-by": "kgen", "app.kubernetes.io/name": app},
    }
    if wave:
        metadata["annotations"] = {"argocd.argoproj.io/sync-wave": wave}
    return Manifest({"apiVersion": API_VERSION, "kind": kind, "metadata": metadata, "spec": spec})


def _source(deployment: Deployment, path: str) -> Parts:
    return {"repoURL": deployment.spec.repo_url, "targetRevision": deployment.spec.target_revision, "path": path}


def _cluster(spec: ArgoCd) -> Parts:
    if spec.destination.name:
        return {"name": spec.destination.name}
    return {"server": spec.destination.server or _IN_CLUSTER}


def _application(deployment: Deployment, project: str, source: Parts, destination: Parts) -> Parts:
    return {
        "project": project,
        "source": source,
        "destination": destination,
        "syncPolicy": _sync_policy(deployment.spec),
    }


def _sync_policy(spec: ArgoCd) -> Parts:
    """
    Return when and how is synchronised.

    Objects that another Application has are left alone (``FailOnSharedResource``), and nothing is removed before
    everything new is healthy (``PruneLast``), or pods that still run would lose their ConfigMap.

    Source: https://argo-cd.readthedocs.io/en/stable/user-guide/sync-options/
    """
    made: Parts = {"automated": {"prune": True, "selfHeal": True}} if spec.sync == "automatic" else {}
    made["syncOptions"] = ["FailOnSharedResource=true", "PruneLast=true"]
    made["retry"] = {"limit": 5, "backoff": {"duration": "10s", "factor": 2, "maxDuration": "5m"}}
    return made


def _project(deployment: Deployment, app: str, namespace: str, objects: Iterable[Emitted]) -> Parts:
    """
    Return the rights of ``app``: its repository, its namespaces, the kinds that it has.

    Source: https://argo-cd.readthedocs.io/en/stable/user-guide/projects/
    """
    namespaces = {namespace}
    kinds: set[tuple[str, str]] = set()
    cluster_wide: set[tuple[str, str]] = set()
    for each in objects:
        kind = each.manifest["kind"]
        group = each.manifest["apiVersion"].rpartition("/")[0]
        inside = each.manifest["metadata"].get("namespace")
        if inside:
            namespaces.add(inside)
        (kinds if inside else cluster_wide).add((group, kind))
    where = f"{app} in {deployment.environment}" if deployment.environment else app
    cluster = _cluster(deployment.spec)
    made: Parts = {
        "description": f"What {where} needs, and nothing else",
        "sourceRepos": [deployment.spec.repo_url],
        "destinations": [cluster | {"namespace": each} for each in (namespace, *sorted(namespaces - {namespace}))],
    }
    if cluster_wide:
        made["clusterResourceWhitelist"] = _whitelist(cluster_wide)
    if kinds:
        made["namespaceResourceWhitelist"] = _whitelist(kinds)
    return made


def _whitelist(kinds: Iterable[tuple[str, str]]) -> list[Parts]:
    return [{"group": group, "kind": kind} for group, kind in sorted(kinds)]


def _application_set(deployment: Deployment) -> Parts:
    """
    Return what finds the folder of every app, and makes its Application.

    A template that meets a missing value fails instead of writing ``<no value>``; and if a folder goes, its Application
    goes and the objects stay, since renaming a folder would otherwise delete a running app.

    Source: https://argo-cd.readthedocs.io/en/stable/operator-manual/applicationset/Generators-Git/
    """
    spec, folder = deployment.spec, "{{.path.basename}}"
    name = _name(folder, deployment)
    labels = {"app.kubernetes.io/managed-by": "kgen", "app.kubernetes.io/name": folder}
    generator = {
        "repoURL": spec.repo_url,
        "revision": spec.target_revision,
        "directories": [
            {"path": f"{deployment.folder}/*"},
            {"path": deployment.argocd_folder, "exclude": True},
        ],
    }
    # no namespace in the destination: every object says its own
    body = _application(deployment, spec.project or name, _source(deployment, "{{.path.path}}"), _cluster(spec))
    return {
        "goTemplate": True,
        "goTemplateOptions": ["missingkey=error"],
        "generators": [{"git": generator}],
        "syncPolicy": {"preserveResourcesOnDeletion": True},
        "template": {"metadata": {"name": name, "labels": labels}, "spec": body},
    }
