"""What is unclear about a start that somebody wrote down: what it runs, on what terms, and whether it ends."""

import re
from collections.abc import Iterator, Mapping

from kgen.detect.commands import servers, worker_classes
from kgen.detect.commands.roles import task
from kgen.detect.commands.started import Start
from kgen.detect.evidence import places, uwsgi
from kgen.detect.evidence.said import Said
from kgen.detect.found import Doubt
from kgen.detect.packages import installed
from kgen.detect.programs import arguments
from kgen.detect.programs.reach import PIPES
from kgen.detect.project import Project
from kgen.detect.source.tree import join

_ITSELF = re.compile(r"(?:[\w-]+=)?(?:\w+://)?(?:localhost|127\.0\.0\.1):\d+")
"""An address that is in the same container."""

_FIXED = re.compile(
    r"\b(?:rediss?|amqps?|postgres(?:ql)?|mysql|mongodb|nats|kafka)(?:\+\w+)?://(?:[^@/$]*@)?[\w-]+(?:[:/]|$)"
    r"|\bhttps?://(?!localhost\b)[a-z][\w-]*(?::\d+|/|$)"
)
"""The address of a server by a name that is none in the cluster: without a dot, and from no variable."""

ENDS = Doubt(
    path=("type",),
    question="nothing says that it goes on, and a job runs once after each deployment",
    help="for a schedule: `type: cron` and `schedule`; if it goes on: `type: worker`",
)


def of_job(start: Start) -> Iterator[Doubt]:
    """Yield the doubts about a program of the project's own that comes to an end, as far as anybody can tell."""
    if start.role.partition(" ")[0] in {"command", "script", "module"}:
        yield ENDS


_MCP = (("fastmcp", "run"), ("mcp", "run"))
_OVER_HTTP = frozenset({"http", "sse", "streamable-http"})
"""Commands that run a server of MCP, and the transports by which others reach it."""


def doubts(project: Project, said: Said, start: Start, path: str) -> Iterator[Doubt]:
    kind, _, what = start.role.partition(" ")
    if start.role == "web":
        yield from _unserved(project, start)
        yield from uwsgi.doubts(project, start.words, start.folder)
        yield from worker_classes.doubts(project, start.words, start.folder)
    if is_lost(project, kind, what, path):
        yield Doubt(path=("command",), question=f"`{what}` was not found", help="correct the command")
    yield from _without_settings(project, start, path)
    if kind in {"command", "script", "module"}:
        rest = start.words[next((place for place, word in enumerate(start.words) if word == what), 0) + 1 :]
        yield from arguments.doubts(project, path, start.command, rest)
    if start.asks_help:
        yield Doubt(path=("command",), question=f"{said.origin} only asks for its help", help="add its arguments")
    if start.words[:2] in _MCP and not _OVER_HTTP & set(start.words):
        yield PIPES
    if start.is_doubtful:
        yield Doubt(
            path=("command",), question=f"{said.origin} runs it under a condition", help="see whether it is right"
        )
    if fixed := next((word for word in start.words if _FIXED.search(word)), ""):
        yield Doubt(
            path=("command",),
            question=f"`{fixed}` has an address that only {said.origin.partition(':')[0]} knows",
            help="name its Service"
            if "http" in fixed
            else "name the server under `needs`, and take its address from the environment",
        )
    own = [word for word in start.words if _ITSELF.fullmatch(word)]
    if own and start.role != "web" and len(said.started.processes) > 1:
        yield Doubt(
            path=("command",),
            question=f"`{own[0]}` is where {said.origin} starts something beside it, which has a pod of its own here",
            help="name its Service",
        )
    same = {(each.role, task(each.role, each.words)) for each in said.started.processes}  # in another branch
    if others := [each for each in said.started.others if (each.role, task(each.role, each.words)) not in same]:
        more = ", ".join(f"`{each.command}`" for each in others)
        yield Doubt(
            path=("command",),
            question=f"{said.origin} runs {more} before",
            help="put it into `release` or `build.commands` if it is needed",
        )


def _unserved(project: Project, start: Start) -> Iterator[Doubt]:
    """Yield that a server is not installed, or does not find what it is to serve."""
    yield from servers.missing(project, start.words)
    if places.is_lost(project, start.words, start.folder):
        yield Doubt(path=("command",), question="the module that it serves was not found", help="correct the command")
    if question := places.lacking(project, start.words, start.folder):
        yield Doubt(path=("command",), question=question, help="correct the command, or name the object like that")


_PASTE = re.compile(r"(?:config:)?((?:[\w.-]+/)*[\w.-]+\.ini)")
_READ = re.compile(rb"""["']config:((?:[\w.-]+/)*[\w.-]+\.ini)["']""")


def _without_settings(project: Project, start: Start, path: str) -> Iterator[Doubt]:
    """Yield the file of PasteDeploy that a start reads and that is not there: people keep it out of the repository."""
    is_paste = {"--paste", "--paster", "pserve"} & {word.partition("=")[0] for word in start.words}
    named = [match[1] for word in start.words if is_paste and (match := _PASTE.fullmatch(word.rpartition("=")[2]))]
    named += [found.decode() for found in _READ.findall(project.tree.content(path) if path else b"")]
    for name in named[:1]:
        if not any(project.path(join(folder, name)) in project.tree for folder in ("", start.folder)):
            yield Doubt(
                path=("command",),
                question=f"it reads {name}, which is not there",
                help="add the file, or mount it from a ConfigMap or Secret",
            )


def is_lost(project: Project, kind: str, what: str, path: str) -> bool:
    """Tell whether nothing in the project is what a start runs, nor a dependency that might bring it."""
    if path or kind not in {"script", "module", "command"} or "$" in what:
        return False
    if kind == "command" and what in installed.scripts(project):
        return False
    return kind == "script" or not _is_installed(project, what)


_BRINGING: Mapping[str, tuple[str, ...]] = {
    **dict.fromkeys(("dask-scheduler", "dask-worker"), ("distributed", "dask")),
    **dict.fromkeys(("dagster-daemon", "dagster-webserver"), ("dagster",)),
    **dict.fromkeys(("inv", "invoke"), ("invoke",)),
    **dict.fromkeys(("mitmdump", "mitmweb"), ("mitmproxy",)),
    **dict.fromkeys(("ansible-playbook", "ansible"), ("ansible", "ansible-core")),
    **dict.fromkeys(("supervisord", "supervisorctl"), ("supervisor",)),
    **dict.fromkeys(("pserve", "pshell"), ("pyramid",)),
    "circusd": ("circus",),
    "dbt": ("dbt-core",),
    "fab": ("fabric",),
    "luigid": ("luigi",),
    "pypi-server": ("pypiserver",),
    "watchmedo": ("watchdog",),
}
"""Command → distributions of another name that bring it."""


def _is_installed(project: Project, module: str) -> bool:
    return project.has(module.partition(".")[0].replace("_", "-"), *_BRINGING.get(module, ()))
