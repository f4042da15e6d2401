"""Scrapy: each spider of a project is a job of its own."""

import ast
import shlex
from collections.abc import Iterator

from kgen.detect.found import Doubt, Fact, Program
from kgen.detect.names import label
from kgen.detect.project import Project

_MOST = 8
"""Spiders that become components; of more than that, somebody has to choose."""


def programs(project: Project) -> Iterator[Program]:
    config = next((name for name in project.tree.below(project.folder) if name.rpartition("/")[2] == "scrapy.cfg"), "")
    if not config:
        return
    folder = config.rpartition("/")[0]
    below = folder.removeprefix(project.folder).lstrip("/")
    found = list(_spiders(project, folder))
    when = Doubt(
        path=("type",),
        question="a job runs once after each deployment",
        help="for a schedule: `type: cron` and `schedule`",
    )
    more = Doubt(
        path=("command",),
        question=f"{len(found) - _MOST} more spiders have no component",
        help="add those that are needed, or one that starts them all",
    )
    for place, (name, origin) in enumerate(found[:_MOST]):
        yield Program(
            name=label(name) or "spider",
            type="job",
            role=f"spider {name}",
            framework="Scrapy",
            command=Fact(f"scrapy crawl {shlex.quote(name)}", origin, below, config if below else ""),
            rank=60,
            doubts=(when, more) if not place and len(found) > _MOST else (when,),
        )


def _spiders(project: Project, folder: str) -> Iterator[tuple[str, str]]:
    """Yield the names of the spiders below ``folder``, and where they are."""
    seen = set()
    for module in project.modules.mentioning("Spider"):
        if not module.path.startswith(f"{folder}/" if folder else "") or module.is_side:
            continue
        for node in module.tree.body:
            if isinstance(node, ast.ClassDef) and any("Spider" in ast.unparse(base) for base in node.bases):
                for each in node.body:
                    match each:
                        case (
                            ast.Assign(targets=[ast.Name(id="name")], value=ast.Constant(value=str(name)))
                            | ast.AnnAssign(target=ast.Name(id="name"), value=ast.Constant(value=str(name)))
                        ) if name not in seen:
                            seen.add(name)
                            yield name, f"{module.path}:{node.lineno}"
                        case _:
                            pass
