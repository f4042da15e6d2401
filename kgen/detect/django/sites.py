"""Django: which settings, which server calls which application, static files and migrations."""

import shlex
from collections.abc import Iterator, Mapping

from kgen.detect.commands.servers import PORT, prefers_asgi, served
from kgen.detect.django import references
from kgen.detect.django import settings as django_settings
from kgen.detect.django.database import database
from kgen.detect.django.debug import Debugging, debugging
from kgen.detect.django.hosts import Hosts, hosts
from kgen.detect.django.settings import DEVELOPMENT, PRODUCTION, VARIABLE, Settings
from kgen.detect.django.static import static
from kgen.detect.django.urls import health_routes
from kgen.detect.found import Choice, Doubt, Fact, Program
from kgen.detect.frameworks.sources import Sources, sources_of
from kgen.detect.frameworks.starts import search_path
from kgen.detect.project import Project
from kgen.detect.source.dockerfiles import containers
from kgen.detect.source.imports import definition, dotted
from kgen.detect.source.tree import join
from kgen.record import dataclass

_FOUND = 70
_SIDE = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class Site:
    """One Django project: where it is, and what starts it."""

    manage: str
    """Its manage.py, relative to the tree."""

    settings: Settings
    origin: str
    """Where the settings are named."""

    is_default: bool
    """Whether the files name these settings themselves, so that no variable has to."""

    doubts: tuple[Doubt, ...] = ()

    @property
    def is_for_development(self) -> bool:
        """Whether its settings are for development by their name, which has a doubt of its own."""
        return self.settings.name.rpartition(".")[2] in DEVELOPMENT

    @property
    def base(self) -> str:
        """Folder that imports start at."""
        return self.manage.rpartition("/")[0]


def programs(project: Project) -> Iterator[Program]:
    """Yield a web program for each manage.py, the one nearest to the root first."""
    sources = sources_of(project)
    for place, module in enumerate(project.modules.mentioning("execute_from_command_line")):
        if module.path.rpartition("/")[2] != "manage.py":
            continue
        site = _site(sources, module.path)
        if made := _program(sources, site, _SIDE if module.is_side else _FOUND - min(place, 9)):
            yield made


def _site(sources: Sources, manage: str) -> Site:
    """Return the site that ``manage`` belongs to, with the settings that it has in production."""
    project = sources.project
    base = manage.rpartition("/")[0]
    starts = [each for kind in ("wsgi", "asgi") for each in _files(project, base, kind)]
    named = [
        each
        for each in django_settings.named(sources, [*starts, manage])
        if django_settings.is_there(project, base, each[0])
    ]
    usual, origin = named[0] if named else ("", "")
    for name, where in named:
        if _is_production(name) and not _is_production(usual):
            usual, origin = name, where
    if of_image := _of_image(project, base):
        usual, origin = of_image
    beside = django_settings.beside(project, base, usual) if usual else django_settings.anywhere(project, base)
    better = [each for each in beside if _is_production(each)]
    if not better and usual.rpartition(".")[2] in DEVELOPMENT:
        meant = [each for each in beside if each.rpartition(".")[2] not in DEVELOPMENT]
        better = django_settings.hardened(sources, base, meant)
    doubts: tuple[Doubt, ...] = ()
    chosen = usual
    if better and not _is_production(usual):
        chosen, origin = better[0], f"beside {usual}" if usual else "the only one for production"
    elif not usual and beside:
        chosen, origin = beside[0], "no file names one"
        doubts = (_which(beside),)
    elif chosen.rpartition(".")[2] in DEVELOPMENT and not of_image:
        doubts = (_development(chosen),)
    settings = django_settings.read(sources, base, chosen)
    is_default = bool(named) and all(name == chosen for name, _ in named)
    return Site(manage=manage, settings=settings, origin=origin, is_default=is_default, doubts=doubts)


def _of_image(project: Project, base: str) -> tuple[str, str] | None:
    """Return the settings that the project's own image names, if they are not for development."""
    for each in containers(project.tree, project.folder)[:1]:
        name = each.env.get(VARIABLE, "")
        is_meant = name.rpartition(".")[2] not in set(DEVELOPMENT) - {"docker"}
        if name and is_meant and django_settings.is_there(project, base, name):
            return name, each.file
    return None


def _is_production(name: str) -> bool:
    return name.rpartition(".")[2].lower() in PRODUCTION


def _which(names: list[str]) -> Doubt:
    return Doubt(
        path=("env", VARIABLE),
        question="no file names the settings of the site; these have `INSTALLED_APPS`",
        choices=tuple(Choice(each, "it has `INSTALLED_APPS`, or stands beside one that has") for each in names),
    )


def _development(name: str) -> Doubt:
    return Doubt(
        path=("env", VARIABLE),
        question=f"`{name}` are settings for development, and none for production are there",
        help=f"add such settings, and name them: `env: {{{VARIABLE}: …}}`",
    )


def _program(sources: Sources, site: Site, rank: int) -> Program | None:
    project = sources.project
    found = _application(sources, site)
    if not found:
        return None
    interface, target, origin = found
    how = served(project, "asginl" if interface == "asgi" else "wsgi", target, PORT)
    is_bare = target == _DJANGOS
    allowed = hosts(site.settings)
    debug = Debugging() if site.is_for_development else debugging(site.settings)
    start = site.base.removeprefix(project.folder).strip("/")
    gathered = static(project, site.settings, _manage(project, site))
    needs = [how.dependency] if how.dependency else []
    return Program(
        name="web",
        type="web",
        framework="Django",
        command=Fact(how.command, origin),
        port=Fact(PORT, "the server's command"),
        health=_health(sources, site, allowed),
        release=_release(project, site),
        commands=gathered.commands,
        env={
            **_settings_variable(site, is_bare=is_bare),
            **debug.env,
            **allowed.env,
            **search_path(project, start, join(site.base, f"{target.partition(':')[0].replace('.', '/')}.py")),
        },
        needs=tuple(needs),
        rank=rank - _BARE if is_bare else rank,
        doubts=(
            *how.doubts,
            *site.doubts,
            *allowed.doubts,
            *debug.doubts,
            *gathered.doubts,
            *(references.doubts(project, site.settings) if gathered.commands else ()),
            *database(project, site.settings),
        ),
    )


def _settings_variable(site: Site, *, is_bare: bool) -> Mapping[str, Fact]:
    is_said = site.is_default and not is_bare
    return {} if is_said or not site.settings.name else {VARIABLE: Fact(site.settings.name, site.origin)}


def _application(sources: Sources, site: Site) -> tuple[str, str, str] | None:
    """Return interface, target and origin of what a server calls."""
    asgi = _callable(sources, site, "asgi")
    wsgi = _callable(sources, site, "wsgi")
    wants = prefers_asgi(sources.project) or (asgi and site.settings.said("ASGI_APPLICATION") and not wsgi)
    if asgi and (wants or not wsgi):
        return ("asgi", *asgi)
    if wsgi:
        return ("wsgi", *wsgi)
    tests = set(site.settings.name.split(".")) & {"test", "tests", "test_settings", "testing", "example", "demo"}
    is_site = site.settings.said("ROOT_URLCONF") and not tests
    return ("wsgi", _DJANGOS, site.manage.removeprefix(sources.project.folder).strip("/")) if is_site else None


_DJANGOS = "django.core.wsgi:get_wsgi_application()"
"""What makes the application of any settings, where no file does."""

_BARE = 15
"""How much less likely a site without such a file is: many a package has one to try it out."""


def _callable(sources: Sources, site: Site, kind: str) -> tuple[str, str] | None:
    """Return target and origin of the application in wsgi.py or asgi.py: what the settings name, or the file itself."""
    project = sources.project
    start = site.base.removeprefix(project.folder).strip("/")
    module, _, name = site.settings.text(f"{kind.upper()}_APPLICATION").rpartition(".")
    place = definition(project, start, module) if module else None
    usual = kind == "wsgi" or module.endswith(kind)
    if place and not place[1] and usual:
        return f"{module}:{name}", (site.settings.said(f"{kind.upper()}_APPLICATION") or ("", place[0]))[1]
    for path in sorted(_files(project, site.base, kind), key=lambda each: (each.count("/"), each)):
        if "application" in (project.tree.text(path) or "") and not project.modules.is_side(path):
            return f"{dotted(path, site.base)}:application", path
    return None


def _files(project: Project, base: str, kind: str) -> list[str]:
    """Return the modules that are called ``wsgi`` or ``asgi``, packages too."""
    ends = (f"/{kind}.py", f"/{kind}/__init__.py")
    return [each for each in project.modules.paths if each.endswith(ends) and _below(base, each)]


def _below(base: str, path: str) -> bool:
    return not base or path.startswith(f"{base}/")


def _manage(project: Project, site: Site) -> str:
    return f"python {shlex.quote(site.manage.removeprefix(project.folder).strip('/'))}"


def _release(project: Project, site: Site) -> Fact | None:
    """Return the migration, if the site has a database."""
    found = site.settings.said("DATABASES")
    return Fact(f"{_manage(project, site)} migrate --noinput", found[1]) if found else None


def _health(sources: Sources, site: Site, allowed: Hosts) -> Fact | None:
    """Return the path of a health check that probes may ask for: they know no host name, and no HTTPS."""
    if not allowed.is_open or site.settings.said("SECURE_SSL_REDIRECT"):
        return None
    routes = health_routes(sources, site.base, site.settings)
    return Fact(routes[0].path, routes[0].origin) if routes else None
