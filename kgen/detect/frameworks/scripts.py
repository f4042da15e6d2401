"""Programs without a framework: commands that the package installs, and files that run when started."""

import ast
import re
from collections.abc import Iterator

from kgen.detect.commands import servers
from kgen.detect.evidence.doubtful import ENDS
from kgen.detect.evidence.processes import SCRIPT_OF_WEB
from kgen.detect.found import Doubt, Fact, Program
from kgen.detect.frameworks.starts import python
from kgen.detect.names import label
from kgen.detect.packages import installed
from kgen.detect.programs import arguments, options
from kgen.detect.programs.endless import CONSUMERS
from kgen.detect.programs.exporters import exported, is_exporter
from kgen.detect.programs.lasting import nature
from kgen.detect.programs.reach import alone, unsaid, variable
from kgen.detect.programs.reach import port as stated
from kgen.detect.project import Project
from kgen.detect.source.dockerfiles import containers
from kgen.detect.source.syntax import NOWHERE, Module
from kgen.detect.source.values import is_main
from kgen.record import replace

_NAMES = (
    *("main", "app", "run", "bot", "start", "server", "worker", "__main__", "index", "cli", "scheduler", "scraper"),
    *("consumer", "launch", "launcher", "application", "script", "monitor", "client", "crawler"),
)
"""What people call the file to start, most usual first."""

_NEVER = frozenset(
    {"setup", "conftest", "manage", "noxfile", "tasks", "fabfile", "version", "config", "settings", "test", "tests"}
)
COMMANDS, SCRIPT, ODD, DEEP = 45, 40, 22, 18
"""Ranks: of installed commands, of a script with the usual name, of one with another name, of one in any folder."""

LASTING = 9
"""What a script of any name counts more if it goes on: whatever else is started by hand, this one is not."""

_MOST = 5

OWN_SERVER = 61
"""Rank of a script that sets an application up and serves it: it counts more than the application without it."""

BOT = 62
"""Rank of a script that is a bot: it counts more than the little web server that many have to be kept awake."""


def programs(project: Project) -> Iterator[Program]:
    found = [*_commands(project), *_scripts(project), *_packages(project)]
    yield from found or _deeper(project)


def _deeper(project: Project) -> Iterator[Program]:
    """Yield the files in folders of any name that run when started, if nothing else is there, and it is no library."""
    if _is_published(project) or not (project.dependencies or project.requirements or project.pyproject):
        return
    own = [
        path
        for path in project.modules.having("__main__")
        if not project.modules.is_side(path)
        and not _is_elsewhere(project, path)
        and path.rpartition("/")[2].removesuffix(".py").lower() not in _NEVER
        and _asks_for_main(project, path)
    ]
    for place, path in enumerate(sorted(own, key=lambda path: (path.count("/"), _usual(path), path))[:_MOST]):
        yield _program(project, python(project, path), path, path, DEEP - place)


def _is_published(project: Project) -> bool:
    """Tell whether the project says for a package index what it is: then its modules are for others to import."""
    texts = (project.text(name) or "" for name in ("pyproject.toml", "setup.cfg", "setup.py"))
    return any("Programming Language ::" in text for text in texts)


def _asks_for_main(project: Project, path: str) -> bool:
    module = project.modules.part(path, NOWHERE)
    is_asked = any(isinstance(node, ast.If) and is_main(node.test) for node in module.tree.body) if module else False
    return is_asked or path.endswith("__main__.py")


def _is_elsewhere(project: Project, path: str) -> bool:
    """Tell whether a file is of another project, below this one's folder."""
    folder = path.rpartition("/")[0]
    while folder != project.folder:
        if f"{folder}/pyproject.toml" in project.tree or f"{folder}/setup.py" in project.tree:
            return True
        folder = folder.rpartition("/")[0]
    return False


def _usual(path: str) -> int:
    stem = path.rpartition("/")[2].removesuffix(".py").lower()
    return _NAMES.index(stem) if stem in _NAMES else len(_NAMES)


def _commands(project: Project) -> Iterator[Program]:
    """Yield the commands that the package installs; the one that is called like it first."""
    found = installed.scripts(project)
    own = {label(word) for word in (installed.name(project), project.folder.rpartition("/")[2]) if word}
    daemons = {name for name in found if name.endswith("d") and name.removesuffix("d") in found}  # `shop` asks `shopd`
    for place, name in enumerate(
        sorted(found, key=lambda name: (name not in daemons, label(name) not in own, list(found).index(name)))
    ):
        where, said = found[name]
        if where.startswith(("tests.", "test.")):
            continue
        if project.manager == "pipenv":  # which installs no project
            yield from _unlike(project, installed.file(project, where), said, COMMANDS - min(place, 4))
            continue
        yield _program(project, name, said, installed.file(project, where), COMMANDS - min(place, 4))


def _unlike(project: Project, path: str, said: str, rank: int) -> Iterator[Program]:
    """Yield the file of a command that nobody installs, if it runs when it is started itself."""
    module = project.modules.module(path) if path else None
    if module and _runs(module):
        yield _program(project, python(project, path), said, path, rank)


def _scripts(project: Project) -> Iterator[Program]:
    """Yield the files in the project's folder that run when started, those with the usual names first."""
    own = _words(installed.name(project), project.folder or project.tree.root)
    for start in ("", "src", "app", "bot"):
        folder = project.path(start) if start else project.folder
        names = [name for name in project.tree.here(folder) if name.endswith(".py")]
        for name in names:
            stem = name.removesuffix(".py")
            module = project.modules.part(f"{folder}/{name}" if folder else name, NOWHERE)
            if not module or module.is_side or stem.lower() in _NEVER or not _runs(module):
                continue
            if start and f"{folder}/__init__.py" in project.tree and stem not in {"main", "bot"}:
                continue
            place = _NAMES.index(stem.lower()) if stem.lower() in _NAMES else len(_NAMES)
            usual = place < len(_NAMES) or label(stem) in own
            rank = (SCRIPT - min(place, 15) if usual else ODD) - (3 if start else 0)
            rank += 1 if label(stem) in own else 0
            made = _program(project, python(project, module.path), module.path, module.path, rank)
            goes_on = made.rank == ODD and made.type == "worker"
            yield replace(made, rank=made.rank + LASTING) if goes_on else made


def _words(*names: str) -> set[str]:
    """Return what a script may be called that has the project's name."""
    return {label(name.rpartition("/")[2].rpartition("+")[2]) for name in names if name}


def _packages(project: Project) -> Iterator[Program]:
    """Yield the packages that can be started: ``python -m shop``."""
    for source in dict.fromkeys((project.source, "")):
        start = project.path(source) if source else project.folder
        for path in project.tree.below(start):
            below = path[len(start) + 1 :] if start else path
            if re.fullmatch(r"\w+/__main__\.py", below) and not project.modules.is_side(path):
                yield _program(project, f"python -m {below.partition('/')[0]}", path, path, SCRIPT - 2)


def _program(project: Project, command: str, said: str, path: str, rank: int) -> Program:
    found = nature(project, path) if path else None
    if found and found.has_server and rank >= ODD and not servers.has_any(project):
        known = options.port(project, found.covers)
        unclear = "whether it listens on all addresses" if known else "its port"
        return Program(
            name="web",
            type="web",
            command=Fact(command, said),
            port=Fact(known or servers.PORT, found.origin),
            rank=OWN_SERVER,
            doubts=(
                Doubt(
                    path=("port",),
                    question=f"{found.origin} brings up a server of its own: {unclear} is not plain",
                    help="correct it, here and in the settings of the app, which has to listen on all addresses",
                ),
            ),
        )
    if found and found.is_web:
        rank = min(rank + 10, SCRIPT_OF_WEB - 1) if rank > ODD else rank
        port = found.port or stated(project, found.origin) or options.port(project, found.covers)
        usual = found.usual or servers.PORT
        told = {} if port else variable(project, found.origin, usual)
        return Program(
            name="web",
            type="web",
            framework="gRPC" if found.is_rpc else "",
            command=Fact(command, said),
            port=Fact(port or usual, found.origin),
            covers=found.covers,
            env=told,
            rank=rank,
            doubts=(
                *alone(project, found.origin, (), found.covers),
                *(() if port or told else (unsaid(found.origin, usual),)),
                *arguments.doubts(project, path, command, ()),
            ),
        )
    exposed = next((each for each in containers(project.tree, project.folder) if each.port), None)
    if is_exporter(project, found, command.split(), is_exposed=bool(exposed)):
        made = Program(name="exporter", role="main", type="web", command=Fact(command, said), rank=max(rank, BOT))
        return exported(made, found, Fact(exposed.port, exposed.file) if exposed else None)
    is_bot = bool(found and found.is_bot)
    takes = found is not None and is_bot and found.framework in CONSUMERS
    return Program(
        name="consumer" if takes else "bot" if is_bot and "bot" in command.lower() else "main",
        role="consumer" if takes else "main",
        type="worker" if found and found.is_lasting else "job",
        framework=found.framework if found else "",
        command=Fact(command, said),
        fields={"replicas": 1} if found and found.is_lasting else {},
        covers=found.covers if found and is_bot else frozenset(),
        heart=found.heart if found and takes else "",
        rank=BOT if is_bot and (takes or rank > ODD + 3) else rank,
        doubts=(
            *arguments.doubts(project, path, command, ()),
            *_drawing(project, found.screen if found else ""),
            *(() if found and found.is_lasting else (ENDS,)),
        ),
    )


def _drawing(project: Project, file: str) -> Iterator[Doubt]:
    """Yield the doubt about a program that fills a terminal."""
    if file:
        yield Doubt(
            path=("command",),
            question=f"{project.below(file)} draws on a terminal, which a container has not",
            help="see its options for one with which it serves pages, or only prints",
        )


def _runs(module: Module) -> bool:
    """Tell whether starting the file does something: it asks whether it is ``__main__``, or works at its top."""
    return any(
        (isinstance(node, ast.If) and "__main__" in ast.unparse(node.test))
        or isinstance(node, ast.While | ast.For | ast.With | ast.AsyncWith)
        or (isinstance(node, ast.Expr) and isinstance(node.value, ast.Call) and not _is_small(node.value))
        for node in module.tree.body
    )


def _is_small(call: ast.Call) -> bool:
    """Tell whether a call only prepares something: settings, logging, paths."""
    name = ast.unparse(call.func)
    return name.rpartition(".")[2] in {
        *("load_dotenv", "basicConfig", "insert", "append", "filterwarnings", "simplefilter", "setdefault", "setLevel"),
        *(
            "print",
            "use",
            "seed",
            "set_page_config",
            "setup",
            "configure",
            "install",
            "update",
            "download",
            "patch_all",
        ),
    }
