"""
Hypothesis strategies for whole app files, as plain data that a user would write: shorthands, nulls, bare numbers.

``of`` reads a strategy off an annotation of the model and raises on what it does not know, so a new field is drawn
without a line here, and a new sort of scalar asks for its line in ``SCALARS``. What only makes sense together (a probe
and the port it asks, a request and its limit) is drawn in an order in which it comes out right; nothing is filtered.

Hypothesis loads its own ``ci`` profile where the variable ``CI`` is set: there, every run draws the same examples.
"""

import shlex
import types
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from posixpath import join, normpath
from typing import Annotated, Any, Final, Literal, TypeAlias, Union, cast, get_args, get_origin

from annotated_types import Interval
from hypothesis import strategies as st
from pydantic import AfterValidator
from pydantic.fields import FieldInfo

from kgen import addresses, labels, prometheus, scalars
from kgen.cron import timezones
from kgen.features import account, autoscaling, triggers
from kgen.features.account import ApiRule, Rbac, ServiceAccount
from kgen.features.alerts import Alerts
from kgen.features.autoscaling import Behavior, Metric, Pace
from kgen.features.backups import Backup, Days
from kgen.features.configuration import FileSpec
from kgen.features.dashboards import Dashboards
from kgen.features.disruption import Disruption
from kgen.features.metrics import Metrics, Requests
from kgen.features.namespace import NamespaceSpec
from kgen.features.network import EgressPeer, IngressPeer, Network, OtherApp, PeerPortSpec
from kgen.features.routes import Route, Tls
from kgen.features.secrets import EntryPath, SecretSpec
from kgen.features.service import PortSpec, Public
from kgen.features.slo import Slo
from kgen.features.triggers import CronTimes, Kafka, PrometheusQuery, RabbitMq, RedisList, Trigger
from kgen.features.volumes import Volume
from kgen.model.app import App, Compose, Release
from kgen.model.build import EnvExample, FileName, LabelName, LabelText
from kgen.model.companions import InitContainer, Shared, Sidecar
from kgen.model.component import Component
from kgen.model.container import (
    Build,
    BuildSecret,
    EnvSource,
    EnvValue,
    Image,
    Probe,
    Probes,
    PythonBuild,
    Resources,
)
from kgen.model.facts import Facts, Lock, NodeProject, Packaging, Project, Requirements, SecretFile
from kgen.model.frontend import Frontend, NodeVersion
from kgen.model.needs import KINDS, Need
from kgen.model.packages import Manager
from kgen.model.patches import FilePattern, Operation, Patch, PatchTarget
from kgen.model.placement import Affinity, DnsOptions, Handler, IpAddress, Lifecycle, NodeRule, Spread, Toleration
from kgen.model.platform import Defaults
from kgen.model.replicas import Autoscaling
from kgen.model.runs import FailureRule
from kgen.model.security import Security
from kgen.record import replace
from kgen.spec import AS_WRITTEN, NotYet, Spec

Strategy: TypeAlias = st.SearchStrategy[Any]
Check: TypeAlias = Callable[..., Any]

TRAPS: Final = (
    *("no", "1e3", "12:30:45", "~", "", "0o7", "null", "y", "0644", "0x1F", "1_000", ".inf", "2026-01-31", "=", "<<"),
    *("$(HOME)", "$$(HOME)", "$", "$$", "${", "$${x}", "${needs.db.url}", "{{ x }}", "%s", "{0}", "\\", '"', "'"),
    *("a: b", "# c", " x ", "- a", "[a]", "{a: b}", "&a", "*a", "!!int 1", "@a", "`a`", "|", ">", "---", "..."),
    *(
        "two\nlines\n",
        "\ttab",
        "cr\r\n",
        " \n",
        "\n\n",
        "ünï ✓ 日本",
        "🙂",
        "\u2028",
        "\u202e",
        "\ufeff",
        "\x07",
        "\x85",
    ),
)
"""Texts that some reader takes for something else; random text hardly ever finds them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """What exists already when something is drawn that refers to it."""

    ports: tuple[str, ...] = ("http",)
    """Names of the component's ports."""

    others: tuple[str, ...] = ()
    """Names of the other components."""

    lowest: int = 2
    """Pods of the component that always run."""

    references: tuple[str, ...] = ()
    """Placeholders that stand for something."""

    secrets: tuple[str, ...] = ()
    """``name/key`` of every declared secret."""

    saves: bool = False
    """Whether the component has a persistent volume."""

    measured: bool = False
    """Whether the component counts its requests, with a histogram."""
    needs: tuple[tuple[str, str], ...] = ()
    """Backing services, with their types."""
    volumes: tuple[str, ...] = ("data",)
    """Names of the component's volumes."""

    files: tuple[str, ...] = ("/etc/file",)
    """Paths of the component's files."""

    favourite: str = ""
    """Field that is drawn wherever it can be, so that all that is below it is met in some apps."""

    builds: bool = False
    """Whether the app says how its image is built; components of such an image need a command."""


# --- scalars --------------------------------------------------------------------------------------------------------


def _text(alphabet: str, most: int, *, start: str = "", end: str = "") -> st.SearchStrategy[str]:
    """Return texts of 1 to ``most`` characters, whose first and last one may have to be of a smaller alphabet."""
    first, last = st.sampled_from(start or alphabet), st.sampled_from(end or alphabet)
    return st.one_of(first, st.builds("{}{}{}".format, first, st.text(alphabet, max_size=most - 2), last))


_LOWER = "abcdefghijklmnopqrstuvwxyz"
_DIGITS = "0123456789"
_ALNUM = _LOWER + _DIGITS
_KEY = _ALNUM + _LOWER.upper() + "-_."

free_text: Final = st.one_of(
    st.sampled_from(TRAPS), st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=20)
)
short_name: Final = st.one_of(
    st.sampled_from(["web", "db", "no", "on", "true", "null", "y", "e1", "inf", "a-b", "release"]),
    # a key that starts with `x-` is somebody else's
    _text(_ALNUM + "-", 12, start=_LOWER, end=_ALNUM).map(lambda text: f"z{text}" if text.startswith("x-") else text),
)
"""Names that are part of other names, which must not become too long together."""

_name = st.one_of(short_name, st.just("n" * 63), _text(_ALNUM + "-", 63, start=_LOWER, end=_ALNUM))
_object_name = st.one_of(short_name, st.sampled_from(["1", "0.1", "a.b-c.d", "no.on", "x" * 100]))
_key = st.one_of(
    st.sampled_from(["no", "1", "1.0", "1e3", "0644", "a_b.c-d", "URL"]), _text(_KEY, 20, start=_ALNUM, end=_ALNUM)
)
_number = st.integers(0, 59).map(str)
_count = st.integers(1, 120)
_duration = st.one_of(
    st.sampled_from(["1h30m", "90s", "1h1m1s", "05m"]),
    st.builds("{}{}".format, _count, st.sampled_from("sm")),
)
_word = st.one_of(
    free_text.map(lambda text: text.replace("${", "$ {")), st.sampled_from(["--port", "8000", "-c", "0.5", "app:app"])
)
_command = st.one_of(
    st.lists(st.one_of(_word, st.integers(-1, 9000), st.booleans(), st.just(0.5)), min_size=1, max_size=4),
    st.lists(
        st.sampled_from(["gunicorn", "--bind", "0.0.0.0:8000", "it's", "two words", "8000", "no"]), min_size=1
    ).map(lambda parts: shlex.join(["run", *parts])),
)
_schedule = st.one_of(
    st.sampled_from(["@daily", "@hourly", "*/5 * * * *", "0 0 1,15 * mon-fri", "? 8-18/2 ? JAN-dec sun"]),
    st.builds(
        "{} {} {} {} {}".format, _number, st.integers(0, 23), st.integers(1, 29), st.integers(1, 12), st.just("*")
    ),
)
_path_step = _text(_KEY + "@+", 8, start=_ALNUM, end=_ALNUM)
_container_path = st.one_of(
    st.sampled_from(["/tmp", "/data", "/etc/app/no", "/var/lib/1e3", "/.a/b_c@d+e"]),  # noqa: S108  # in the container
    st.lists(_path_step, min_size=1, max_size=3).map(lambda steps: "/" + "/".join(steps)),
)
_url_path = st.one_of(
    st.sampled_from(["/", "/healthz", "/a?b=c&d=%20", "/$(X)", "/ünï", "/{x}"]), _path_step.map("/{}".format)
)
_route_path = st.one_of(st.sampled_from(["/", "/api", "/a.b/c", "/no/"]), _path_step.map("/{}".format))
_relative_path = st.one_of(st.sampled_from([".", "svc", "a b/c", "./x", "no", "1.0"]), _path_step)
_version = st.one_of(st.sampled_from(["17", "3.13", "3.10", "1.10.0", "18.1"]), st.integers(1, 99).map(str))
_one_host = st.one_of(st.sampled_from(["shop.example.com", "1.no"]), short_name)
_host = st.one_of(_one_host, st.sampled_from(["*.example.com", "localhost"]))
_repository = st.one_of(
    st.sampled_from(["shop", "ghcr.io/acme/shop", "localhost:5000/a/b__c", "registry.Example.com/x-y/z"]),
    st.lists(_text(_ALNUM, 8), min_size=1, max_size=3).map("/".join),
)
_tag = st.one_of(
    st.sampled_from(["1.10", "latest", "1", "0.5", "1e3", "v1.0.0-rc.1", "_x"]), _text(_KEY, 20, start="a1_")
)
_digest = st.text("0123456789abcdef", min_size=64, max_size=64).map("sha256:{}".format)
_env_name = st.one_of(
    st.sampled_from(["PORT", "no", "_X", "a.b-c", "DATABASE_URL", "PATH"]), _text(_KEY, 12, start="Ab_")
)
_cpu_low, _cpu_high = ["1m", "50m", "0.1", "100m", "0.50"], ["500m", "1", "2", "0.5", "1.5"]
_memory_low, _memory_high = ["64Mi", "2000k", "128M", "0.125Gi", "1024Ki"], ["256Mi", "1G", "1.5Gi", "1Ti"]
_memory_even = ["256Mi", "0.25Gi", "262144Ki", "268435456"]
_size = st.one_of(st.sampled_from(["1Gi", "1.5Gi", "500M", "1073741824", "10Ti"]), _count.map("{}Gi".format))


def _check_of(alias: Any) -> Check:
    """Return the function that makes a scalar what it is."""
    return [mark.func for mark in alias.__metadata__ if isinstance(mark, AfterValidator)][-1]


_address = st.sampled_from(["10.0.0.7", "192.168.1.1", "2001:db8::1"])

SCALARS: Final[Mapping[Check, Strategy]] = {
    _check_of(alias): strategy
    for alias, strategy in (
        (scalars.Name, _name),
        (IpAddress, _address),
        (scalars.PortName, _text(_ALNUM, 15, start=_LOWER)),
        (scalars.ObjectName, _object_name),
        (scalars.Key, _key),
        (scalars.EnvName, _env_name),
        (scalars.Reference, st.builds("{}/{}".format, _object_name, _key)),
        (scalars.Host, _host),
        (scalars.OneHost, _one_host),
        (scalars.ContainerPath, _container_path),
        (scalars.WorkingFolder, _container_path | st.just("/")),
        (scalars.UrlPath, _url_path),
        (scalars.RoutePath, _route_path),
        (scalars.AppProtocol, st.sampled_from(["http", "grpc", "kubernetes.io/h2c"])),
        (scalars.RelativePath, _relative_path),
        (EnvExample, st.sampled_from([".env.example", ".env.kgen.example", ".env.1"])),
        (LabelName, st.sampled_from(["title", "source", "licenses", "com.example.team", "io.example-1.x"])),
        (LabelText, st.sampled_from(["Shop", 'a "b" $5', "\\", "no"])),
        (NodeVersion, st.sampled_from(["24", "22.14", "20.19.5"])),
        (FileName, st.sampled_from(["Dockerfile", "Dockerfile.kgen", "api.Dockerfile", "1", "_no"])),
        (scalars.VersionText, _version),
        (scalars.MinorVersion, st.sampled_from(["3.11", "3.13", "3.10"])),
        (scalars.DebianPackage, st.sampled_from(["libpq5", "g++", "libstdc++6", "python3.11"])),
        (labels.LabelKey, st.sampled_from(["app", "app.kubernetes.io/name", "a.b/C_d"])),
        (labels.LabelValue, st.sampled_from(["", "1", "web", "A_b.c", "no"])),
        (addresses.Cidr, st.sampled_from(["10.0.0.0/8", "203.0.113.7/32", "::/0", "fd00::/8", "0.0.0.0/0"])),
        (scalars.ExtraName, st.sampled_from(["postgres", "dev", "a.b_c-d", "1"])),
        (Days, st.integers(1, 9999).map("{}d".format)),
        (prometheus.AlertName, st.sampled_from(["QueueTooLong", "No", "X1"])),
        (prometheus.Query, st.sampled_from(["vector(1)", 'sum(x{a=~"b{2}"}) > 1', "up == 0 # (\nor vector(1)"])),
        (prometheus.Objective, st.sampled_from(["99.9", "95", "50", "99.999", "90.0"])),
        (prometheus.Delay, st.sampled_from(["300ms", "1s", "1000ms", "2500ms"])),
        (prometheus.MetricName, st.sampled_from(["http_requests_total", "a:b_c", "_x9"])),
        (prometheus.LabelName, st.sampled_from(["code", "status", "_x"])),
        (scalars.Share, st.integers(1, 99).map("{}%".format)),
        (scalars.Cpu, st.sampled_from(_cpu_low + _cpu_high)),
        (scalars.Memory, _size),
        (scalars.Duration, _duration),
        (scalars.Command, _command),
        (scalars.Schedule, _schedule),
        (scalars.TimeZone, st.sampled_from(sorted(timezones()))),
        (EntryPath, st.sampled_from(["shared/mail", "{env}/{app}/{secret}", "x-{key}"])),
        (scalars.Repository, _repository),
        (scalars.Tag, _tag),
        (scalars.Digest, _digest),
        (FilePattern, st.sampled_from(["extra/*.yaml", "a b/c?.yaml", "*.yml"])),
        (account.ApiGroup, st.sampled_from(["apps", "batch", "coordination.k8s.io"])),
        (account.ApiResource, st.sampled_from(["configmaps", "pods/log", "leases"])),
        (labels.AnnotationKey, st.sampled_from(["eks.amazonaws.com/role-arn", "no", "a.b/c_d"])),
        (autoscaling.MetricName, st.sampled_from(["requests_per_second", "queue.depth", "a|b|c", "no"])),
        (autoscaling.LabelKey, st.sampled_from(["queue", "app.kubernetes.io/name", "no"])),
        (autoscaling.LabelValue, _text(_KEY, 20, start=_ALNUM, end=_ALNUM)),
        (autoscaling.Amount, st.sampled_from(["100", "0.5", "250m", "1000", "1.5k", "2Ki"])),
        (triggers.Text, st.sampled_from(["orders", "1", "a b", "no", "x/y"])),
        (triggers.Query, st.sampled_from(["sum(rate(a[5m]))", 'up{app="shop"} == 0', "1"])),
        (triggers.Threshold, st.sampled_from(["1", "0.5", "100"])),
        (triggers.Address, st.sampled_from(["http://prometheus:9090", "https://p.example.com/a"])),
        (triggers.Servers, st.sampled_from(["kafka:9092", "a:1,b:2"])),
        (triggers.Times, st.sampled_from(["0 8 * * mon-fri", "30 7 1 1 *"])),
        (autoscaling.Window, st.sampled_from(["0s", "90s", "1h", "5m"])),
        (autoscaling.Period, st.sampled_from(["1s", "15s", "30m"])),
    )
}
"""Validator of a scalar → values that it accepts."""


def _bare(text: str) -> Any:
    """Return the number or boolean that a user may write, without quotes, where ``text`` is meant."""
    if text in {"true", "false"}:
        return text == "true"
    for read in (int, float):
        try:
            if repr(read(text)) == text and read(text) < 10**9:
                return read(text)
        except ValueError:
            continue
    return text


def as_text(value: Any) -> str:
    """Return what kgen takes a bare scalar for: the text that the user wrote."""
    return str(value).lower() if isinstance(value, bool) else str(value)


def as_written(texts: st.SearchStrategy[str]) -> Strategy:
    """Return ``texts``, some of them as bare scalars."""
    return st.one_of(texts, texts.map(_bare))


# --- read off the model ---------------------------------------------------------------------------------------------


def of(annotation: Any, known: Known | None = None) -> Strategy:
    """
    Return a strategy for what a user may write where the model says ``annotation``.

    Raises:
        TypeError: The annotation has a shape that is new here.
    """
    return _of(annotation, (), known or Known())


def _of(annotation: Any, marks: tuple[Any, ...], known: Known) -> Strategy:  # noqa: PLR0911  # one per shape
    if annotation == EnvValue:
        return _env_value(known)
    origin, args = get_origin(annotation), get_args(annotation)
    if origin is Annotated:
        return _of(args[0], (*marks, *args[1:]), known)
    if origin in {Union, types.UnionType}:
        return _rarely_null([_of(each, marks, known) for each in args if each is not type(None)], args)
    if annotation is type(None):
        return st.none()
    if checks := [mark.func for mark in marks if isinstance(mark, AfterValidator)]:
        return _scalar(annotation, checks[-1], marks)
    if origin is dict:
        return st.dictionaries(SCALARS[_check_of(args[0])], _of(args[1], (), known), max_size=3)
    if origin is tuple and args[1:] == (...,):
        return st.lists(_of(args[0], (), known), max_size=3)
    if origin is Literal:
        later = {word for mark in marks if isinstance(mark, NotYet) for word in mark.values}
        return st.sampled_from([word for word in args if word not in later])
    if isinstance(annotation, type) and issubclass(annotation, Spec):
        return written(annotation, known)
    return _builtin(annotation, marks)


def _rarely_null(kinds: list[Strategy], args: Collection[Any]) -> Strategy:
    """Return one of ``kinds``, now and then null where that is possible."""
    given = st.one_of(kinds)
    if type(None) not in args:
        return given
    return st.integers(0, 5).flatmap(lambda number: given if number else st.none())


def _scalar(annotation: Any, check: Check, marks: tuple[Any, ...]) -> Strategy:
    if check not in SCALARS:
        raise TypeError(f"no strategy for the scalar that {check} accepts: add a line to SCALARS")
    known = SCALARS[check]
    return as_written(known) if annotation is str and AS_WRITTEN in marks else known


def _builtin(annotation: Any, marks: tuple[Any, ...]) -> Strategy:
    bounds = next((mark for mark in marks if isinstance(mark, Interval)), None)
    if annotation is int and bounds and isinstance(bounds.ge, int) and isinstance(bounds.le, int):
        return st.integers(bounds.ge, bounds.le)
    if annotation is bool:
        return st.booleans()
    if annotation is str:
        return as_written(st.one_of(free_text, _number)) if AS_WRITTEN in marks else free_text
    raise TypeError(f"no strategy for {annotation} with {marks}")


def written(model: type[Spec], known: Known) -> Strategy:
    """
    Return a strategy for ``model``, its shorthands included.

    Raises:
        TypeError: It has a shorthand that is new here, or a field whose shape is.
    """
    own = LONG_FORMS.get(model)
    long = own(known) if own else fields(model, known)
    if model.expand.__func__ is Spec.expand.__func__:  # type: ignore[attr-defined]  # a classmethod's function
        return long
    if model not in SHORTHANDS:
        raise TypeError(f"no strategy for the shorthand of {model}: add a line to SHORTHANDS")
    return st.one_of(SHORTHANDS[model](known), long)


def fields(
    model: type[Spec], known: Known, *, without: Collection[str] = (), always: Collection[str] = ()
) -> st.SearchStrategy[dict[str, Any]]:
    """
    Return a strategy for the long form of ``model``.

    Args:
        model: What is written.
        known: What it may refer to.
        without: Keys to leave out.
        always: Keys to put in, with a value, besides those that have no default.
    """
    return _fields(model, known, frozenset(without), frozenset(always))


@lru_cache(maxsize=1000)
def _fields(
    model: type[Spec], known: Known, without: frozenset[str], always: frozenset[str]
) -> st.SearchStrategy[dict[str, Any]]:
    needed: dict[str, Strategy] = {}
    others: dict[str, Strategy] = {}
    for name, info in model.model_fields.items():
        key = info.alias or name
        if key in without or any(isinstance(mark, NotYet) and not mark.values for mark in info.metadata):
            continue
        is_needed = key in always or info.is_required()
        (needed if is_needed else others)[key] = _field(model, key, info, known, is_needed=is_needed)
    return st.fixed_dictionaries(needed, optional=others) if len(others) <= _MANY else _with_some(needed, others)


_MANY: Final = 12
"""Fields of a model from which on most are left out of a draw, or little would come of what is deep in the others."""


@st.composite
def _with_some(draw: st.DrawFn, needed: Mapping[str, Strategy], others: Mapping[str, Strategy]) -> dict[str, Any]:
    """Draw a mapping with a handful of ``others``, or about half of them."""
    possible = [key for key, each in others.items() if not each.is_empty]
    if draw(st.booleans()):
        made: dict[str, Any] = draw(st.fixed_dictionaries(dict(needed), optional=dict(others)))
        return made
    keys = draw(st.lists(st.sampled_from(possible), max_size=_MANY, unique=True)) if possible else []
    return {key: draw(each) for key, each in (*needed.items(), *((key, others[key]) for key in keys))}


def _field(model: type[Spec], key: str, info: FieldInfo, known: Known, *, is_needed: bool) -> Strategy:
    marks = tuple(info.metadata)
    if own := FIELDS.get((model, key)):
        return own(known)
    if is_needed and get_origin(info.annotation) in {Union, types.UnionType}:
        kinds = [each for each in get_args(info.annotation) if each is not type(None)]
        return st.one_of([_of(each, marks, known) for each in kinds])
    return _of(info.annotation, marks, known)


# --- what belongs together ------------------------------------------------------------------------------------------

_POD_FIELDS = (
    *("metadata.name", "metadata.namespace", "metadata.uid", "spec.nodeName", "status.podIP"),
    "metadata.labels['app.kubernetes.io/name']",
)


def _escaped(text: str) -> str:
    return text.replace("${", "$${")


def _env_value(known: Known) -> Strategy:
    plain = free_text.map(_escaped)
    made = [plain, as_written(_number), as_written(st.sampled_from(["1.10", "true", "0.5"])), written(EnvSource, known)]
    if known.references:
        reference = st.sampled_from(known.references)
        piece = plain.map(lambda text: text.rstrip("$"))  # or a brace after it would make a placeholder of both
        made += [reference, st.lists(st.one_of(reference, piece), min_size=2, max_size=4).map("".join)]
    return st.one_of(made)


def _exactly_one(model: type[Spec], keys: Collection[str], known: Known, *, without: Collection[str] = ()) -> Strategy:
    return st.one_of(
        [fields(model, known, without={*keys, *without} - {key}, always=[key]) for key in keys if key not in without]
    )


def _env_source(known: Known) -> Strategy:
    return _exactly_one(EnvSource, ("secret", "config", "field"), known, without=() if known.secrets else ("secret",))


def _probe(known: Known, *, without: Collection[str] = ()) -> Strategy:
    if not known.ports:
        without = {*without, "http", "tcp", "grpc", "port"}
    http = fields(Probe, known, without={*without, "tcp", "exec", "grpc", "off"}, always=["http"])
    named = fields(Probe, known, without={*without, "tcp", "exec", "grpc", "off"}, always=["http", "port"])
    other = _exactly_one(Probe, ("tcp", "exec", "grpc"), known, without={*without, "http", "port", "off"})
    return st.one_of(other, *([] if "http" in without else [http, named]), st.just({"off": True}))


def _single_success(known: Known) -> Strategy:
    return st.one_of(st.none(), SHORTHANDS[Probe](known), _probe(known, without=["successes"]))


def _url(known: Known) -> Strategy:
    return _url_path if known.ports else st.nothing()


def _image(_known: Known) -> Strategy:
    tags, digests = _tag.map(":{}".format), _digest.map("@{}".format)
    return st.builds("{}{}{}".format, _repository, st.just("") | tags, st.just("") | digests)


def _amounts(cpu: list[str], memory: list[str]) -> st.SearchStrategy[dict[str, Any]]:
    amounts = {"cpu": as_written(st.sampled_from(cpu)), "memory": as_written(st.sampled_from(memory))}
    return st.fixed_dictionaries({}, optional={key: st.none() | amount for key, amount in amounts.items()})


def _short_resources(known: Known) -> Strategy:
    """Return the short form, alone or with parts of the long one, which wins."""
    short = _amounts(_cpu_low, _memory_even)
    return st.one_of(short, st.builds(lambda one, more: one | more, short, fields(Resources, known)))


def _autoscaling(known: Known) -> Strategy:
    def order(bounds: dict[str, Any]) -> dict[str, Any]:
        low, high = sorted((bounds.get("min", 2), bounds["max"]))
        return bounds | ({"min": low, "max": high} if "min" in bounds else {"max": high})

    keda = ["triggers", "pollingInterval", "cooldownPeriod"]
    full = fields(
        Autoscaling, known, without=keda, always=["metrics", "behavior"]
    )  # or what is deep in it would hardly be drawn
    return st.one_of(fields(Autoscaling, known, without=keda).map(order), full.map(order), _scaled_by_events(known))


def _scaled_by_events(known: Known) -> Strategy:
    """Return bounds that KEDA looks after, as long as there is something that it can ask."""

    def order(bounds: dict[str, Any]) -> dict[str, Any]:
        low, high = sorted((0 if "cooldownPeriod" in bounds else bounds["min"], bounds["max"]))
        low = min(low, 9_999)  # there is room for one more
        for each in bounds["triggers"]:
            if "cron" in each:
                each["cron"]["replicas"] = max(high, low + 1)
        return bounds | {"min": low, "max": max(high, low + 1)}

    some = st.lists(_trigger(known), min_size=3 if known.favourite == "replicas" else 1, max_size=4)
    rest = fields(Autoscaling, known, without=["metrics", "triggers"], always=["min"])
    return st.builds(lambda bounds, chosen: order(bounds | {"triggers": chosen}), rest, some)


def _trigger(known: Known) -> Strategy:
    services = {"rabbitmq": ("rabbitmq",), "redis": ("redis", "valkey"), "kafka": ("kafka",)}
    models: dict[str, type[Spec]] = {"rabbitmq": RabbitMq, "redis": RedisList, "kafka": Kafka}
    made = [
        fields(PrometheusQuery, known, always=["server"]).map(lambda asked: {"prometheus": asked}),
        fields(CronTimes, known).map(lambda times: {"cron": times | {"end": "0 18 * * *"}}),
        fields(Kafka, known, without=["need"], always=["servers"]).map(lambda asked: {"kafka": asked}),
    ]
    if known.secrets:
        given = st.sampled_from(known.secrets)
        queue = fields(RabbitMq, known, without=["need", "secret"])
        made.append(st.builds(lambda asked, secret: {"rabbitmq": asked | {"secret": secret}}, queue, given))
    asking = []
    for need, kind in known.needs:
        for name, kinds in services.items():
            if kind in kinds:
                out = {"need", "secret", "servers"}
                full = fields(models[name], known, without=out, always={*_keys(models[name])} - out)
                asked = st.one_of(fields(models[name], known, without=out), full)
                whole = st.tuples(st.just(name), st.just(need), asked)
                asking.append(whole.map(lambda all_: {all_[0]: all_[2] | {"need": all_[1]}}))
    if asking:
        return st.booleans().flatmap(lambda by_need: st.one_of(asking if by_need else made))
    return st.one_of(made)


def _metric(known: Known) -> Strategy:
    of_pods = fields(Metric, known, without=["object", "external", "value"], always=["pods", "average"])
    other = st.sampled_from(["object", "external"]), st.sampled_from(["average", "value"])
    return st.one_of(of_pods, st.tuples(*other).flatmap(lambda keys: _other_metric(keys, known)))


def _other_metric(keys: tuple[str, ...], known: Known) -> Strategy:
    return fields(Metric, known, without={"pods", "object", "external", "average", "value"} - {*keys}, always=keys)


def _pace(known: Known) -> Strategy:
    without = fields(Pace, known, without=["pods", "percent", "period", "select", "off"])
    return st.one_of(without, fields(Pace, known, without=["off"], always=["pods", "percent"]))


def _disruption(known: Known) -> Strategy:
    """Return budgets that always let a pod go."""
    shares = SCALARS[_check_of(scalars.Share)]
    numbers = st.integers(0, known.lowest - 1) if known.lowest else st.nothing()
    half = st.integers(1, 50).map("{}%".format) if known.lowest > 1 else st.nothing()
    smallest = st.fixed_dictionaries({"minAvailable": st.one_of(numbers, half)})
    largest = st.fixed_dictionaries({"maxUnavailable": st.one_of(st.integers(1, 10_000), shares)})
    off = st.just({"off": True})
    if known.lowest <= 1:
        return st.one_of(st.none(), off)
    return st.one_of(st.none(), smallest, largest, off, st.just({"off": False, "maxUnavailable": 1}), st.just({}))


def _volume(known: Known) -> Strategy:
    persistent = fields(Volume, known, without=["type"], always=["size"])
    loose = fields(Volume, known, without=["type", "access", "class"])
    scratch = st.sampled_from(["ephemeral", "memory"])
    return st.one_of(persistent, st.builds(lambda volume, kind: volume | {"type": kind}, loose, scratch))


def _build(known: Known) -> Strategy:
    """Return builds with a Dockerfile of the user's own, or with what kgen's needs."""
    not_ours = ["dockerfile", "target", "args"]
    small = st.builds(
        lambda made, variant: made | {"variant": variant},
        fields(Build, known, without=[*not_ours, "python", "variant"]),
        st.sampled_from(["distroless", "chainguard"]),
    )
    of_generated = ["output", "variant", "python", "frontend", "labels", "include", "commands", "stopSignal"]
    own = fields(Build, known, without=of_generated, always=["dockerfile"])
    return st.one_of(fields(Build, known, without=[*not_ours, "variant"]), small, own)


def _python(known: Known) -> Strategy:
    """Return what pip and Pipenv do not know only with another manager."""
    bare = fields(PythonBuild, known, without=["manager", "managerVersion", "package", "extras", "groups"])
    pipenv = fields(PythonBuild, known, without=["manager", "requirements", "package", "extras", "installProject"])
    uv = fields(PythonBuild, known, without=["manager", "requirements", "package"])
    member = fields(PythonBuild, known, without=["manager", "requirements", "installProject"], always=["package"])
    others = fields(PythonBuild, known, without=["manager", "requirements", "package"])
    managed = [(bare, "pip"), (pipenv, "pipenv"), (uv, "uv"), (member, "uv"), (others, "poetry"), (others, "pdm")]
    by_name = [st.builds(lambda made, name: made | {"manager": name}, made, st.just(name)) for made, name in managed]
    return st.one_of(bare, *by_name)


def _build_secret(known: Known) -> Strategy:
    return fields(BuildSecret, known, always=["env"], without=["file"]) | fields(
        BuildSecret, known, always=["file"], without=["env"]
    )


def _compose(known: Known) -> Strategy:
    """Return compose files that are called like no Dockerfile."""
    named = st.sampled_from(["compose.yaml", "compose.kgen.yaml", "1e3"])
    with_name = st.builds(lambda made, name: made | {"output": name}, fields(Compose, known, without=["output"]), named)
    return st.one_of(with_name, fields(Compose, known, without=["output"]), st.just({"off": True}))


def _goal(_known: Known) -> Strategy:
    """Return targets of an autoscaler that it reaches before the pods reach their limit."""
    return st.none() | st.integers(1, 90)


def _tls(known: Known) -> Strategy:
    return st.one_of(fields(Tls, known, without=["off"]), st.just({"off": True}))


_cidr = SCALARS[_check_of(addresses.Cidr)]
_any_port = st.integers(1, 65535)


def _peer_port(known: Known) -> Strategy:
    """Return ports and ranges of them that end after they start."""
    single = fields(PeerPortSpec, known, without=["endPort"])
    return st.one_of(single, st.builds(lambda made, end: made | {"endPort": max(end, made["port"])}, single, _any_port))


def _peer(model: type[EgressPeer] | type[IngressPeer]) -> Callable[[Known], Strategy]:
    """Return the strategy of peers that are one sort of thing each."""
    sorts = {"cidr", "app", "component", "namespace", "except", "labels", "to" if model is EgressPeer else "from"}

    def draw(known: Known) -> Strategy:
        excepted = fields(model, known, without=sorts - {"cidr", "except"}).map(
            lambda made: made | {"cidr": "10.0.0.0/8", "except": ["10.1.0.0/16", "10.3.0.0/32"]}
        )
        ways = ({"app", "component", "namespace"}, {"namespace", "labels"}, {"cidr"}, {"to"}, {"from"})
        return st.one_of(
            *[
                fields(model, known, without=sorts - way, always=[next(key for key in _SORTS if key in way)])
                for way in ways
                if way <= {*_keys(model)}
            ],
            excepted,
        )

    return draw


_SORTS = ("app", "namespace", "cidr", "to", "from")


def _incoming(known: Known) -> Strategy:
    """Return who may call, for what has ports."""
    return st.lists(written(IngressPeer, known), max_size=2) if known.ports else st.just([])


def _ports_named(known: Known) -> Strategy:
    return st.lists(st.sampled_from(known.ports), max_size=2, unique=True)


def _network_of_app(known: Known) -> Strategy:
    """Return what all components inherit, whatever their ports are called."""
    without_ports = fields(
        IngressPeer,
        known,
        without=["ports", "cidr", "except", "component", "labels", "from", "namespace"],
        always=["app"],
    )
    egress = st.lists(written(EgressPeer, known), max_size=2)
    return st.fixed_dictionaries({}, optional={"egress": egress, "ingress": st.lists(without_ports, max_size=1)})


def _secret(known: Known) -> Strategy:
    """Return Secrets from providers that the platform of the tests has, or from a file."""
    own = ["provider", "path", "file"]
    stored = fields(SecretSpec, known, without=["provider", "file"])
    in_file = fields(SecretSpec, known, without=["provider", "path"], always=["file"])
    return st.one_of(
        fields(SecretSpec, known, without=own),
        st.builds(_with_provider, fields(SecretSpec, known, without=own), st.just("existing")),
        st.builds(_with_provider, stored, st.sampled_from(["external-secrets", "csi"])),
        st.builds(_with_provider, in_file, st.sampled_from(["sealed-secrets", "sops"])),
    )


def _with_provider(secret: dict[str, Any], provider: str) -> dict[str, Any]:
    return secret | {"provider": provider}


def _public(known: Known) -> Strategy:
    """Return ways from outside, each with the settings that mean something for it."""
    nodes = fields(Public, known, without=["type", "sourceRanges"]).map(lambda made: made | {"type": "node-port"})
    balancer = fields(Public, known, without=["type", "nodePort"]).map(lambda made: made | {"type": "load-balancer"})
    return st.one_of(nodes, balancer)


def _port_name(known: Known) -> Strategy:
    return st.sampled_from(known.ports)


def _optional_port_name(known: Known) -> Strategy:
    return st.sampled_from((*known.ports, None))


def _metrics(known: Known) -> Strategy:
    off = st.just({"off": True})
    if not known.ports:
        return off
    on = fields(Metrics, known, without=["off"])
    return st.one_of(off, on, fields(Metrics, known, without=["off"], always=["requests"]))


@st.composite
def _need(draw: st.DrawFn, known: Known) -> dict[str, Any]:
    made = draw(fields(Need, known, without=["type"]))
    kind = draw(st.sampled_from([*sorted(KINDS), "postgres", "mysql", "rabbitmq", "kafka"]))
    if not KINDS[kind].has_database:
        made.pop("database", None)
    if KINDS[kind].exact and made.get("version") is not None:
        made["version"] = "3.9.1"
    if kind not in {"postgres", "mysql"}:
        made.pop("backup", None)
    return {"type": kind, **made}


def _api_rule(_: Known) -> Strategy:
    """Return rights to something; those that have no name yet are given without names."""
    what = st.sampled_from(
        [
            {"resources": ["configmaps", "pods/log"]},
            {"group": "", "resources": ["secrets"]},
            {"group": "apps", "resources": ["deployments"]},
            {"group": "coordination.k8s.io", "resources": ["leases"]},
        ]
    )
    verbs = ["get", "list", "watch", "update", "patch", "delete"]
    named = st.lists(st.sampled_from(verbs), min_size=1, max_size=3)
    return st.one_of(
        st.builds(lambda what, how: what | {"verbs": how}, what, named),
        st.builds(lambda what: what | {"verbs": ["create", "get"]}, what),
        st.builds(lambda what, how: what | {"verbs": how, "names": ["a.b"]}, what, named),
    )


def _service_account(known: Known) -> Strategy:
    return st.one_of(
        fields(ServiceAccount, known, without=["name"]), fields(ServiceAccount, known, without=["annotations"])
    )


def _slo(known: Known) -> Strategy:
    if not known.measured:
        return st.none()
    return st.one_of(st.none(), fields(Slo, known, always=["availability"]), fields(Slo, known, always=["latency"]))


def _alerts(known: Known) -> Strategy:
    return st.one_of(st.just({"off": True}), fields(Alerts, known, without=["off"]))


_BEYOND: Final[Mapping[str, tuple[str, Any]]] = {
    "run-as-root": ("runAsUser", 0),
    "privilege-escalation": ("allowPrivilegeEscalation", True),
    "capabilities": ("capabilities", ["NET_RAW", "NET_BIND_SERVICE"]),
    "seccomp": ("seccompProfile", "Unconfined"),
    "host-network": ("hostNetwork", True),
    "privileged": ("privileged", True),
}
"""Exception → the field and value that need it."""


def _security(known: Known) -> Strategy:
    """Return what a component may do, with an exception for whatever goes beyond *restricted*."""

    def beyond(made: dict[str, Any], controls: list[str]) -> dict[str, Any]:
        more = dict(_BEYOND[control] for control in controls)
        return made | more | ({"exceptions": dict.fromkeys(controls, "an old image")} if controls else {})

    return st.builds(
        beyond, _plain_security(known), st.lists(st.sampled_from(sorted(_BEYOND)), max_size=2, unique=True)
    )


def _plain_security(known: Known) -> Strategy:
    return fields(Security, known, without=["exceptions", *(field for field, _ in _BEYOND.values())])


def _toleration(known: Known) -> Strategy:
    """Return tolerations whose parts go together."""
    valued = fields(Toleration, known, without=["operator", "seconds"], always=["key", "value"])
    exists = fields(Toleration, known, without=["value", "seconds"]).map(lambda each: each | {"operator": "Exists"})
    timed = fields(Toleration, known, without=["value", "effect", "operator"], always=["key", "seconds"])
    return st.one_of(valued, exists, timed.map(lambda each: each | {"effect": "NoExecute"}))


def _node_rule(known: Known) -> Strategy:
    there = fields(NodeRule, known, without=["values", "operator"])
    listed = st.lists(SCALARS[_check_of(labels.LabelValue)], min_size=1, max_size=2)
    among = st.builds(lambda one, values: one | {"operator": "In", "values": values}, there, listed)
    return st.one_of(there, among, there.map(lambda one: one | {"operator": "Gt", "values": ["4"]}))


def _failure_rule(_known: Known) -> Strategy:
    codes = st.lists(st.integers(1, 255), min_size=1, max_size=3)
    action = st.sampled_from(["fail-job", "ignore", "count"])
    return st.one_of(
        st.fixed_dictionaries({"exitCodes": codes, "action": action}),
        st.fixed_dictionaries({"disruption": st.just(value=True)}, optional={"action": action}),
    )


def _settle_run(component: dict[str, Any]) -> None:
    """Leave out what means nothing without another field, and what is more than there are pods."""
    if component.get("completions") is None:
        component.pop("completionMode", None)
        component.pop("parallelism", None)
    if component.get("completionMode") is None:
        component.pop("retriesPerIndex", None)
    if component.get("retriesPerIndex") is None:
        component.pop("maxFailedIndexes", None)
    for key in ("parallelism", "maxFailedIndexes"):
        if component.get(key) is not None:
            component[key] = min(component[key], component["completions"])


def _name_servers(component: dict[str, Any]) -> None:
    """Hold the servers of Kafka in variables, which is where KEDA looks for them."""
    replicas = component.get("replicas")
    for trigger in (replicas.get("triggers") or ()) if isinstance(replicas, dict) else ():
        if need := trigger.get("kafka", {}).get("need"):
            servers = {f"SERVERS_OF_{need}": f"${{needs.{need}.brokers}}"}
            component["env"] = {**(component.get("env") or {}), **servers}


def _handler(known: Known) -> Strategy:
    command = fields(Handler, known, without=["http", "sleep", "port"], always=["exec"])
    wait = fields(Handler, known, without=["http", "exec", "port"], always=["sleep"])
    http = fields(Handler, known, without=["exec", "sleep"], always=["http"])
    return st.one_of(command, wait, *([http] if known.ports else []))


def _other_components(known: Known) -> Strategy:
    return st.lists(st.sampled_from(known.others), max_size=2, unique=True) if known.others else st.just([])


def _pull_secrets(_known: Known) -> Strategy:
    """Return Secrets of a type of their own, which none of the app's has."""
    return st.lists(st.sampled_from(["registry.a", "registry.b"]), max_size=2)


def _start_hook(known: Known) -> Strategy:
    """Return hooks after the start; none sleeps longer than the shortest grace period."""
    command = fields(Handler, known, without=["http", "sleep", "port"], always=["exec"])
    http = fields(Handler, known, without=["exec", "sleep"], always=["http"])
    return st.one_of(st.none(), command, st.just({"sleep": "1s"}), *([http] if known.ports else []))


def _node_rules(known: Known) -> Strategy:
    """Return rules on labels of which each is asked for once, or they could rule each other out."""
    return st.lists(written(NodeRule, known), max_size=2, unique_by=lambda rule: rule["key"])


@st.composite
def _companion(draw: st.DrawFn, model: type[Spec], known: Known, index: int = 0) -> dict[str, Any]:
    """Draw an init container or a sidecar: its command is there, its paths are its own."""
    left_out = ("volumes", "files", "ports", "probes")
    made: dict[str, Any] = draw(fields(model, known, without=left_out, always=["command"]))
    wanted = draw(st.lists(st.sampled_from(known.volumes), unique=True)) if known.volumes else []
    if draw(st.booleans()):
        read_only = st.fixed_dictionaries({}, optional={"readOnly": st.booleans()})
        made["volumes"] = {
            name: draw(st.one_of(st.just(f"/shared/{index}"), read_only.map(lambda each: {"path": "/own"} | each)))
            for index, name in enumerate(wanted[:1])
        }
    else:
        made["volumes"] = wanted[:1]
    if known.files:
        made["files"] = draw(st.lists(st.sampled_from(known.files), max_size=1))
    if model is Sidecar:
        ports = {f"s{index}-{number}": 64_000 + 3 * index + number for number in range(draw(st.integers(0, 2)))}
        made["ports"] = ports
        made["probes"] = draw(written(Probes, replace(known, ports=tuple(ports))))
    return made


def _companions(model: type[Spec], word: str) -> Callable[[Known], Strategy]:
    def of_known(known: Known) -> Strategy:
        some = st.integers(1, 2).flatmap(
            lambda number: st.fixed_dictionaries(
                {f"{word}-{index}": _companion(model, known, index) for index in range(number)}
            )
        )
        return st.one_of(st.none(), st.just({}), some)

    return of_known


LONG_FORMS: Final[Mapping[type[Spec], Callable[[Known], Strategy]]] = {
    PeerPortSpec: _peer_port,
    Public: _public,
    EgressPeer: _peer(EgressPeer),
    IngressPeer: _peer(IngressPeer),
    ApiRule: _api_rule,
    ServiceAccount: _service_account,
    Build: _build,
    BuildSecret: _build_secret,
    PythonBuild: _python,
    Compose: _compose,
    EnvSource: _env_source,
    Probe: _probe,
    Autoscaling: _autoscaling,
    Metric: _metric,
    Pace: _pace,
    Trigger: _trigger,
    Volume: _volume,
    SecretSpec: _secret,
    Metrics: _metrics,
    Alerts: _alerts,
    Need: _need,
    Tls: _tls,
    FileSpec: lambda known: _exactly_one(
        FileSpec, ("source", "content", "secret"), known, without=() if known.secrets else ("secret",)
    ),
    Toleration: _toleration,
    NodeRule: _node_rule,
    Affinity: lambda known: fields(Affinity, known),
    DnsOptions: lambda known: fields(DnsOptions, known, always=["nameservers"]),
    Handler: _handler,
    FailureRule: _failure_rule,
    InitContainer: lambda known: _companion(InitContainer, known),
    Sidecar: lambda known: _companion(Sidecar, known),
}
"""Mappings whose keys depend on each other."""

SHORTHANDS: Final[Mapping[type[Spec], Callable[[Known], Strategy]]] = {
    Alerts: lambda _: st.booleans(),
    Dashboards: lambda _: st.booleans(),
    Backup: lambda _: _schedule,
    Compose: lambda _: st.just(value=False),
    Build: lambda _: _relative_path,
    Frontend: lambda _: _relative_path,
    BuildSecret: lambda _: _container_path | st.just("ACME_PASSWORD"),
    Spread: lambda _: st.sampled_from(["preferred", "required", "none"]),
    NamespaceSpec: lambda _: short_name,
    Rbac: lambda known: st.lists(_api_rule(known), max_size=2),
    ServiceAccount: lambda _: _object_name,
    InitContainer: lambda known: _companion(InitContainer, known),
    Shared: lambda _: _container_path,
    Sidecar: lambda known: _companion(Sidecar, known),
    Disruption: lambda _: st.just(value=False),
    Pace: lambda _: st.just(value=False),
    Image: _image,
    Metrics: lambda known: st.one_of(
        _url(known), st.just(value=False), *([st.just(value=True)] if known.ports else [])
    ),
    PortSpec: lambda _: st.integers(1, 65535),
    Public: lambda _: st.sampled_from(["load-balancer", "node-port"]),
    PeerPortSpec: lambda _: st.integers(1, 65535),
    EgressPeer: lambda _: st.one_of(_cidr, st.sampled_from(["internet", "anywhere"])),
    IngressPeer: lambda _: st.one_of(_cidr, st.just("anywhere")),
    Probe: lambda known: st.one_of(_url(known), st.just(value=False)),
    Probes: _url,
    Release: lambda _: _command,
    Requests: lambda _: SCALARS[_check_of(prometheus.MetricName)],
    Resources: _short_resources,
    SecretSpec: lambda _: st.lists(as_written(_key), max_size=3),
    Tls: lambda _: st.booleans(),
}
"""Short forms; none where they need what is not there."""

ELSEWHERE: Final = "elsewhere"
NEED_CLASSES = (None, "default", "own", "operated", ELSEWHERE)
"""Classes of every type of backing service: of any sort, pods in the cluster, operators, and surely external."""

FIELDS: Final[Mapping[tuple[type[Spec], str], Callable[[Known], Strategy]]] = {
    (Image, "repository"): lambda _: _repository,  # null would take away the app's
    (Resources, "requests"): lambda _: _amounts(_cpu_low, _memory_low),
    (Resources, "limits"): lambda _: _amounts(_cpu_high, _memory_high),
    (Probe, "tcp"): _port_name,
    (Probe, "grpc"): _port_name,
    (Probe, "port"): _optional_port_name,
    (Probes, "startup"): _single_success,
    (Probes, "liveness"): _single_success,
    (Route, "port"): _optional_port_name,
    (Metrics, "port"): _optional_port_name,
    (Component, "slo"): _slo,
    (Component, "backup"): lambda known: st.none() | written(Backup, known) if known.saves else st.none(),
    (Component, "disruption"): lambda known: st.one_of(st.just(value=False), _disruption(known)),
    (FileSpec, "secret"): lambda known: st.sampled_from(known.secrets),
    (Affinity, "with"): _other_components,
    (Affinity, "apartFrom"): _other_components,
    (Affinity, "nodes"): _node_rules,
    (Handler, "port"): _optional_port_name,
    (Lifecycle, "postStart"): _start_hook,
    (DnsOptions, "nameservers"): lambda _: st.lists(_address, min_size=1, max_size=2),
    (Spread, "when"): lambda _: st.sampled_from(["preferred", "required"]),
    (InitContainer, "security"): _plain_security,
    (Sidecar, "security"): _plain_security,
    (Component, "init"): _companions(InitContainer, "init"),
    (Component, "sidecars"): _companions(Sidecar, "side"),
    (EnvSource, "secret"): lambda known: st.sampled_from(known.secrets),
    (EnvSource, "field"): lambda _: st.sampled_from(_POD_FIELDS),
    (App, "name"): lambda _: short_name,
    (App, "apps"): lambda known: st.dictionaries(short_name, written(OtherApp, known), max_size=2),
    (App, "pullSecrets"): _pull_secrets,
    (Component, "pullSecrets"): _pull_secrets,
    (OtherApp, "component"): lambda _: short_name,
    (EgressPeer, "app"): lambda _: short_name,
    (IngressPeer, "app"): lambda _: short_name,
    (App, "needs"): lambda known: st.dictionaries(short_name, written(Need, known), max_size=3),
    (Operation, "value"): lambda _: st.one_of(free_text, st.none(), st.integers(), st.lists(st.booleans())),
    (Patch, "merge"): lambda _: st.dictionaries(free_text, st.none() | free_text),
    (PatchTarget, "kind"): lambda _: st.sampled_from(["ServiceAccount", "Namespace"]),
    (App, "security"): _plain_security,
    (Defaults, "security"): _plain_security,
    (Security, "exceptions"): lambda _: st.dictionaries(st.sampled_from(sorted(_BEYOND)), st.just("an old image")),
    (Security, "capabilities"): lambda _: st.just(["NET_BIND_SERVICE"]),
    (Component, "security"): _security,
    (Need, "class"): lambda _: st.sampled_from(NEED_CLASSES),
    (Autoscaling, "min"): lambda _: st.integers(1, 10_000),
    (Autoscaling, "cpu"): _goal,
    (Autoscaling, "memory"): _goal,
    (Behavior, "scaleUp"): lambda known: st.none() | LONG_FORMS[Pace](known),
    (App, "network"): _network_of_app,
    (Network, "ingress"): _incoming,
    (IngressPeer, "ports"): _ports_named,
    (Release, "network"): lambda known: written(Network, replace(known, ports=())),
}
"""Fields that depend on what is around them."""


# --- components -----------------------------------------------------------------------------------------------------

_STATEFUL = ("podManagement", "claimRetention")
_REPLICATED = ("replicas", "disruption", "spread")
_RUNS_FOR_EVER = ("port", "ports", "probes", "update", "metrics", "slo", "verticalScaling", *_REPLICATED)
_KEPT = ("ttl", "history", "startingDeadline")
_INDEXED = ("completionMode", "retriesPerIndex", "maxFailedIndexes")
_ENDS = (
    *("schedule", "timezone", "concurrency", "suspend", "timeout", "retries", "when"),
    *("parallelism", "completions", "onFailure", *_INDEXED, *_KEPT),
)
_NOT_FOR: Final[Mapping[str, tuple[str, ...]]] = {
    "web": ("host", *_ENDS, *_STATEFUL),
    "worker": ("host", *_ENDS, *_STATEFUL, "routes"),
    "stateful": ("host", *_ENDS, "routes"),  # a route needs a port
    "daemon": ("host", *_ENDS, *_STATEFUL, *_REPLICATED, "routes"),
    "cron": ("host", *_RUNS_FOR_EVER, *_STATEFUL, "routes", "when"),
    "job": (
        "host",
        "dashboards",
        *_RUNS_FOR_EVER,
        *_STATEFUL,
        "routes",
        "schedule",
        "timezone",
        "concurrency",
        "suspend",
        *_KEPT,
    ),
}
_NEEDED: Final[Mapping[str, tuple[str, ...]]] = {
    **dict.fromkeys(("web", "worker", "stateful", "daemon"), ()),
    "cron": ("schedule",),
    "job": ("when",),
    "external": ("host",),
}
_WAYS: Final[Mapping[str, tuple[str, ...]]] = {
    "web": ("port", "ports"),
    **dict.fromkeys(("worker", "stateful", "daemon", "external"), ("", "port", "ports")),
}
_NEW: Final = ("claimRetention", "sidecars", "lifecycle", "onFailure", "retriesPerIndex", "maxFailedIndexes")
"""Fields of a component that the oldest Kubernetes versions do not know."""

_BAND = 20_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """A component of which only its type and its ports are known."""

    kind: str
    listens: Mapping[str, Any]
    """`port` or `ports`, as written."""

    @property
    def ports(self) -> tuple[str, ...]:
        """Return the names of what can be asked by HTTP or TCP."""
        named = self.listens.get("ports", {"http": 80} if self.listens else {})
        return tuple(
            name for name, port in named.items() if isinstance(port, int) or port.get("protocol") in {None, "TCP"}
        )


@st.composite
def _part(draw: st.DrawFn, kind: str = "") -> Part:
    """Draw a type and ports; no number occurs twice, in the container or at the Service."""
    kind = kind or draw(fields(Component, Known(), without=set(_keys(Component)) - {"type"}))["type"]
    way = draw(st.sampled_from(_WAYS.get(kind, ("",))))
    if way != "ports":
        return Part(kind=kind, listens={"port": draw(of(scalars.Port)) % (3 * _BAND) + 1} if way else {})
    names = draw(st.lists(SCALARS[_check_of(scalars.PortName)], min_size=1, max_size=3, unique=True))
    ports: dict[str, Any] = {}
    for index, name in enumerate(names):
        port = draw(written(PortSpec, Known()))
        if isinstance(port, dict):
            if kind == "external":
                port = {key: port[key] for key in ("port", "protocol") if key in port}  # the rest is for pods
            numbers = {key: port[key] % _BAND + index * _BAND + 1 for key in ("port", "servicePort") if port.get(key)}
            ports[name] = port | numbers | ({} if index else {"protocol": "TCP"})
        else:
            ports[name] = port % _BAND + index * _BAND + 1
    return Part(kind=kind, listens={"ports": ports})


@st.composite
def _component(draw: st.DrawFn, name: str, part: Part, known: Known) -> dict[str, Any]:
    if part.kind == "external":
        return {"type": part.kind, "host": draw(st.sampled_from(["db.example.com", "1.no"])), **part.listens}
    early = {"type", "volumes", "files"}
    first = draw(fields(Component, known, without=set(_keys(Component)) - early, always={known.favourite}))
    first["type"] = part.kind
    _settle(first)
    persistent = [each for each in (first.get("volumes") or {}).values() if each.get("type") in {None, "persistent"}]
    alone = any(each.get("access") in {None, "ReadWriteOnce", "ReadWriteOncePod"} for each in persistent)
    alone = alone and part.kind != "stateful"
    if part.kind in _WAYS and part.kind != "daemon" and (known.favourite == "replicas" or draw(st.integers(0, 3))):
        first["replicas"] = draw(st.sampled_from([0, 1, None]) if alone else _replicas(known))
    measured = part.kind in _WAYS and bool(part.ports) and draw(st.booleans())
    if measured:
        plain = draw(fields(Metrics, replace(known, ports=part.ports), without=["off", "requests"]))
        requests = draw(fields(Requests, known, always=["histogram"]))
        first["metrics"] = plain | {"requests": requests}
    lowest = _lowest(first.get("replicas"), default=2 if part.kind == "web" and not alone else 1)
    rest = fields(
        Component,
        replace(
            known,
            ports=part.ports,
            lowest=lowest,
            measured=measured,
            saves=bool(persistent),
            volumes=tuple(first.get("volumes") or ()),
            files=tuple(path for path, file in (first.get("files") or {}).items() if not file.get("secret")),
        ),
        without={*first, *_NOT_FOR[part.kind], "volumes", "files", "port", "ports", "replicas", "update"},
        always=(*_NEEDED[part.kind], known.favourite),
    )
    made: dict[str, Any] = {**first, **draw(rest), **part.listens}
    if part.kind in _WAYS and (known.favourite == "update" or draw(st.booleans())):
        made["update"] = draw(_update("alone" if alone else part.kind))
    _settle_run(made)
    _name_servers(made)
    if made.get("affinity"):
        asked = made.get("nodeSelector") or {}
        made["affinity"]["nodes"] = [each for each in made["affinity"].get("nodes", []) if each["key"] not in asked]
    for sidecar in (made.get("sidecars") or {}).values() if not made.get("init") else ():
        sidecar.pop("beforeInit", None)
    if made.get("build") is not None:
        made["build"] = _moved(made["build"], f"parts/{name}")
    if (known.builds or made.get("build") is not None) and made.get("command") is None:
        made["command"] = draw(_command)
    return made


@st.composite
def components(draw: st.DrawFn, kind: str) -> dict[str, Any]:
    """Draw a component of a type."""
    made: dict[str, Any] = draw(_component("web", draw(_part(kind)), Known(secrets=("token/key",))))
    return made


def _update(kind: str) -> Strategy:
    """Return ways of updating pods of a type; ``alone``: pods that share a volume which only one node can mount."""
    recreate, by_hand = st.just({"strategy": "recreate"}), st.just({"strategy": "on-delete"})
    amount = st.one_of(st.integers(1, 9), SCALARS[_check_of(scalars.Share)])
    rolling = st.fixed_dictionaries({"maxUnavailable": st.one_of(st.integers(1, 9), st.just("25%"))}, optional={
        "strategy": st.just("rolling"), "maxSurge": amount
    })  # fmt: skip
    ways = {
        "alone": recreate,
        "stateful": st.one_of(by_hand, st.fixed_dictionaries({"partition": st.integers(0, 5)})),
        "daemon": st.one_of(by_hand, st.fixed_dictionaries({"maxUnavailable": st.integers(1, 9)})),
    }
    return st.one_of(st.none(), ways.get(kind, st.one_of(recreate, rolling)))


def _keys(model: type[Spec]) -> Iterator[str]:
    return (info.alias or name for name, info in model.model_fields.items())


def _replicas(known: Known) -> Strategy:
    usual = st.one_of(st.integers(0, 4), written(Autoscaling, known))
    return st.one_of(usual, _scaled_by_events(known)) if known.favourite == "replicas" else usual


def _lowest(replicas: Any, *, default: int) -> int:
    if isinstance(replicas, dict):
        return int(replicas.get("min", 2))
    return default if replicas is None else int(replicas)


def _settle(component: dict[str, Any]) -> None:
    """Give every volume a path of its own, and keep only files that no other one stands in the way of."""
    taken = set[str]()
    for name, volume in (component.get("volumes") or {}).items():
        if volume["path"] in taken:
            volume["path"] = f"/volumes/{name}"
        taken.add(volume["path"])
        if component["type"] == "job":  # after a deployment nobody would make the claim
            volume["type"] = "ephemeral"
            volume.pop("access", None)
            volume.pop("class", None)
        elif component["type"] == "daemon" and volume.get("type") in {None, "persistent"}:
            volume["access"] = "ReadWriteMany"
    keys: set[str] = set()
    for path in list(component.get("files") or {}):
        key = path.strip("/").replace("/", ".")
        if path in {*taken, "/tmp"} or key in keys:  # noqa: S108  # in the container
            del component["files"][path]
        keys.add(key)


def _moved(build: Any, folder: str) -> Any:
    """Return ``build`` in a folder of its own, since one folder has one Dockerfile."""
    if isinstance(build, str):
        return f"{folder}/{build}" if build != "." else folder
    return build | {"context": _moved(build.get("context") or ".", folder)}


# --- apps -----------------------------------------------------------------------------------------------------------

_LATER_ON_TOP = ("components", "release", "environments", "env", "needs", "secrets", "image", "patches", "manifests")


_WITH: Final = {"replicas": ["needs", "secrets"], "files": ["secrets"], "env": ["needs", "secrets"]}
"""Fields of a component → what of the app makes more of them possible."""


def _specs_in(annotation: Any) -> Iterator[type[Spec]]:
    """Yield the models that ``annotation`` is made of."""
    if isinstance(annotation, type) and issubclass(annotation, Spec):
        yield annotation
    for each in get_args(annotation):
        yield from _specs_in(each)


def _below(annotation: Any) -> int:
    """Return how many fields there are below ``annotation``."""
    infos = [info for model in _specs_in(annotation) for info in model.model_fields.values()]
    return len(infos) + sum(_below(info.annotation) for info in infos)


FAVOURITES: Final = tuple(
    info.alias or name
    for model in (Component, App)
    for name, info in model.model_fields.items()
    if (info.alias or name) not in {"components", "environments"}
    for _ in range(1 + _below(info.annotation))
)
"""Keys, each as often as there are fields below it."""


def _distinct_node_ports(parts: Iterable[Part]) -> None:
    """Give every port of the nodes a number of its own."""
    number = 30_000
    for part in parts:
        for port in (part.listens.get("ports") or {}).values():
            public = port.get("public") if isinstance(port, dict) else None
            if isinstance(public, dict) and public.get("nodePort"):
                number += 1
                public["nodePort"] = number


@st.composite
def _around(draw: st.DrawFn, favourite: str) -> dict[str, Any]:
    """Draw what components may refer to."""
    around: dict[str, Any] = draw(
        fields(App, Known(), without=set(_keys(App)) - {"needs", "secrets"}, always=_WITH.get(favourite, [favourite]))
    )
    if favourite == "replicas":  # only what is outside of the cluster can KEDA ask
        around["needs"] = {f"q-{kind}": {"type": kind, "class": ELSEWHERE} for kind in ("rabbitmq", "kafka", "redis")}
    for name, secret in (around.get("secrets") or {}).items():
        if isinstance(secret, dict) and secret.get("file"):
            secret["file"] = f"secrets/{name}.yaml"  # a file is for one Secret
    return around


@st.composite
def apps(
    draw: st.DrawFn, *, environments: bool = True, old: bool = False, favourite: str | None = None
) -> dict[str, Any]:
    """
    Draw an app file without a fault.

    Args:
        draw: Hypothesis's.
        environments: Whether it may have some.
        old: Whether it is for any Kubernetes.
        favourite: Field that it has wherever that is possible; any by default.
    """
    favourite = favourite or draw(st.sampled_from(FAVOURITES))
    kinds = [*(kind for kind in _NOT_FOR if favourite not in _NOT_FOR[kind]), "external"]
    around = draw(_around(favourite))
    needs = around.get("needs") or {}
    has_release = "release" not in needs and draw(st.booleans())
    names = draw(st.lists(short_name, min_size=1, max_size=3, unique=True))
    reserved = {*needs, *(f"{name}-backup" for name in needs)} | ({"release"} if has_release else set())
    # in compose.yaml components, needs and the release are services side by side
    parts = {f"{name}-part" if name in reserved else name: draw(_part(draw(st.sampled_from(kinds)))) for name in names}
    if all(part.kind == "external" for part in parts.values()):  # defaults of the app would be for nobody
        parts["pods"] = draw(_part("worker"))
    _distinct_node_ports(parts.values())
    known = replace(_known(around, parts), favourite=favourite)
    top = draw(fields(App, known, without={*_LATER_ON_TOP} - {"env"}, always=[favourite]))
    image = draw(st.one_of(_image(known), fields(Image, known, always=["repository"])))
    made: dict[str, Any] = {**top, **around, "image": image}
    _call(made)
    known = replace(known, builds=top.get("build") is not None)
    if has_release:
        made["release"] = draw(written(Release, known))
    pods = [name for name, part in parts.items() if part.kind != "external"]
    beside = {name: replace(known, others=tuple(other for other in pods if other != name)) for name in parts}
    made["components"] = {name: draw(_component(name, part, beside[name])) for name, part in parts.items()}
    running = [each for each in made["components"].values() if each["type"] != "external"]
    own = [each.get("image") is not None or each.get("build") is not None for each in running]
    if all(own) and not has_release:
        made.pop("build", None)  # nobody would run the image
    taken = set[tuple[str, str]]()
    for name, component in made["components"].items():
        _part_ways(component.get("routes"), name, taken)
        for key in _NEW if old else ():
            component.pop(key, None)
    if environments and draw(st.booleans()):
        overlays = st.dictionaries(short_name, st.one_of(st.none(), _overlay(made, parts, known)), max_size=3)
        made["environments"] = draw(_lines(draw(overlays)))
    made |= draw(_by_hand(has_namespace=_makes_namespace(made)))
    if draw(st.booleans()):
        made["x-owner"] = draw(st.one_of(free_text, st.lists(free_text, max_size=1), st.just({"team": 1})))
    return made


def _call(app: dict[str, Any]) -> None:
    """Refer to every other app that is declared."""
    if called := app.get("apps"):
        calls = {f"APP_{index}": f"${{apps.{name}.url}}" for index, name in enumerate(called)}
        app["env"] = {**(app.get("env") or {}), **calls}


def _part_ways(routes: list[dict[str, Any]] | None, name: str, taken: set[tuple[str, str]]) -> None:
    """Give every route a path of its own."""
    for index, route in enumerate(routes or ()):
        if (route["host"], route.get("path", "/")) in taken:
            route["path"] = f"/own/{name}/{index}"
        taken.add((route["host"], route.get("path", "/")))


def _known(around: Mapping[str, Any], parts: Mapping[str, Part]) -> Known:
    """Return what variables may refer to."""
    secrets = {
        name: [as_text(key) for key in (spec["keys"] if isinstance(spec, dict) else spec)]
        for name, spec in (around.get("secrets") or {}).items()
    }
    references = [
        f"${{needs.{name}.{output}}}"
        for name, need in (around.get("needs") or {}).items()
        for output in KINDS[need["type"]].outputs
    ]
    references += [
        f"${{components.{name}.{output}}}" for name in parts if parts[name].ports for output in ("url", "host", "port")
    ]
    pairs = [(name, key) for name, keys in secrets.items() for key in keys]
    # a dot separates the steps of a placeholder; `{secret: a.b/c}` has no such limit
    references += [f"${{secrets.{name}.{key}}}" for name, key in pairs if "." not in name + key]
    services = tuple(
        (name, need["type"]) for name, need in (around.get("needs") or {}).items() if need.get("class") == ELSEWHERE
    )
    return Known(references=tuple(references), secrets=tuple(f"{name}/{key}" for name, key in pairs), needs=services)


_EVERYWHERE = ("image", "env", "resources", "security", "stopGracePeriod")
_CHANGES: Final[Mapping[str, tuple[str, ...]]] = {
    "web": (*_EVERYWHERE, "probes", "spread", "routes"),
    "worker": (*_EVERYWHERE, "probes", "spread"),
    "stateful": (*_EVERYWHERE, "probes", "spread", "podManagement"),
    "daemon": (*_EVERYWHERE, "probes"),
    "cron": (*_EVERYWHERE, "schedule", "timezone", "suspend", "timeout", "retries"),
    "job": (*_EVERYWHERE, "when", "timeout", "retries"),
    "external": ("host",),
}
"""What an environment may change whatever the base says."""


@st.composite
def _overlay(draw: st.DrawFn, base: Mapping[str, Any], parts: Mapping[str, Part], known: Known) -> dict[str, Any]:
    wanted = {"namespace", "image", "env", "resources", "security"}
    made: dict[str, Any] = draw(fields(App, known, without=set(_keys(App)) - wanted))
    if made.get("image") is None:
        made.pop("image", None)
    for name in draw(st.lists(st.sampled_from(sorted(parts)), max_size=2, unique=True)):
        change = draw(_change(parts[name], known))
        for index, route in enumerate(change.get("routes") or ()):
            route["path"] = f"/changed/{name}/{index}"
        made.setdefault("components", {})[name] = change
    if base.get("env") and draw(st.booleans()):
        made["env"] = {**(made.get("env") or {}), draw(st.sampled_from(sorted(base["env"]))): None}
    if draw(st.booleans()):
        made["release"] = None
    return made


def _makes_namespace(app: Mapping[str, Any]) -> bool:
    """Tell whether there is a Namespace in each environment."""
    given = [each.get("namespace") for each in (app, *filter(None, (app.get("environments") or {}).values()))]
    return all(each.get("create") in {None, True} for each in given if isinstance(each, dict))


def _by_hand(*, has_namespace: bool) -> st.SearchStrategy[dict[str, Any]]:
    """Return what is done beside kgen."""
    own = SCALARS[_check_of(FilePattern)].map(lambda pattern: [pattern])
    return st.fixed_dictionaries({}, optional={"patches": _patches(has_namespace=has_namespace), "manifests": own})


@st.composite
def _patches(draw: st.DrawFn, *, has_namespace: bool) -> list[dict[str, Any]]:
    """Draw changes that every app takes, each of something else."""
    kind = draw(st.sampled_from(["ServiceAccount", *(["Namespace"] if has_namespace else [])]))
    name = draw(st.sampled_from(["*", None]))
    target = {"kind": kind, "name": name} if name else {"kind": kind}
    notes = {"example.com/y": draw(free_text), "example.com/x": draw(free_text), "example.com/none": None}
    made: list[dict[str, Any]] = [{"target": target, "merge": {"metadata": {"annotations": notes}}}]
    steps: list[dict[str, Any]] = [
        {"op": "add", "path": "/metadata/annotations/example.com~1z", "value": draw(free_text)},
        {"op": "copy", "from": "/metadata/annotations/example.com~1z", "path": "/metadata/annotations/example.com~1w"},
    ]
    return [*made, {"target": target, "json": steps}] if draw(st.booleans()) else made


@st.composite
def _lines(draw: st.DrawFn, overlays: dict[str, Any]) -> dict[str, Any]:
    """Let some environments extend others; those that nothing is made of are extended."""
    names, made = list(overlays), dict(overlays)
    for index, name in enumerate(names):
        parent = draw(st.sampled_from([None, *names[:index]]))
        if parent is not None:
            made[name] = (made[name] or {}) | {"extends": parent}
            if draw(st.booleans()):
                made[parent] = (made[parent] or {}) | {"template": True}
    live = [name for name in names if not (made[name] or {}).get("template")]
    for name in names:
        if (made[name] or {}).get("template") and not any(name in _above(made, each) for each in live):
            made[name] = {key: item for key, item in made[name].items() if key != "template"}
            live.append(name)
    return made


def _above(overlays: Mapping[str, Any], name: str) -> Iterator[str]:
    while above := (overlays[name] or {}).get("extends"):
        yield above
        name = above


@st.composite
def defaults(draw: st.DrawFn) -> dict[str, Any]:
    """Draw what kgen.yaml says about all apps, whatever they are."""
    known = Known()
    made: dict[str, Any] = draw(fields(Defaults, known, without=["types"]))
    for kind in draw(st.lists(st.sampled_from(sorted(_CHANGES)), max_size=2, unique=True)):
        wanted = {*_CHANGES[kind]} - {"image", "probes", "routes", "schedule", "when"}
        change = draw(fields(Component, known, without={*_keys(Component)} - wanted))
        made.setdefault("types", {})[kind] = change
    return made


@st.composite
def _change(draw: st.DrawFn, part: Part, known: Known) -> dict[str, Any]:
    inner = replace(known, ports=part.ports)
    wanted = {*_CHANGES[part.kind]} - ({"image"} if known.builds else set())
    made: dict[str, Any] = draw(fields(Component, inner, without={*_keys(Component)} - wanted))
    for key in _NEEDED[part.kind]:
        if made.get(key, "") is None:
            del made[key]
    return made


OWN_OBJECT: Final = 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: object-of-their-own}\ndata: {no: "1"}\n'
"""What a user brings."""


def _project(build: Build) -> Project:
    """Return a project that has what ``build`` names."""
    python = build.python
    if python.manager in {None, "pip", "conda"}:
        names = python.requirements or ("requirements.txt",)
        files = {names: Requirements(files=names)}
        return Project(pip="requirements.txt", requirements=files, packaging=_packaging(python))
    members = (python.package,) if python.package else ()
    name = f"{python.manager}.lock"
    return Project(
        locks={cast("Manager", python.manager): Lock(name=name, files=(name,), written_by="2.2.1", members=members)},
        packaging=_packaging(python),
    )


def _packaging(python: PythonBuild) -> Packaging:
    """Return a package where ``python`` says that it is not installed."""
    return Packaging() if python.install_project else Packaging(installs={python.manager or "pip": True})


def facts(*variants: App) -> Facts:
    """Return a repository in which everything is there that ``variants`` name."""
    projects: dict[str, Project] = {}
    frontends: dict[str, NodeProject] = {}
    files: dict[str, str | None] = {}
    for app in variants:
        for build in (app.build, *(each.build for each in app.components.values())):
            if build:
                projects[build.context] = _project(build)
                if build.frontend:
                    known = NodeProject(locks=("package-lock.json",), scripts=("build",))
                    frontends[normpath(join(build.context, build.frontend.path))] = known
        for component in app.components.values():
            files |= {file.source: f"text of {file.source}\n" for file in component.files.values() if file.source}
        boards = [component.dashboards for component in app.components.values() if component.dashboards]
        files |= {source: '{"title": "Shop"}\n' for given in boards for source in given.files.values()}
    encrypted = {
        spec.file: _encrypted(name, spec) for app in variants for name, spec in app.secrets.items() if spec.file
    }
    own = {
        pattern: {pattern.replace("*", "a").replace("?", "b"): OWN_OBJECT}
        for app in variants
        for pattern in app.manifests
    }
    return Facts(projects=projects, frontends=frontends, files=files, secret_files=encrypted, manifests=own)


def _encrypted(name: str, spec: SecretSpec) -> SecretFile:
    """Return a file that fits whatever the app uses."""
    metadata: dict[str, Any] = {"name": name}
    document = {"apiVersion": "v1", "kind": "Secret", "metadata": metadata}
    if spec.provider == "sealed-secrets":
        metadata["annotations"] = {"sealedsecrets.bitnami.com/cluster-wide": "true"}
        document = {"apiVersion": "bitnami.com/v1alpha1", "kind": "SealedSecret", "metadata": metadata}
        document["spec"] = {"encryptedData": dict.fromkeys(spec.keys, "AgAk")}
    return SecretFile(shown=spec.file or "", text="", document=document, encrypted=spec.keys)
