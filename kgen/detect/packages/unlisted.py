"""
Packages that a program imports when it starts, and that nothing installs: on the machine of whoever wrote it they were.

What another package brings along is not seen in requirements files: what many bring does not count.
"""

import ast
import re
import shlex
import sys
from collections.abc import Collection, Iterable, Iterator, Mapping

from kgen.detect.found import Doubt, Part, Program, listed
from kgen.detect.packages.managers import LOCKS
from kgen.detect.project import Dependency, Project
from kgen.detect.source.reached import packages, reached
from kgen.detect.source.syntax import NOWHERE
from kgen.detect.source.tree import join
from kgen.detect.source.values import is_main

CALLED: Mapping[str, tuple[str, ...]] = {
    "attr": ("attrs",),
    "azure": ("msrest", "msal"),
    "bs4": ("beautifulsoup4",),
    "corsheaders": ("django-cors-headers",),
    "crispy_forms": ("django-crispy-forms", "crispy-bootstrap5", "crispy-bootstrap4"),
    "Crypto": ("pycryptodome", "pycrypto"),
    "Cryptodome": ("pycryptodomex",),
    "dash_core_components": ("dash",),
    "dash_html_components": ("dash",),
    "dash_table": ("dash",),
    "databases": ("ormar",),
    "Cheetah": ("ct3", "cheetah3"),
    "cv2": ("opencv-python", "opencv-python-headless", "opencv-contrib-python", "opencv-contrib-python-headless"),
    "dateutil": ("python-dateutil",),
    "debug_toolbar": ("django-debug-toolbar",),
    "discord": ("discord-py", "py-cord", "nextcord", "disnake", "discord-py-self"),
    "django_comments": ("django-contrib-comments",),
    "django_filters": ("django-filter",),
    "django_stubs_ext": ("django-stubs",),
    "docx": ("python-docx",),
    "dotenv": ("python-dotenv", "uvicorn", "pydantic-settings", "python-decouple", "fastapi"),
    "environ": ("django-environ", "environ-config"),
    "faiss": ("faiss-cpu", "faiss-gpu"),
    "fitz": ("pymupdf",),
    "git": ("gitpython",),
    "github": ("pygithub",),
    "gi": ("pygobject",),
    "googleapiclient": ("google-api-python-client",),
    "haystack": ("django-haystack", "haystack-ai", "farm-haystack"),
    "jose": ("python-jose",),
    "jwt": ("pyjwt", "djangorestframework-simplejwt", "drf-jwt", "flask-jwt-extended"),
    "kafka": ("kafka-python", "kafka-python-ng"),
    "ldap": ("python-ldap", "django-auth-ldap"),
    "magic": ("python-magic", "python-magic-bin"),
    "memcache": ("python-memcached",),
    "multipart": ("python-multipart",),
    "MySQLdb": ("mysqlclient", "mysql-python"),
    "mysql": ("mysql-connector-python", "mysql-connector"),
    "nacl": ("pynacl",),
    "nltk": ("newspaper3k", "newspaper4k", "textblob"),
    "ntgcalls": ("py-tgcalls",),
    "oauth2_provider": ("django-oauth-toolkit",),
    "openid": ("python3-openid",),
    "OpenSSL": ("pyopenssl",),
    "owncloud": ("pyocclient",),
    "PIL": ("pillow", "pillow-simd"),
    "pkg_resources": ("setuptools",),
    "prometheus_client": ("prometheus-fastapi-instrumentator", "prometheus-flask-exporter", "starlette-exporter"),
    "psycopg2": ("psycopg2-binary", "psycopg2cffi"),
    "pyrate_limiter": ("requests-ratelimiter",),
    "pyrogram": ("pyrofork", "kurigram", "pyrotgfork"),
    "pymongo": ("motor", "mongoengine", "beanie", "odmantic"),
    "bson": ("pymongo", "motor", "mongoengine", "beanie", "odmantic"),
    "gridfs": ("pymongo", "motor", "mongoengine"),
    "rest_flex_fields": ("drf-flex-fields",),
    "rest_framework": ("djangorestframework", "drf-yasg", "drf-spectacular", "djoser"),
    "rest_framework_jwt": ("drf-jwt", "djangorestframework-jwt"),
    "rest_framework_simplejwt": ("djangorestframework-simplejwt", "djoser"),
    "retrying": ("dash", "plotly"),
    "serial": ("pyserial",),
    "skimage": ("scikit-image",),
    "sklearn": ("scikit-learn",),
    "slack": ("slackclient", "slack-sdk"),
    "slack_bolt": ("slack-bolt",),
    "snowflake": ("snowflake-connector-python", "snowflake-snowpark-python"),
    "social_core": ("social-auth-core", "social-auth-app-django"),
    "social_django": ("social-auth-app-django",),
    "socks": ("pysocks",),
    "sorl": ("sorl-thumbnail",),
    "storages": ("django-storages",),
    "taggit": ("django-taggit",),
    "telegram": ("python-telegram-bot",),
    "telebot": ("pytelegrambotapi",),
    "usb": ("pyusb",),
    "webdav3": ("webdavclient3",),
    "wtforms": ("flask-wtf", "flask-admin", "wtforms-sqlalchemy"),
    "wx": ("wxpython",),
    "xdg": ("pyxdg",),
    "yaml": ("pyyaml", "ruamel-yaml", "uvicorn"),
    "zmq": ("pyzmq",),
}
"""Name that is imported → distributions that have it, or bring it, where they are called otherwise."""

_USUAL = frozenset(
    {
        *(
            "aiohttp",
            "annotated_types",
            "anyio",
            "asgiref",
            "attr",
            "attrs",
            "babel",
            "bcrypt",
            "blinker",
            "botocore",
            "cachetools",
        ),
        *(
            "certifi",
            "cffi",
            "chardet",
            "charset_normalizer",
            "click",
            "colorama",
            "cryptography",
            "cycler",
            "dateutil",
        ),
        *("decorator", "defusedxml", "dns", "ecdsa", "exceptiongroup", "filelock", "frozenlist", "fsspec", "future"),
        *(
            "google",
            "greenlet",
            "grpc",
            "h11",
            "h2",
            "httpcore",
            "httpx",
            "httptools",
            "huggingface_hub",
            "idna",
            "isodate",
        ),
        *("IPython", "itsdangerous", "jinja2", "joblib", "jsonschema", "kombu", "langchain_core", "lxml", "mako"),
        *("markdown_it", "markupsafe", "marshmallow", "matplotlib", "more_itertools", "msgpack", "multidict", "numpy"),
        *("oauthlib", "OpenSSL", "orjson", "packaging", "pandas", "passlib", "PIL", "pkg_resources", "plotly"),
        *("prompt_toolkit", "protobuf", "psutil", "pyarrow", "pyasn1", "pydantic", "pydantic_core", "pygments"),
        *("pydantic_settings", "pyparsing", "pytz", "redis", "regex", "requests", "requests_oauthlib", "rich", "rsa"),
        *("scipy", "setuptools", "simplejson", "six", "sklearn", "sniffio", "soupsieve", "sqlalchemy", "sqlparse"),
        *("starlette", "tenacity", "threadpoolctl", "tokenizers", "toml", "tomli", "tomlkit", "toolz", "torch"),
        *("tornado", "tqdm", "traitlets", "typer", "typing_extensions", "typing_inspection", "tzdata", "tzlocal"),
        *("ujson", "urllib3", "uvloop", "vine", "watchfiles", "wcwidth", "websockets", "werkzeug", "wrapt", "yaml"),
        *("yarl", "zipp", "zope", "azure", "opentelemetry", "sphinx", "wheel", "pip", "distutils", "imp", "asyncore"),
    }
)
"""What many packages bring along, or Python had once."""

_MODULE = re.compile(r"([A-Za-z_]\w*(?:\.[A-Za-z_]\w*)*)(?::[A-Za-z_].*)?")
_LOCKED = re.compile(r'^name = "([^"]+)"', re.MULTILINE)
_PIPENV = re.compile(r'^ {8}"([\w.-]+)": \{', re.MULTILINE)
_MOST = 4
_OF_DJANGO = frozenset({"urls.py", "models.py", "apps.py"})
"""Files that every start of a site of Django imports."""


def part(project: Project, programs: Iterable[Program], groups: Collection[str] = ()) -> Part:
    """
    Return the doubts about what is imported and is not installed.

    Args:
        project: The project.
        programs: What is started.
        groups: Groups and extras of dependencies that are installed besides the usual ones.
    """
    if not project.manager or project.manager == "conda" or not project.dependencies:
        return Part()
    names, file = _installed(project, groups)
    found: dict[str, str] = {}
    for path in _run(project, programs):
        unknown = {name for name in packages(project, path) if is_foreign(project, name) and not has(names, name)}
        for name, line in _imported(project, path) if unknown else ():
            if name in unknown and (file in LOCKS.values() or name not in _USUAL):
                found.setdefault(name, f"{path}:{line}")
    if not found:
        return Part()
    optional: dict[str, tuple[Dependency, dict[str, str]]] = {}
    for name in list(found):
        if each := _optional(project, name):
            optional.setdefault(each.group, (each, {}))[1][name] = found.pop(name)
    doubts = [_left_out(project, each, names) for each, names in optional.values()]
    return Part(doubts=(*doubts, *([_foreign(found, file)] if found else [])))


def _optional(project: Project, name: str) -> Dependency | None:
    """Return what only a group or an extra has, which is not installed unless somebody asks for it."""
    return next((each for each in project.dependencies.values() if each.group and has({plain(each.name)}, name)), None)


def _left_out(project: Project, each: Dependency, found: Mapping[str, str]) -> Doubt:
    field = "extras" if each.is_extra else "groups"
    how = f"`build: {{python: {{{field}: [{each.group}]}}}}`"
    is_plain = project.manager == "pip" and (project.requirements or not each.is_extra)
    how = f"put it into {project.requirements or 'the requirements'}" if is_plain else how
    return Doubt(
        path=("build", "python"),
        question=f"the source imports {_listed(found)}, which only `{each.group}` has ({each.origin})",
        help=f"if the app needs it: {how}",
    )


def _foreign(found: Mapping[str, str], file: str) -> Doubt:
    """Return the doubt about what nothing in ``file`` brings, by its name."""
    return Doubt(
        path=("build", "python"),
        question=f"the source imports {_listed(found)}, which nothing in {file} is called like",
        help="add what has it, unless something else there brings it",
    )


def _listed(found: Mapping[str, str]) -> str:
    return listed((f"{name} ({where})" for name, where in found.items()), _MOST)


def _installed(project: Project, groups: Collection[str]) -> tuple[frozenset[str], str]:
    """Return the distributions that are installed, in small letters without signs, and the file that says so."""
    file = LOCKS.get(project.manager, "")
    folder, text = project.folder, None
    while file and (text := project.tree.text(join(folder, file))) is None and folder:
        folder = folder.rpartition("/")[0]
    asked = [name for name, each in project.dependencies.items() if not each.group or each.group in groups]
    if not text:
        first = next(iter(project.dependencies.values()))
        return frozenset(map(plain, asked)), project.requirements or first.origin.rpartition(":")[0]
    pattern = _PIPENV if project.manager == "pipenv" else _LOCKED
    return frozenset(map(plain, (*asked, *pattern.findall(text)))), file


def plain(name: str) -> str:
    return re.sub(r"[-_.]+", "", name).lower()


def has(names: Collection[str], name: str) -> bool:
    """Tell whether a distribution may have what is imported as ``name``, by what it is called."""
    wanted = plain(name)
    if wanted in names or any(plain(each) in names for each in CALLED.get(name, ())):
        return True
    return any(wanted in each or each.removeprefix("python").removeprefix("py") == wanted for each in names)


def is_foreign(project: Project, name: str) -> bool:
    """Tell whether a name is neither Python's nor the project's own, as far as its files say so."""
    if not name or name in sys.stdlib_module_names or name.endswith(("_pb2", "_pb2_grpc")):
        return False
    return name not in _own(project)


def _own(project: Project) -> frozenset[str]:
    """Return the names of all folders and Python files: one of them may be what is imported."""
    notes = project.modules.notes
    if "own names" not in notes:
        ignored = re.findall(r"([\w-]+)\.py\b|([\w-]+)/", project.tree.text(".gitignore") or "")
        named = {word.removesuffix(".py") for path in project.tree.files for word in path.split("/")}
        notes["own names"] = frozenset(named | {each for both in ignored for each in both})
    made: frozenset[str] = notes["own names"]
    return made


def _run(project: Project, programs: Iterable[Program]) -> Iterator[str]:
    """Yield the files that the programs of an app import when they start."""
    starts = [file for each in programs for file in files(project, each)]
    if project.has("django"):
        own = (path for path in project.modules.paths if path.rpartition("/")[2] in _OF_DJANGO)
        starts += [path for path in own if not project.modules.is_side(path)]
    seen = dict.fromkeys(file for start in starts for file, _ in reached(project, start, is_certain=True))
    yield from (file for file in seen if not project.modules.is_side(file))


def files(project: Project, program: Program) -> Iterator[str]:
    """Yield the files that a command names, as they are or as modules."""
    try:
        words = shlex.split(str(program.command.value))
    except ValueError:
        return
    where = [program.command.folder, project.source, ""]
    if path := program.env.get("PYTHONPATH"):
        where.append(str(path.value).partition("/app")[2].strip("/"))
    for word in words[1:]:
        stems = [word.removesuffix(".py")] if word.endswith(".py") else []
        if not stems and (match := _MODULE.fullmatch(word.rpartition("=")[2])):
            stems = [match[1].replace(".", "/"), match[1].rpartition(".")[0].replace(".", "/")]
        for stem in filter(None, stems):
            ends = (".py", "/__init__.py", "/__main__.py")
            paths = (project.path(join(folder, stem)) + end for folder in dict.fromkeys(where) for end in ends)
            if found := next((path for path in paths if path in project.tree), ""):
                yield found
                break


def _imported(project: Project, path: str) -> Iterator[tuple[str, int]]:
    """Yield the packages that running a file imports for certain, with the lines."""
    module = project.modules.part(path, NOWHERE)
    for node in _sure(module.tree.body) if module else ():
        match node:
            case ast.Import(names=aliases):
                yield from ((each.name.partition(".")[0], node.lineno) for each in aliases)
            case ast.ImportFrom(module=str(name), level=0):
                yield name.partition(".")[0], node.lineno
            case _:
                pass


def _sure(body: list[ast.stmt]) -> Iterator[ast.stmt]:
    """Yield the statements that are run whatever happens, and whose failure nobody catches."""
    for node in body:
        match node:
            case ast.Try() | ast.If():
                if isinstance(node, ast.If) and is_main(node.test):
                    yield from _sure(node.body)
            case ast.With(body=inner):
                yield from _sure(inner) if "suppress" not in ast.unparse(node.items[0]) else ()
            case _:
                yield node
