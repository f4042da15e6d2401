"""
``setup.cfg`` and ``setup.py``: what setuptools was told before there was a ``pyproject.toml``.

``setup.py`` is read as a syntax tree, of which only literals count; it is not run.

Source: https://setuptools.pypa.io/en/latest/userguide/declarative_config.html
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from kgen.load.text import text_of
from kgen.record import dataclass, field


@dataclass(frozen=True, slots=True, kw_only=True)
class Setup:
    """What both files say together."""

    exists: bool = False
    dependencies: tuple[str, ...] | None = ()
    """``None``: only running ``setup.py`` tells."""

    extras: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    knows_extras: bool = True
    names_packages: bool = False
    """Whether packages or modules are named, so that nothing has to be discovered."""

    tools: tuple[str, ...] = ()
    """What the build itself asks for (``setup_requires``)."""


def setup(folder: Path) -> Setup:
    """Return what the files in ``folder`` say; ``setup.cfg`` says what ``setup.py`` leaves out."""
    config, code = text_of(folder / "setup.cfg"), text_of(folder / "setup.py")
    declared = _declared(config) if config is not None else Setup()
    called = _called(code) if code is not None else Setup()
    return Setup(
        exists=declared.exists or called.exists,
        dependencies=declared.dependencies if called.dependencies == () else called.dependencies,
        extras={**declared.extras, **called.extras},
        knows_extras=called.knows_extras,
        names_packages=declared.names_packages or called.names_packages,
        tools=declared.tools + called.tools,
    )


def _declared(text: str) -> Setup:
    from configparser import ConfigParser, Error  # noqa: PLC0415  # only for projects that have the file

    parser = ConfigParser(interpolation=None, strict=False)
    try:
        parser.read_string(text)
    except Error:
        return Setup()
    options = parser["options"] if parser.has_section("options") else {}
    extras = parser["options.extras_require"] if parser.has_section("options.extras_require") else {}
    asked = options.get("install_requires", "")
    return Setup(
        exists=parser.has_section("metadata") or bool(options),
        dependencies=None if asked.startswith("file:") else _lines(asked),
        extras={name: _lines(extras[name]) for name in extras},
        names_packages="packages" in options or "py_modules" in options,
        tools=_lines(options.get("setup_requires", "")),
    )


def _lines(text: str) -> tuple[str, ...]:
    lines = (line.strip() for line in text.splitlines())
    return tuple(line for line in lines if line and not line.startswith("#"))


def _called(text: str) -> Setup:
    """Return what the call of ``setup()`` says in literals, or in names of literals."""
    import ast  # noqa: PLC0415  # only for projects that have the file

    try:
        tree = ast.parse(text)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return Setup()
    named = {
        target.id: each.value
        for each in tree.body
        if isinstance(each, ast.Assign)
        for target in each.targets
        if isinstance(target, ast.Name)
    }
    calls = [each for each in ast.walk(tree) if isinstance(each, ast.Call) and _is_setup(ast.unparse(each.func))]
    if not calls:
        return Setup()

    def value(keyword: ast.keyword) -> Any:
        given = keyword.value
        try:
            return ast.literal_eval(named.get(given.id, given) if isinstance(given, ast.Name) else given)
        except (ValueError, TypeError, SyntaxError, RecursionError, MemoryError):
            return None

    given = {keyword.arg: value(keyword) for keyword in calls[-1].keywords if keyword.arg}
    extras = given.get("extras_require", {})
    return Setup(
        exists=True,
        dependencies=_texts(given["install_requires"]) if "install_requires" in given else (),
        extras={str(name): _texts(entries) or () for name, entries in extras.items()}
        if isinstance(extras, dict)
        else {},
        knows_extras=isinstance(extras, dict),
        names_packages="packages" in given or "py_modules" in given,
        tools=(
            *(_texts(given.get("setup_requires")) or ()),
            *(["setuptools-scm"] if "use_scm_version" in given else []),
        ),
    )


def _is_setup(name: str) -> bool:
    return name in {"setup", "setuptools.setup"}


def _texts(value: Any) -> tuple[str, ...] | None:
    """Return the requirements of a list or of a text with one a line; ``None`` if it is neither."""
    if isinstance(value, str):
        return _lines(value)
    whole = isinstance(value, list | tuple) and all(isinstance(each, str) for each in value)
    return tuple(value) if whole else None
