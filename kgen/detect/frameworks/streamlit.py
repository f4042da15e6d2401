"""Streamlit: the script that is the app's first page."""

import re
import shlex
from collections.abc import Iterator

from kgen.detect.found import Doubt, Fact, Program
from kgen.detect.frameworks.health import health
from kgen.detect.frameworks.starts import ONE, search_path
from kgen.detect.project import Project
from kgen.detect.source.imports import root
from kgen.detect.source.syntax import Module, imported, meaning
from kgen.detect.source.texts import origin, table, toml
from kgen.detect.source.values import calls, is_port

_PORT = 8501
_FOUND = 60
_LEAST = 42
_SIDE = 10
_NAMES = ("streamlit_app", "app", "home", "main", "index", "run", "ui", "dashboard", "start", "web")
_CONFIG = ".streamlit/config.toml"


def programs(project: Project) -> Iterator[Program]:
    """Yield a program for each script that may be the first page, the most likely first."""
    if not project.has("streamlit"):
        return
    found = sorted(_scripts(project), key=lambda each: (each.is_side, *_place(project, each)))
    port = _port(project)
    secrets = tuple(_secrets(project))[:1]
    for place, module in enumerate(found):
        file = project.below(module.path)
        options = f"--server.address 0.0.0.0 --server.port {port.value} --server.headless true"
        yield Program(
            name="web",
            type="web",
            framework="Streamlit",
            command=Fact(f"streamlit run {shlex.quote(file)} {options}", module.path),
            port=port,
            health=health(project, "Streamlit").path,
            env={
                **search_path(project, _start(project, module), module.path),
                "STREAMLIT_BROWSER_GATHER_USAGE_STATS": Fact("false", "no one is at a browser to be asked"),
            },
            needs=(project.dependencies["streamlit"],),
            fields=ONE,
            doubts=secrets,
            rank=_SIDE if module.is_side else max(_FOUND - 2 * place, _LEAST),
        )


def _secrets(project: Project) -> Iterator[Doubt]:
    """Yield the doubt about a file with secrets, which no repository has."""
    for module in project.modules.mentioning("st.secrets"):
        line = next((number for number, text in enumerate(_lines(project, module), 1) if _SECRETS.match(text)), 0)
        if line and not module.is_side:
            yield Doubt(
                path=("env",),
                question=f"{module.path}:{line} reads .streamlit/secrets.toml, which is not in the image",
                help="mount it: `files: {/app/.streamlit/secrets.toml: {secret: …}}`",
            )


_SECRETS = re.compile(r"[^#]*\bst\.secrets\b")


def _lines(project: Project, module: Module) -> list[str]:
    return (project.tree.text(module.path) or "").splitlines()


def _scripts(project: Project) -> Iterator[Module]:
    """Yield the modules that use Streamlit, and that no page of it and no other module is."""
    modules = [each for each in project.modules.mentioning("streamlit") if _shows(each)]
    used = {part for each in modules for name in imported(each.tree).values() for part in name.split(".")}
    used -= {each.path.rpartition("/")[2].removesuffix(".py") for each in modules if _navigates(project, each)}
    for each in modules:
        folder, _, file = each.path.rpartition("/")
        is_page = folder.rpartition("/")[2] in {"pages", "views", "components", "content"}
        if not is_page and file != "__init__.py" and file.removesuffix(".py") not in used:
            yield each


def _shows(module: Module) -> bool:
    """Tell whether a module puts something on a page: ``st.title(…)``."""
    names = imported(module.tree)
    return any(
        full.startswith("streamlit.") and not full.startswith("streamlit.web")
        for full in (meaning(call.func, names) for call in calls(module.tree))
    )


def _is_first(project: Project, module: Module) -> bool:
    """Tell whether a module is the first page for certain: pages stand beside it, or it says how to get to them."""
    folder = module.path.rpartition("/")[0]
    return project.tree.has_folder(f"{folder}/pages".strip("/")) or _navigates(project, module)


def _navigates(project: Project, module: Module) -> bool:
    return "st.navigation(" in (project.tree.text(module.path) or "")


def _place(project: Project, module: Module) -> tuple[object, ...]:
    name = "".join(char for char in module.path.rpartition("/")[2].removesuffix(".py").lower() if char.isascii())
    text = project.tree.text(module.path) or ""
    known = name.strip("_0123456789 ")
    return (
        not _is_first(project, module),
        _NAMES.index(known) if known in _NAMES else len(_NAMES),
        "set_page_config(" not in text,
        module.path.count("/"),
        module.path,
    )


def _start(project: Project, module: Module) -> str:
    """Return where imports start, if that is not the script's own folder, which Streamlit adds by itself."""
    start = root(project, module.path)
    own = module.path.rpartition("/")[0].removeprefix(project.folder).strip("/")
    return "" if start == own else start or "."


def _port(project: Project) -> Fact:
    text = project.text(_CONFIG) or ""
    given = table(toml(text), "server").get("port")
    return Fact(given, origin(_CONFIG, text, "port")) if is_port(given) else Fact(_PORT, "Streamlit's own")
