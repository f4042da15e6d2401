"""Whether a project is a package that can be installed, what it asks for, and whether its version is Git's."""

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from kgen.load.optional import offered, table
from kgen.load.setup import Setup, setup
from kgen.model.facts import Packaging

_NOT_PACKAGES = re.compile(
    r"ci|bin|debian|docs?|documentation|manpages|news|newsfragments|changelog|tests?|unit_tests?|examples?|scripts|tools"
    r"|utils?|python|build|dist|venv|env|requirements|tasks|fabfile|site_scons|benchmarks?|exercises?|htmlcov|_.*|.*\W.*"
    r"|deploy|node_modules"
)
"""
Folders that setuptools takes for no packages, and those that the builder does not have.

Source: https://setuptools.pypa.io/en/latest/userguide/package_discovery.html#flat-layout
"""

_NOT_MODULES = re.compile(
    r"setup|conftest|tests?|examples?|build|toxfile|noxfile|pavement|dodo|tasks|fabfile|[Ss][Cc]onstruct|conanfile|manage"
    r"|benchmarks?|exercises?|[._].*"
)

_VERSIONS = {
    "setuptools-scm": "SETUPTOOLS_SCM_PRETEND_VERSION",
    "hatch-vcs": "SETUPTOOLS_SCM_PRETEND_VERSION",
    "flit-scm": "SETUPTOOLS_SCM_PRETEND_VERSION",
    "poetry-dynamic-versioning": "POETRY_DYNAMIC_VERSIONING_BYPASS",
    "uv-dynamic-versioning": "UV_DYNAMIC_VERSIONING_BYPASS",
    "pbr": "PBR_VERSION",
}
"""Parts of build backends that ask Git for the version → the variable that tells them."""

_NAME = re.compile(r"[A-Za-z0-9._-]+")


def packaging(folder: Path, pyproject: Mapping[str, Any], pipfile: Mapping[str, Any]) -> Packaging:
    """Return what ``pyproject`` and ``pipfile`` (parsed), ``setup.cfg`` and ``setup.py`` of ``folder`` say."""
    old = setup(folder)
    project = table(pyproject, "project")
    dynamic = {*_texts(project.get("dynamic"))}
    return Packaging(
        exists=bool(project) or old.exists or bool(table(pyproject, "tool", "poetry")),
        installs={
            "uv": "build-system" in pyproject and table(pyproject, "tool", "uv").get("package") is not False,
            "poetry": _is_poetry_package(folder, pyproject),
            "pdm": _is_pdm_package(pyproject),
            "pip": _is_pip_package(folder, pyproject, old),
        },
        is_static=bool(project) and not dynamic & {"dependencies", "optional-dependencies"},
        files=_texts(table(pyproject, "tool", "setuptools", "dynamic", "dependencies").get("file")),
        dependencies=None if project or table(pyproject, "tool", "poetry") else old.dependencies,
        extras=old.extras,
        offered=offered(pyproject, pipfile, old.extras if old.knows_extras else None),
        required_uv=str(table(pyproject, "tool", "uv").get("required-version", "")),
        version_variable=_version_variable(pyproject, old),
    )


def _is_poetry_package(folder: Path, pyproject: Mapping[str, Any]) -> bool:
    """
    Tell whether Poetry can install the project. A ``[build-system]`` is not needed, but a module to install is.

    Source: https://python-poetry.org/docs/pyproject/#packages
    """
    poetry = table(pyproject, "tool", "poetry")
    name = poetry.get("name") or table(pyproject, "project").get("name")
    if poetry.get("package-mode") is False or not isinstance(name, str):
        return False
    module = re.sub(r"[^\w]", "_", name)
    usual = (f"{place}{module}{end}" for place in ("", "src/") for end in ("", ".py"))
    return bool(poetry.get("packages")) or any((folder / each).exists() for each in usual)


def _is_pdm_package(pyproject: Mapping[str, Any]) -> bool:
    """Source: https://pdm-project.org/en/latest/reference/pep621/#package-name."""
    pdm = table(pyproject, "tool", "pdm")
    is_library = pdm.get("package-type", "library") == "library" and pdm.get("distribution") is not False
    return is_library and "build-system" in pyproject and bool(table(pyproject, "project").get("name"))


def _is_pip_package(folder: Path, pyproject: Mapping[str, Any], old: Setup) -> bool:
    """Tell whether pip can build the project: setuptools does not if it finds several packages and no names."""
    named = "name" in table(pyproject, "project") or "name" in table(pyproject, "tool", "poetry") or old.exists
    if not named or not ("build-system" in pyproject or old.exists):
        return False
    backend = str(table(pyproject, "build-system").get("build-backend", "setuptools.build_meta"))
    if backend.startswith("poetry"):
        return _is_poetry_package(folder, pyproject)
    told = {"packages", "py-modules", "package-dir"} & {*table(pyproject, "tool", "setuptools")}
    if not backend.startswith("setuptools") or told or old.names_packages or (folder / "src").is_dir():
        return True
    here = sorted(folder.iterdir())
    packages = [each.name for each in here if each.is_dir() and not _NOT_PACKAGES.fullmatch(each.name)]
    modules = [each.stem for each in here if each.suffix == ".py" and not _NOT_MODULES.fullmatch(each.stem)]
    return len(packages or modules) <= 1


def _version_variable(pyproject: Mapping[str, Any], old: Setup) -> str:
    """Return the variable that tells the build backend its version, if it would ask Git, which no image has."""
    pdm = table(pyproject, "tool", "pdm", "version")
    if pdm.get("source") == "scm":
        return "PDM_BUILD_SCM_VERSION"
    asked = (*_texts(table(pyproject, "build-system").get("requires")), *old.tools)
    names = (re.sub(r"[._]", "-", match[0]).lower() for text in asked if (match := _NAME.match(text)))
    return next((_VERSIONS[name] for name in names if name in _VERSIONS), "")


def _texts(value: Any) -> tuple[str, ...]:
    values = value if isinstance(value, list) else [value]
    return tuple(each for each in values if isinstance(each, str))
