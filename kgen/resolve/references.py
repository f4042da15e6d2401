"""Environment variables: placeholders and sources, resolved to what they refer to."""

import re
from collections.abc import Iterable, Iterator, Mapping

from kgen.diag import Diagnostic, Label, Path
from kgen.features.service import PortSpec
from kgen.model.app import App
from kgen.model.component import Component
from kgen.model.container import Env, EnvSource
from kgen.model.needs import KINDS
from kgen.model.plan import Address, ConfigKey, Part, PodField, SecretKey, Variable
from kgen.model.platform import Platform
from kgen.resolve import needs, others
from kgen.resolve.names import object_name
from kgen.resolve.rules import BAD_PLACEHOLDER, UNKNOWN_REFERENCE
from kgen.words import nearest, suggestion

ADDRESS_OUTPUTS = ("url", "host", "port")
_POD_FIELDS = re.compile(
    r"metadata\.(name|namespace|uid|(labels|annotations)\['([a-z0-9.-]+/)?[A-Za-z0-9]([A-Za-z0-9._-]*[A-Za-z0-9])?'\])"
    r"|spec\.(nodeName|serviceAccountName)|status\.(hostIP|hostIPs|podIP|podIPs)"
)
_PLACEHOLDER = re.compile(r"\$\$\{|\$\{(?P<inside>[^}]*)(?P<end>\}?)")
_IN_WORDS = re.compile(r"(?<!\$)\$\{(needs|components|secrets|apps)\.[^}]*\}?")
_FORMS = (
    "`${needs.<name>.<output>}`, `${components.<name>.<output>}`, `${secrets.<name>.<key>}`, `${apps.<name>.<output>}`"
)


def listens(component: Component) -> Mapping[str, PortSpec]:
    """Return all ports of a component's pods: its own first, then those of its sidecars."""
    made = dict(component.ports)
    for sidecar in component.sidecars.values():
        made |= {name: port for name, port in sidecar.ports.items() if name not in made}
    return made


def selected(component: Component, port: str) -> str | int:
    """Return how a policy calls a port: not all network plugins look for the names of a sidecar's."""
    return port if port in component.ports else listens(component)[port].port


def ports_of(component: Component) -> Mapping[str, tuple[int, int]]:
    """Return port name → number in the container and number of the Service."""
    return {name: (port.port, port.service_port or port.port) for name, port in listens(component).items()}


def tcp_ports(component: Component) -> Mapping[str, tuple[int, int]]:
    """Return the ports that requests and probes can reach: name → number in the container and of the Service."""
    udp = {name for name, port in listens(component).items() if port.protocol != "TCP"}
    return {name: numbers for name, numbers in ports_of(component).items() if name not in udp}


def variables(app: App, env: Env, platform: Platform, environment: str = "") -> tuple[Variable, ...]:
    """Return ``env`` with every placeholder replaced by what it refers to; ``faults`` has found nothing."""
    return tuple(
        Variable(name=name, parts=tuple(_parts(app, value, platform, environment))) for name, value in env.items()
    )


def in_words(words: tuple[str, ...] | None, at: Path) -> Iterator[Diagnostic]:
    """Yield placeholders in a command, where nobody replaces them."""
    for index, word in enumerate(words or ()):
        if match := _IN_WORDS.search(word):
            yield Diagnostic(
                rule=BAD_PLACEHOLDER,
                message=f"`{match[0]}` stands in a command, where nothing replaces it",
                at=Label((*at, index)),
                help="put it into a variable of `env`, and let the program read that",
            )


def sound(app: App, env: Env) -> Env:
    """Return the part of ``env`` in which ``faults`` finds nothing, for rules that run beside it."""
    return {name: value for name, value in env.items() if not any(faults(app, {name: value}, ()))}


def faults(app: App, env: Env, at: Path) -> Iterator[Diagnostic]:
    """Yield what in ``env`` refers to nothing."""
    for name, value in env.items():
        where = (*at, name)
        if isinstance(value, str):
            for match in _PLACEHOLDER.finditer(value):
                if match[0] != "$${":
                    yield from _placeholder_faults(app, match, where)
        elif value.secret:
            secret, key = value.secret.split("/")
            yield from _secret_faults(app, secret, key, (*where, "secret"))
        elif value.field and not _POD_FIELDS.fullmatch(value.field):
            yield Diagnostic(
                rule=UNKNOWN_REFERENCE,
                message=f"a pod has no field `{value.field}` that a variable can take",
                at=Label((*where, "field")),
                help="use `metadata.name`, `metadata.namespace`, `status.podIP`, `spec.nodeName` or a label",
            )


def _parts(app: App, value: str | EnvSource, platform: Platform, environment: str) -> Iterator[Part]:
    if isinstance(value, EnvSource):
        if value.secret:
            secret, key = value.secret.split("/")
            yield SecretKey(secret=secret, key=key)
        elif value.config:
            config, key = value.config.split("/")
            yield ConfigKey(config=config, key=key)
        else:
            yield PodField(path=value.field or "")
        return
    end, text = 0, ""
    for match in _PLACEHOLDER.finditer(value):
        text += value[end : match.start()]
        end = match.end()
        if match[0] == "$${":
            text += "${"
            continue
        if text:
            yield text
            text = ""
        sort, name, output = _steps(match["inside"], app.secrets)
        if sort == "needs":
            yield from needs.outputs(app, platform, name)[output]
        elif sort == "apps":
            yield others.address(app, environment, name, output)
        else:
            yield _reference(app, sort, name, output)
    if text + value[end:] or not value:
        yield text + value[end:]


def _steps(inside: str, secrets: Iterable[str]) -> list[str]:
    """
    Return the three steps of a placeholder; names and keys of secrets may hold dots themselves.

    >>> _steps("needs.db.url", []), _steps("secrets.web.tls.crt", ["web"]), _steps("secrets.a.b.key", ["a", "a.b"])
    (['needs', 'db', 'url'], ['secrets', 'web', 'tls.crt'], ['secrets', 'a.b', 'key'])
    """
    sort, _, rest = inside.partition(".")
    known = [name for name in secrets if sort == "secrets" and rest.startswith(f"{name}.")]
    if known:
        name = max(known, key=len)
        return [sort, name, rest[len(name) + 1 :]]
    return inside.split(".", 2)


def _reference(app: App, sort: str, name: str, output: str) -> Part:
    if sort == "secrets":
        return SecretKey(secret=name, key=output)
    component = app.components[name]
    ports = tcp_ports(component) or ports_of(component)
    container_port, service_port = next(iter(ports.values()), (0, 0))
    return Address(
        component=name,
        host=object_name(app.name, name),
        port=service_port,
        container_port=container_port,
        outside=component.host or "",
        output="url" if output == "url" else "host" if output == "host" else "port",
    )


def _placeholder_faults(app: App, match: re.Match[str], at: Path) -> Iterator[Diagnostic]:
    steps = _steps(match["inside"], app.secrets)
    if not match["end"] or len(steps) != 3 or steps[0] not in {"needs", "components", "secrets", "apps"}:  # noqa: PLR2004  # the form itself
        yield Diagnostic(
            rule=BAD_PLACEHOLDER,
            message=f"`{match[0]}` is not a placeholder that kgen knows",
            at=Label(at),
            help=f"write {_FORMS}, or `$${{` for a literal `${{`",
        )
        return
    sort, name, output = steps
    if sort == "secrets":
        yield from _secret_faults(app, name, output, at)
        return
    known = list(app.needs) if sort == "needs" else [name for name in app.components if _has_address(app, name, output)]
    outputs = tuple(KINDS[app.needs[name].type].outputs) if sort == "needs" and name in known else ADDRESS_OUTPUTS
    if sort == "apps":
        known = list(app.apps)
    if sort == "components" and name in app.components and name not in known:
        way_out = "add `port` to it"
        yield Diagnostic(rule=UNKNOWN_REFERENCE, message=f"`{name}` has no port", at=Label(at), help=way_out)
    elif name not in known:
        what = {"needs": "backing service", "apps": "app"}.get(sort, "component")
        declared = {"needs": "{type: postgres}", "apps": "{component: web, port: 8000}"}
        way_out = f"declare it: `{sort}: {{{name}: {declared[sort]}}}`" if sort in declared else ""
        yield _unknown(f"there is no {what} `{name}`", name, known, at, way_out)
    elif output not in outputs:
        yield _unknown(f"`{sort}.{name}` has no output `{output}`", output, list(outputs), at)


def _has_address(app: App, name: str, output: str) -> bool:
    """Tell whether a component can be called; a host outside can be named without a port."""
    component = app.components[name]
    return bool(ports_of(component)) or (component.type == "external" and output != "port")


def _secret_faults(app: App, name: str, key: str, at: Path) -> Iterator[Diagnostic]:
    if name not in app.secrets:
        way_out = f"declare it: `secrets: {{{name}: {{keys: [{key}]}}}}`"
        yield _unknown(f"the secret `{name}` is not declared", name, list(app.secrets), at, way_out)
    elif key not in app.secrets[name].keys:
        yield _unknown(f"the secret `{name}` has no key `{key}`", key, list(app.secrets[name].keys), at)


def secret_faults(app: App, reference: str, at: Path) -> Iterator[Diagnostic]:
    """Yield that ``name/key`` is no key of a declared secret."""
    name, key = reference.split("/")
    yield from _secret_faults(app, name, key, at)


def _unknown(message: str, word: str, known: list[str], at: Path, otherwise: str = "") -> Diagnostic:
    way_out = otherwise if otherwise and not nearest(word, known) else suggestion(word, known, "there are")
    return Diagnostic(rule=UNKNOWN_REFERENCE, message=message, at=Label(at), help=way_out)
