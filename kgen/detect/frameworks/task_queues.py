"""Workers of the younger task queues, of message brokers, and of those that Django's commands start."""

import ast
import re
from collections.abc import Callable, Iterator

from kgen.detect.found import Doubt, Program
from kgen.detect.frameworks.queues import dotted, manage, objects, worked
from kgen.detect.project import Project
from kgen.detect.source.syntax import imported, meaning, nodes
from kgen.detect.source.values import is_main

Found = Iterator[tuple[str, Program]]

_MANAGED = (
    (("django-q", "django-q2"), "qcluster", "django-q worker", "Django Q"),
    (("django-background-tasks", "django4-background-tasks"), "process_tasks", "background tasks", "Django"),
    (("django-tasks", "django-tasks-db"), "db_worker", "django worker", "Django"),
)
"""Distributions → Django's command that works their queue off, its role, the framework."""


def _managed(project: Project) -> Found:
    """Yield what Django's commands start."""
    script = manage(project)
    for names, command, role, framework in _MANAGED if script else ():
        if asked := next((project.dependencies[name] for name in names if project.has(name)), None):
            yield worked(role, framework, f"python {script} {command}", asked.origin)
    if script and project.has("huey"):
        for module in project.modules.mentioning("huey.contrib.djhuey"):
            yield worked("huey worker", "Huey", f"python {script} run_huey", module.path)
            return


def _taskiq(project: Project) -> Found:
    if not project.has("taskiq"):
        return
    for module in project.modules.mentioning("Broker("):
        for name, line in objects(module, re.compile(r"taskiq\w*\.(?:\w+\.)*\w*Broker")):
            if not module.is_side:
                target = f"{dotted(project, module.path)}:{name}"
                tasks = " ".join(_tasks(project, module.path, name))
                command = f"taskiq worker {target} {tasks}".rstrip()
                yield worked("taskiq worker", "Taskiq", command, f"{module.path}:{line}")
                yield from _taskiq_scheduler(project)
                return


def _tasks(project: Project, path: str, broker: str) -> Iterator[str]:
    """Yield the other modules with tasks: a worker knows those only that it imports."""
    for module in project.modules.mentioning(f"@{broker}.task"):
        if module.path != path and not module.is_side and (name := dotted(project, module.path)):
            yield name


def _taskiq_scheduler(project: Project) -> Found:
    for module in project.modules.mentioning("TaskiqScheduler("):
        for name, line in objects(module, re.compile(r"taskiq\.(?:\w+\.)*TaskiqScheduler")):
            if not module.is_side:
                target = f"{dotted(project, module.path)}:{name}"
                yield worked("taskiq scheduler", "Taskiq", f"taskiq scheduler {target}", f"{module.path}:{line}")
                return


def _procrastinate(project: Project) -> Found:
    if not project.has("procrastinate"):
        return
    script = manage(project)
    if script and next(project.modules.mentioning("procrastinate.contrib.django"), None):
        origin = project.dependencies["procrastinate"].origin
        yield worked("procrastinate worker", "Procrastinate", f"python {script} procrastinate worker", origin)
        return
    if any(not module.is_side for module in project.modules.mentioning("run_worker_async(", ".run_worker(")):
        return  # a program of the project's own does
    for module in project.modules.mentioning("App("):
        for name, line in objects(module, re.compile(r"procrastinate\.(?:\w+\.)*App")):
            if not module.is_side:
                app = f"--app={dotted(project, module.path)}.{name}"
                doubt = Doubt(
                    path=("command",),
                    question="procrastinate's tables have to be in the database",
                    help=f"run `procrastinate {app} schema --apply` once",
                )
                command = f"procrastinate {app} worker"
                yield worked("procrastinate worker", "Procrastinate", command, f"{module.path}:{line}", doubt)
                return


def _saq(project: Project) -> Found:
    if not project.has("saq"):
        return
    for module in project.modules.mentioning("functions"):
        for node in module.tree.body:
            match node:
                case (
                    ast.Assign(targets=[ast.Name(id=name)], value=given)
                    | ast.AnnAssign(target=ast.Name(id=name), value=given)
                ) if given and not module.is_side and _is_of_saq(given):
                    target = f"{dotted(project, module.path)}.{name}"
                    yield worked("saq worker", "SAQ", f"saq {target}", f"{module.path}:{node.lineno}")
                    return
                case _:
                    pass


def _is_of_saq(node: ast.expr) -> bool:
    keys = node.keys if isinstance(node, ast.Dict) else []
    return {"queue", "functions"} <= {key.value for key in keys if isinstance(key, ast.Constant)}


def _streams(project: Project) -> Found:
    """Yield what takes messages with FastStream or Faust, unless the file starts itself."""
    for module in project.modules.mentioning("FastStream(", "faust.App(", "faust import"):
        if module.is_side or any(isinstance(node, ast.If) and is_main(node.test) for node in module.tree.body):
            continue
        whole = dotted(project, module.path)
        for name, line in objects(module, re.compile(r"faststream\.(?:\w+\.)*FastStream")):
            asked = project.dependencies.get("faststream")
            doubt = Doubt(path=("command",), question="its command is in `faststream[cli]`", help="ask for that")
            doubts = () if asked and "cli" in asked.extras else (doubt,)
            where = f"{module.path}:{line}"
            yield worked("faststream", "FastStream", f"faststream run {whole}:{name}", where, *doubts)
            return
        for _, line in objects(module, re.compile(r"faust\.(?:\w+\.)*App")):
            yield worked("faust worker", "Faust", f"faust -A {whole} worker -l info", f"{module.path}:{line}")
            break  # of several applications, people say which


def _schedulers(project: Project) -> Found:
    """Yield what puts tasks into the queues of others at their time."""
    if project.has("periodiq"):
        modules = [each for each in project.modules.mentioning("periodiq") if not each.is_side and _has_cron(each.tree)]
        if names := " ".join(name for each in modules if (name := dotted(project, each.path))):
            yield worked("periodiq scheduler", "Dramatiq", f"periodiq {names}", modules[0].path)
    if project.has("rq-scheduler") and (own := next(project.modules.mentioning("rq_scheduler"), None)):
        doubt = Doubt(path=("command",), question="rqscheduler looks for Redis in RQ_REDIS_URL", help="set it")
        yield worked("rq scheduler", "RQ", "rqscheduler", own.path, doubt)


def _has_cron(tree: ast.Module) -> bool:
    names = imported(tree)
    return any(meaning(call.func, names) == "periodiq.cron" for call in nodes(tree, ast.Call))


FINDERS: tuple[Callable[[Project], Found], ...] = (_managed, _taskiq, _procrastinate, _saq, _streams, _schedulers)
