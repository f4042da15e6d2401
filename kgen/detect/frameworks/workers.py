"""Workers: what takes tasks from a queue, found by the objects that every framework has in the source."""

import ast
import re
from collections.abc import Iterator

from kgen.detect.found import Doubt, Fact, Program
from kgen.detect.frameworks import task_queues
from kgen.detect.frameworks.queues import RANK, dotted, manage, objects, start, worked
from kgen.detect.frameworks.starts import python, runs, search_path
from kgen.detect.project import Project
from kgen.detect.source.imports import absolute, definition
from kgen.detect.source.syntax import NOWHERE, Module, imported, meaning, nodes, walk
from kgen.record import replace

_FACTORY = re.compile(r"(?:\w+\.)*\w*celery\w*")
_BEAT = (
    "beat_schedule",
    "CELERY_BEAT_SCHEDULE",
    "CELERYBEAT_SCHEDULE",
    "add_periodic_task",
    "periodic_task",
    "CELERY_BEAT",
)


def programs(project: Project) -> Iterator[Program]:
    """Yield the workers, each with the path that its imports need."""
    for find in (_celery, _rq, _dramatiq, _arq, _huey, *task_queues.FINDERS):
        for path, made in find(project):
            env = search_path(project, start(project, path), path) if path.endswith(".py") else {}
            yield replace(made, env=env)


def _celery(project: Project) -> Iterator[tuple[str, Program]]:
    places = list(_celery_apps(project))
    if not places:
        return
    target, origin = places[0]
    path = origin.rpartition(":")[0]
    target, path = next(_prepared(project, path), (target, path))
    worker = Program(
        name="worker",
        type="worker",
        role="celery worker",
        framework="Celery",
        command=Fact(f"celery -A {target} worker --loglevel info", origin),
        rank=RANK,
    )
    yield path, worker
    if where := _beat(project):
        scheduler = _scheduler(project)
        beat = Program(
            name="beat",
            type="worker",
            role="celery beat",
            framework="Celery",
            command=Fact(f"celery -A {target} beat --loglevel info {scheduler}", where),
            fields={"replicas": 1},
            rank=RANK,
        )
        yield path, beat


def _scheduler(project: Project) -> str:
    if project.has("django-celery-beat"):
        return "--scheduler django_celery_beat.schedulers:DatabaseScheduler"
    return "-S redbeat.RedBeatScheduler" if project.has("celery-redbeat") else "--schedule /tmp/celerybeat-schedule"


def _celery_apps(project: Project) -> Iterator[tuple[str, str]]:
    """Yield how ``celery -A`` names the application objects, and where they are; the most likely first."""
    later: list[tuple[str, str]] = []
    bare: list[tuple[str, str]] = []
    for module in project.modules.mentioning("Celery(", "celery("):
        names = imported(module.tree)
        for node in module.tree.body:
            match node:
                case (
                    ast.Assign(targets=[ast.Name(id=name)], value=ast.Call(func=func))
                    | ast.AnnAssign(target=ast.Name(id=name), value=ast.Call(func=func))
                ):
                    called = meaning(func, names)
                    whole = dotted(project, module.path)
                    target = f"{whole}.celery" if whole and _hides(module, name) else _target(whole, name)
                    found = (target, f"{module.path}:{node.lineno}")
                    if found[0].startswith(":"):
                        continue
                    if called in {"celery.Celery", "celery.app.Celery"} and not module.is_side:
                        if isinstance(node.value, ast.Call) and (node.value.args or node.value.keywords):
                            yield found
                        else:  # bare: configured elsewhere
                            bare.append(found)
                    elif _FACTORY.fullmatch(called) and called != "celery.Celery" and "celery" in name + module.path:
                        later.append(found)
                    elif called.endswith("Celery") and project.has("celery") and not module.is_side:
                        bare.append(found)  # a class of somebody's own
                case _:
                    pass
    yield from (*later, *bare)


_PREPARED = frozenset({"celery_worker", "celeryworker", "worker", "run_celery", "make_celery", "celery_runner"})


def _prepared(project: Project, path: str) -> Iterator[tuple[str, str]]:
    """Yield the module that prepares the object in ``path`` for workers: it imports it, and sets up what tasks need."""
    for module in project.modules.mentioning("celery", stems=_PREPARED):
        if module.path != path and not module.is_side:
            for local, full in imported(module.tree).items():
                name = absolute(module.path, start(project, module.path), full)
                place = definition(project, start(project, module.path), name)
                if place and place[0] == path and "celery" in f"{local} {place[1]}".lower():
                    yield f"{dotted(project, module.path)}.{local}", module.path


def _hides(module: Module, name: str) -> bool:
    """Tell whether ``celery -A`` would take another object of the module: it looks for ``app`` before ``celery``."""
    targets = [each for node in module.tree.body if isinstance(node, ast.Assign) for each in node.targets]
    return name == "celery" and any(isinstance(each, ast.Name) and each.id == "app" for each in targets)


def _target(whole: str, name: str) -> str:
    """
    Return how ``celery -A`` finds the object ``name`` of a module.

    >>> _target("shop.celery", "app"), _target("shop.tasks", "queue")
    ('shop', 'shop.tasks:queue')
    """
    if not whole:
        return ":"
    if name in {"app", "celery"}:
        return whole.removesuffix(".celery") if whole.count(".") else whole
    return f"{whole}:{name}"


def _beat(project: Project) -> str:
    """Return where a schedule for Celery beat is; nothing if there is none."""
    for module in project.modules.mentioning(*_BEAT):
        text = project.tree.text(module.path) or ""
        if not module.is_side:
            word = next(word for word in _BEAT if word in text)
            return f"{module.path}:{text[: text.find(word)].count(chr(10)) + 1}"
    if project.has("django-celery-beat"):
        return project.dependencies["django-celery-beat"].origin
    return ""


_ENQUEUES = re.compile(rb"\.enqueue(?:_at|_in|_call|_many|_job)?\(|@(?:\w+\.)?job\(|\.delay\(")
"""What puts tasks into the queues of RQ."""


def _rq(project: Project) -> Iterator[tuple[str, Program]]:
    if project.has("django-rq") and manage(project):
        origin = project.dependencies["django-rq"].origin
        yield worked("rq worker", "RQ", f"python {manage(project)} rqworker default", origin)
        return
    if not project.has("rq"):
        return
    if own := next(_own_rq(project), None):
        yield own
        return
    queues: dict[str, str] = {}
    paths = (path for path in project.modules.paths if not project.modules.is_side(path))
    if not any(project.tree.matches(path, _ENQUEUES) for path in paths):
        return  # it looks at the queues of others
    for module in project.modules.mentioning("Queue("):
        names = imported(module.tree)
        for node in walk(module.tree):
            if isinstance(node, ast.Call) and meaning(node.func, names) in {"rq.Queue", "rq.queue.Queue"}:
                first = node.args[0] if node.args else None
                name = first.value if isinstance(first, ast.Constant) and isinstance(first.value, str) else "default"
                queues.setdefault(name, f"{module.path}:{node.lineno}")
    if queues:
        doubt = Doubt(path=("command",), question="rq looks for Redis in RQ_REDIS_URL", help="set it, or add `--url`")
        yield worked("rq worker", "RQ", f"rq worker {' '.join(queues)}", next(iter(queues.values())), doubt)


def _own_rq(project: Project) -> Iterator[tuple[str, Program]]:
    """Yield the project's own scripts that work queues off: they know where Redis is."""
    for module in project.modules.mentioning(".work("):
        names = imported(module.tree)
        for call in nodes(module.tree, ast.Call):
            is_worker = meaning(call.func, names) in {"rq.Worker", "rq.worker.Worker", "rq.SimpleWorker"}
            if is_worker and not module.is_side and runs(module):
                yield worked("rq worker", "RQ", python(project, module.path), f"{module.path}:{call.lineno}")


def _dramatiq(project: Project) -> Iterator[tuple[str, Program]]:
    if project.has("django-dramatiq") and manage(project):
        origin = project.dependencies["django-dramatiq"].origin
        yield worked("dramatiq worker", "Dramatiq", f"python {manage(project)} rundramatiq", origin)
        return
    found = []
    for module in project.modules.mentioning("@actor", "@dramatiq.actor"):
        names = imported(module.tree)
        for node in walk(module.tree):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and not module.is_side:
                decorators = (each.func if isinstance(each, ast.Call) else each for each in node.decorator_list)
                if any(meaning(each, names) == "dramatiq.actor" for each in decorators):
                    found.append((dotted(project, module.path), f"{module.path}:{node.lineno}"))
                    break
    if found:
        modules = " ".join(dict.fromkeys(each for each, _ in found))
        yield worked("dramatiq worker", "Dramatiq", f"dramatiq {modules}", found[0][1])


def _arq(project: Project) -> Iterator[tuple[str, Program]]:
    if not project.has("arq"):
        return
    for module in project.modules.those(project.modules.having("functions"), NOWHERE):
        for node in module.tree.body:
            if isinstance(node, ast.ClassDef) and not module.is_side and _lists(node) & {"functions", "cron_jobs"}:
                target = f"{dotted(project, module.path)}.{node.name}"
                yield worked("arq worker", "arq", f"arq {target}", f"{module.path}:{node.lineno}")


def _lists(node: ast.ClassDef) -> set[str]:
    """Return the names that a class sets to something that may be a list."""
    made = set()
    for each in node.body:
        match each:
            case ast.Assign(targets=targets, value=given) if not isinstance(given, ast.Constant):
                made |= {target.id for target in targets if isinstance(target, ast.Name)}
            case ast.AnnAssign(target=ast.Name(id=name), annotation=said) if ast.unparse(said) != "bool":
                made.add(name)
            case _:
                pass
    return made


def _huey(project: Project) -> Iterator[tuple[str, Program]]:
    if manage(project) and next(project.modules.mentioning("huey.contrib.djhuey"), None):
        return  # whose tasks Django's command works off
    for module in project.modules.mentioning("Huey("):
        for name, line in objects(module, re.compile(r"huey\.(?:\w+\.)?\w*Huey")):
            if not module.is_side and dotted(project, module.path):
                target = f"{dotted(project, module.path)}.{name}"
                yield worked("huey worker", "Huey", f"huey_consumer {target}", f"{module.path}:{line}")
                return
