"""Where Argo CD finds the output: folders in the repository, and what is wrong with the choices of kgen.yaml."""

import re
from collections.abc import Iterator
from pathlib import PurePosixPath

from kgen.diag import Diagnostic, Label, Rule
from kgen.features.argocd import Deployment
from kgen.model.platform import Platform
from kgen.spec import CHOOSE_ONE

FOLDER = "_argocd"
"""Folder of Argo CD's own objects in that of an environment; no app has such a name."""

INVALID_REPOSITORY = Rule(
    code="KG3160",
    name="invalid-repository-url",
    explain="Argo CD clones the repository from this address; it has its password from a Secret of its own.",
)
RULES = (INVALID_REPOSITORY,)

_URL = re.compile(r"(https?|ssh|git|file)://[^\s/]+/\S+|[\w.-]+@[\w.-]+:\S+|oci://\S+")
_WITH_PASSWORD = re.compile(r"(https?)://[^/@\s]*@")


def faults(platform: Platform) -> Iterator[Diagnostic]:
    """Yield what is wrong with ``argocd`` in kgen.yaml; paths are those of that file."""
    spec = platform.argocd
    if spec is None:
        return
    if spec.destination.server and spec.destination.name:
        yield Diagnostic(
            rule=CHOOSE_ONE,
            message="`server` and `name` are both given",
            at=Label(("argocd", "destination", "name"), on="key"),
            related=(Label(("argocd", "destination", "server"), "the other one", on="key"),),
            help="keep one of them",
        )
    if _WITH_PASSWORD.match(spec.repo_url):
        yield Diagnostic(
            rule=INVALID_REPOSITORY,
            message="the address of the repository has a user or a password in it",
            at=Label(("argocd", "repoURL")),
            help="write it as `https://github.com/acme/deploy`, and give Argo CD the password as a repository Secret",
            is_confidential=True,
        )
    elif not _URL.fullmatch(spec.repo_url):
        yield Diagnostic(
            rule=INVALID_REPOSITORY,
            message=f"`{spec.repo_url}` is not the address of a Git repository",
            at=Label(("argocd", "repoURL")),
            help="write it as `https://github.com/acme/deploy` or `git@github.com:acme/deploy.git`",
        )


def deployment(platform: Platform, environment: str, name: str) -> Deployment | None:
    """
    Return how Argo CD deploys an environment, or ``None`` if kgen.yaml does not mention Argo CD.

    Args:
        platform: The choices for this environment.
        environment: Its name, empty for an app without environments.
        name: Name of its folder.
    """
    if platform.argocd is None:
        return None
    folder = (PurePosixPath(platform.argocd.path) / platform.output.root / name).as_posix()
    return Deployment(environment=environment, folder=folder, argocd_folder=f"{folder}/{FOLDER}", spec=platform.argocd)
