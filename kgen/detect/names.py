"""What an app is called, and its image."""

import re
from configparser import ConfigParser, Error

from kgen.detect.found import Doubt, Fact, Part
from kgen.detect.packages.setup_files import setups
from kgen.detect.project import Project
from kgen.detect.source.texts import origin, table

_LONGEST = 40
"""Characters of an app's name, so that there is room for the component's in the names of objects."""

_REGISTRIES = {"github.com": "ghcr.io", "gitlab.com": "registry.gitlab.com"}
"""Where code is kept → where its images usually are."""


def name(project: Project, *, is_alone: bool = True) -> Fact:
    """Return the app's name: that of the package, or else of the folder, with the one above if it is not alone."""
    text = project.text("pyproject.toml") or ""
    for keys in (("project",), ("tool", "poetry")):
        if isinstance(given := table(project.pyproject, *keys).get("name"), str) and label(given):
            return Fact(label(given), origin("pyproject.toml", text, "name"))
    for setup in setups(project.tree, project.folder):
        if label(setup.name):
            return Fact(label(setup.name), setup.origin("name"))
    above, _, folder = (project.folder or project.tree.root).rpartition("/")
    if not is_alone:
        folder = f"{above.rpartition('/')[2]}-{folder}"
    return Fact(label(folder) or "app", "the folder")


def label(text: str) -> str:
    """
    Return ``text`` as Kubernetes takes it for a name.

    >>> label("My_App.web"), label("2048")
    ('my-app-web', 'app-2048')
    """
    made = re.sub(r"[^a-z0-9]+", "-", text.lower()).strip("-")[:_LONGEST].strip("-")
    return f"app-{made}" if made[:1].isdigit() else made


_TAG = re.compile(r"\w[\w.-]{0,127}")
_NONE = re.compile(r"0+(?:\.0+)*")
"""Versions that the root of a workspace has because it has to have one."""


def tag(*projects: Project) -> str:
    """Return the tag of an image: the version of the first of ``projects`` that has one worth the name."""
    found = [each for project in projects for each in _versions(project) if _TAG.fullmatch(each)]
    return next((each for each in found if not _NONE.fullmatch(each)), found[0] if found else "0.1.0")


def _versions(project: Project) -> list[str]:
    versions = [table(project.pyproject, *keys).get("version") for keys in (("project",), ("tool", "poetry"))]
    versions += [each.version for each in setups(project.tree, project.folder)]
    return [each for each in versions if isinstance(each, str)]


def image(project: Project, app: str, *members: Project) -> Part:
    """
    Return the app's image: beside the repository that ``origin`` of Git names, or a place to be named.

    Args:
        project: The project.
        app: The name of the app.
        members: Packages of the workspace that the image is for, which may have the version.
    """
    version = tag(project, *members)
    path: tuple[str | int, ...] = ("image",)
    if repository := _repository(project.tree.text(".git/config") or ""):
        place = f"{repository}/{app}" if project.folder else repository
        return Part(data={"image": f"{place}:{version}"}, comments={path: ".git/config"})
    doubt = Doubt(path=path, question="nothing says where images are pushed to", help="name your registry")
    return Part(data={"image": f"registry.example.com/{app}:{version}"}, doubts=(doubt,))


def _repository(config: str) -> str:
    r"""
    Return the repository of images that belongs to Git's remote ``origin``; empty if it is kept elsewhere.

    >>> _repository('[remote "origin"]\nurl = git@github.com:acme/Shop.git')
    'ghcr.io/acme/shop'
    """
    parser = ConfigParser(strict=False, interpolation=None, allow_no_value=True)
    try:
        parser.read_string(config)
        url = parser.get('remote "origin"', "url", fallback="") or ""
    except Error:
        return ""
    host, path = _place(url)
    made = path.removesuffix(".git").strip("/").lower()
    plain = re.fullmatch(r"[a-z0-9]+(?:[._-]+[a-z0-9]+)*(?:/[a-z0-9]+(?:[._-]+[a-z0-9]+)*)+", made)
    return f"{_REGISTRIES[host]}/{made}" if host in _REGISTRIES and plain else ""


def _place(url: str) -> tuple[str, str]:
    """Return host and path of an address as Git writes it: ``git@host:path`` or ``https://host/path``."""
    match = re.fullmatch(r"(?:\w+://)?(?:[^@/]+@)?([\w.-]+)(?::\d+/|[:/])/*(.+)", url)
    return (match[1], match[2]) if match else ("", "")
