"""What a user writes about one container: image, build, environment, probes, resources, security."""

from typing import Annotated, Any, Literal, TypeAlias

from pydantic import Tag as UnionTag
from pydantic import model_validator

from kgen.model.build import FileName, LabelName, LabelText, Variant
from kgen.model.frontend import Frontend
from kgen.model.image_plan import DOCKERFILE
from kgen.scalars import (
    IMAGE,
    INVALID_IMAGE,
    Command,
    ContainerPath,
    Cpu,
    DebianPackage,
    Digest,
    Duration,
    EnvName,
    ExtraName,
    Memory,
    MinorVersion,
    Name,
    PortName,
    PositiveCount,
    Reference,
    RelativePath,
    Repository,
    Tag,
    UrlPath,
    VersionText,
)
from kgen.source import Node
from kgen.spec import AS_WRITTEN, ONE_OR_MORE, REPLACED_WHOLE, Spec, fault, mapping_or_not


class Image(Spec):
    """A container image. A string is short for its parts."""

    repository: Repository | None = None
    """Registry and path, as `ghcr.io/acme/shop`."""

    tag: Tag | None = None
    """Tag; usually set per environment."""

    digest: Digest | None = None
    """`sha256:…` of the image index; wins over the tag."""

    @classmethod
    def expand(cls, node: Node) -> Node:
        if isinstance(node.value, str):
            match = IMAGE.fullmatch(node.value)
            # a text that does not parse stays one, and the check below says why
            return cls.only(node, **match.groupdict()) if match else node
        if isinstance(node.value, dict) and "tag" in node.value and "digest" not in node.value:
            # the digest of another tag would win over the new one
            return Node({**node.value, "digest": Node(None, node.at, "", node.file)}, node.at, node.text, node.file)
        return node

    @model_validator(mode="before")
    @classmethod
    def _explain(cls, value: Any) -> Any:
        if isinstance(value, str):
            way_out = "write it as `ghcr.io/acme/shop:1.0.0`, in lower case but for the tag"
            raise fault(INVALID_IMAGE, f"`{value}` is not an image", way_out)
        return value


class PythonBuild(Spec):
    """How a Python project becomes an image. What is left out is read off the project's own files."""

    version: MinorVersion | None = None
    """Minor version of Python, as `3.13`; by default that of `.python-version`, then the platform's."""

    manager: Literal["pip", "uv", "poetry", "pdm", "pipenv", "conda"] | None = None
    """Package manager; by default the one whose lock file is there."""

    manager_version: VersionText | None = None
    """Version of uv, Poetry, PDM or Pipenv in the builder; by default what wrote the lock file, where it says so."""

    requirements: Annotated[tuple[RelativePath, ...], ONE_OR_MORE] = ()
    """File for pip, relative to the context, as `requirements/prod.txt` or `pylock.toml`; or a list of them."""

    package: ExtraName | None = None
    """Package of a uv workspace that the image is for; by default the one at the root of the context."""

    extras: tuple[ExtraName, ...] = ()
    """Optional dependencies (`[project.optional-dependencies]`) to install."""

    groups: tuple[ExtraName, ...] = ()
    """Dependency groups to install besides the main dependencies."""

    install_project: bool = True
    """
    Whether the project itself is installed, where it is a package. `false` leaves it at its dependencies: programs that
    are started from the source need no more, and some projects only build with tools that no image has.
    """

    system_packages: tuple[DebianPackage, ...] = ()
    """Debian packages that the running app needs, and so do `commands`, as `libpq5`."""

    build_packages: tuple[DebianPackage, ...] = ()
    """Debian packages needed only to build, as `gcc`."""


class BuildSecret(Spec):
    """
    A secret that package indexes ask for; it is in no layer. A string is short for `{env: …}`, or `{file: /…}`.

    Exactly one of `env` and `file` is given. Its value comes with the call: `docker build --secret id=…,env=…`.
    """

    env: EnvName | None = None
    """Environment variable that holds it while packages are installed, as `UV_INDEX_ACME_PASSWORD`."""

    file: ContainerPath | None = None
    """File that it is while packages are installed, as `/root/.netrc`."""

    @classmethod
    def expand(cls, node: Node) -> Node:
        if not isinstance(node.value, str):
            return node
        return cls.only(node, file=node) if node.value.startswith("/") else cls.only(node, env=node)


StopSignal: TypeAlias = Literal["SIGINT", "SIGQUIT", "SIGTERM"]
"""A signal that asks a program to stop."""


class Build(Spec):
    """How the image is built. A string is short for `{context: …}`."""

    context: RelativePath = "."
    """Folder that is built, relative to the app file."""

    dockerfile: RelativePath | None = None
    """A Dockerfile of your own, relative to the context; kgen then writes none."""

    output: FileName = DOCKERFILE
    """
    Name of the Dockerfile that kgen writes into the context. Another name leaves a Dockerfile of your own alone, or
    makes a second image of one folder; the ignore file is then called `<output>.dockerignore`.
    """

    target: Name | None = None
    """Stage of your own Dockerfile."""

    args: dict[EnvName, Annotated[str, AS_WRITTEN]] = {}
    """Build arguments of your own Dockerfile."""

    variant: Variant = "slim"
    """
    What the image starts from. `slim`: Debian with Python. `distroless`: Debian's Python 3.13 and nothing else, not
    even a shell. `chainguard`: the same of Wolfi, with the newest Python. Neither takes Debian packages.
    """

    python: PythonBuild = PythonBuild()
    """How the generated Dockerfile installs Python and the project."""

    secrets: dict[ExtraName, BuildSecret] = {}
    """Secrets of package indexes, by their ids: `{netrc: /root/.netrc, acme: UV_INDEX_ACME_PASSWORD}`."""

    frontend: Frontend | None = None
    """A front end that is built by Node.js."""

    labels: dict[LabelName, LabelText] = {}
    """
    Labels of the image: static ones of the OCI by their last word, as `title: Shop`, `source: https://…` and
    `licenses: MIT`, and those below a domain of yours.
    """

    include: tuple[RelativePath, ...] = ()
    """
    Files and folders of the context that go into the image though they look like secrets, as `certs/database-ca.pem`,
    or like nothing that a program needs, as `tests`.
    """

    commands: tuple[Command, ...] = ()
    """Commands of the build, once project and packages are installed, as `python manage.py collectstatic --noinput`."""

    stop_signal: StopSignal | None = None
    """
    Signal that stops the program (`STOPSIGNAL`). By default what the commands listen to: `SIGINT` for Waitress, else
    `SIGTERM`, which a Python program ignores in a container if it has no handler of its own.
    """

    @classmethod
    def expand(cls, node: Node) -> Node:
        if not isinstance(node.value, str):
            return node
        return cls.only(node, context=node)


class EnvSource(Spec):
    """Where an environment variable's value comes from. Exactly one is given."""

    secret: Reference | None = None
    """`name/key` of a Secret that is declared under `secrets`."""

    config: Reference | None = None
    """`name/key` of a ConfigMap that exists already."""

    field: str | None = None
    """Field of the pod, as `metadata.name` (downward API)."""


EnvValue: TypeAlias = Annotated[
    Annotated[str, UnionTag("text")] | Annotated[EnvSource, UnionTag("source")],
    mapping_or_not("source", "text"),
    AS_WRITTEN,
    REPLACED_WHOLE,
]
"""A text, which may hold `${needs.db.url}`, `${components.web.url}` and `${secrets.name.key}`, or a source."""

Env: TypeAlias = dict[EnvName, EnvValue]


class Probe(Spec):
    """
    One probe. A string is short for `{http: …}`, `false` switches a default probe off.

    Exactly one of `http`, `tcp`, `exec`, `grpc` is given.
    """

    http: UrlPath | None = None
    """Path of an HTTP GET."""

    tcp: PortName | None = None
    """Name of a port that must accept a connection."""

    exec: Command | None = None
    """Command that must exit with 0."""

    grpc: PortName | None = None
    """Name of a port that answers gRPC health checks."""

    port: PortName | None = None
    """Name of the port for `http`; the component's first one by default."""

    period: Duration | None = None
    """Time between two checks (`periodSeconds`)."""

    timeout: Duration | None = None
    """Time that one check may take (`timeoutSeconds`)."""

    failures: PositiveCount | None = None
    """Failures in a row that count (`failureThreshold`)."""

    successes: PositiveCount | None = None
    """Successes in a row that count (`successThreshold`); more than 1 only for readiness."""

    initial_delay: Duration | None = None
    """Time before the first check (`initialDelaySeconds`); a startup probe is nearly always better."""

    off: bool = False
    """No such probe, not even kgen's default one."""

    @classmethod
    def expand(cls, node: Node) -> Node:
        if isinstance(node.value, str):
            return cls.only(node, http=node)
        return cls.only(node, off=True) if node.value is False else node


ProbeField: TypeAlias = Annotated[Probe, REPLACED_WHOLE]


class Probes(Spec):
    """How the cluster sees whether a component works. A string is one HTTP path for all three."""

    startup: ProbeField | None = None
    """Until it succeeds the other two wait; gives slow starters time."""

    readiness: ProbeField | None = None
    """While it fails the pod gets no requests."""

    liveness: ProbeField | None = None
    """When it fails the container is restarted."""

    @classmethod
    def expand(cls, node: Node) -> Node:
        if not isinstance(node.value, str):
            return node
        return cls.only(node, startup=node, readiness=node, liveness=node)


class Amounts(Spec):
    """Amounts of compute resources."""

    cpu: Cpu | None = None
    """Cores, as `0.5` or `500m`."""

    memory: Memory | None = None
    """Bytes, as `512Mi`."""


class Resources(Spec):
    """
    What a container may use.

    `{cpu, memory}` is short for requests of both and a memory limit equal to the request; CPU gets no limit,
    since throttling an idle node's CPU helps nobody.
    """

    requests: Amounts = Amounts()
    """What the scheduler reserves."""

    limits: Amounts = Amounts()
    """What the container may not exceed."""

    @classmethod
    def expand(cls, node: Node) -> Node:
        if not isinstance(node.value, dict):
            return node
        rest = {key: value for key, value in node.value.items() if key not in {"cpu", "memory"}}
        short = {key: value for key, value in node.value.items() if key in {"cpu", "memory"}}
        for part, names in (("requests", ("cpu", "memory")), ("limits", ("memory",))):
            given = {name: short[name] for name in names if name in short}
            explicit = rest.get(part, Node({}, node.at, "", node.file))
            if given and isinstance(explicit.value, dict):
                rest[part] = Node(given | explicit.value, explicit.at, "", node.file)
        return Node(rest, node.at, "", node.file)
