"""The command that serves an application object: which server, on which port, reachable from outside."""

from kgen.detect.found import Doubt
from kgen.detect.project import Project

PORT = 8000

_ASGI = ("uvicorn", "hypercorn", "granian", "daphne")
_WSGI = ("gunicorn", "waitress", "granian")


def asgi(project: Project, target: str, port: int = PORT) -> tuple[str, tuple[Doubt, ...]]:
    """Return the command that serves the ASGI application ``target`` (``shop.main:app``), and what is unclear."""
    server = next((name for name in _ASGI if project.has(name)), "")
    if not server and "standard" in _extras(project, "fastapi"):
        server = "uvicorn"
    return _command(server or "uvicorn", target, port, "asgi"), _missing(project, server, "uvicorn")


def wsgi(project: Project, target: str, port: int = PORT) -> tuple[str, tuple[Doubt, ...]]:
    """Return the command that serves the WSGI application ``target``, and what is unclear."""
    server = next((name for name in _WSGI if project.has(name)), "")
    return _command(server or "gunicorn", target, port, "wsgi"), _missing(project, server, "gunicorn")


def _command(server: str, target: str, port: int, interface: str) -> str:
    factory = target.endswith("()")
    name = target.removesuffix("()")
    match server:
        case "uvicorn":
            return f"uvicorn {name} {'--factory ' if factory else ''}--host 0.0.0.0 --port {port}"
        case "hypercorn":
            return f"hypercorn {target} --bind 0.0.0.0:{port}"
        case "granian":
            start = f"granian --interface {interface} --host 0.0.0.0 --port {port}"
            return f"{start} {'--factory ' if factory else ''}{name}"
        case "daphne":
            return f"daphne --bind 0.0.0.0 --port {port} {name}"
        case "waitress":
            return f"waitress-serve --listen 0.0.0.0:{port} {'--call ' if factory else ''}{name}"
        case _:
            word = f"'{target}'" if factory else target
            return f"gunicorn {word} --bind 0.0.0.0:{port} --worker-tmp-dir /dev/shm"


def _extras(project: Project, name: str) -> frozenset[str]:
    return project.dependencies[name].extras if name in project.dependencies else frozenset()


def _missing(project: Project, server: str, usual: str) -> tuple[Doubt, ...]:
    if server:
        return ()
    add = {"uv": "uv add", "poetry": "poetry add", "pdm": "pdm add", "pipenv": "pipenv install"}.get(project.manager)
    return (
        Doubt(
            path=("command",),
            question=f"no server is among the dependencies; {usual} is the usual one",
            help=f"run `{add} {usual}`" if add else f"add `{usual}` to the requirements",
        ),
    )
