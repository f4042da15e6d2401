"""Where pods run: what the user says, and what of it the API server would refuse."""

from collections.abc import Iterator, Mapping, Sequence

from kgen.diag import Diagnostic, Label, Path, Rule
from kgen.model.app import App
from kgen.model.component import Component
from kgen.model.placement import DnsOptions, Handler, NodeRule, Spread, Toleration
from kgen.model.platform import Platform
from kgen.model.pod_plan import Hook, Placement
from kgen.resolve import externals
from kgen.resolve.fields import exactly_one, unread
from kgen.resolve.references import selected, tcp_ports
from kgen.resolve.rules import NO_PORT, UNKNOWN_REFERENCE, WITHOUT_EFFECT
from kgen.resolve.versions import at_least, too_old
from kgen.units import duration, seconds
from kgen.words import listed, suggestion

CONTRADICTS = Rule(
    code="KG3102",
    name="placement-contradicts-itself",
    explain="The API server refuses a toleration, a node rule or DNS settings whose parts do not go together.",
)
HOOK_TOO_LONG = Rule(
    code="KG3103",
    name="hook-longer-than-grace-period",
    explain="The API server refuses a hook that sleeps longer than the pod has to stop, at its start too.",
)
RULES = (CONTRADICTS, HOOK_TOO_LONG)

STOP_SECONDS = 30
SLEEP_SINCE = "1.30"
_MOST_SERVERS = 3


def faults(app: App, platform: Platform) -> Iterator[Diagnostic]:
    """Yield rules on nodes that contradict themselves, and components and ports that are not there."""
    for name, component in app.components.items():
        yield from _place_faults(app, name, component)
        if component.lifecycle:
            for key, handler in (
                ("postStart", component.lifecycle.post_start),
                ("preStop", component.lifecycle.pre_stop),
            ):
                if handler:
                    yield from _handler_faults(component, handler, platform, ("components", name, "lifecycle", key))


def _place_faults(app: App, name: str, component: Component) -> Iterator[Diagnostic]:
    at: Path = ("components", name)
    for index, toleration in enumerate(component.tolerations):
        yield from _toleration_faults(toleration, (*at, "tolerations", index))
    if component.affinity:
        for index, rule in enumerate(component.affinity.nodes):
            yield from _node_faults(rule, (*at, "affinity", "nodes", index))
        yield from _no_node(component.affinity.nodes, component.node_selector, at)
        for key, names in (("with", component.affinity.beside), ("apartFrom", component.affinity.apart_from)):
            for index, other in enumerate(names):
                yield from _other_faults(app, name, other, (*at, "affinity", key, index))
    if component.dns:
        yield from _dns_faults(component.dns, (*at, "dns"))
    if component.spread and component.spread.when == "none":
        yield from unread(component.spread, {"topologies", "max_skew"}, (*at, "spread"), "pods that are not spread")


def _contradiction(message: str, at: Path, way_out: str) -> Diagnostic:
    return Diagnostic(rule=CONTRADICTS, message=message, at=Label(at, on="key"), help=way_out)


def _toleration_faults(given: Toleration, at: Path) -> Iterator[Diagnostic]:
    if given.operator == "Exists" and given.value:
        yield _contradiction("`Exists` takes no value", (*at, "value"), "remove `value`, or say `operator: Equal`")
    if given.key is None and (given.value or given.operator == "Equal"):
        yield _contradiction("a value needs the `key` of its taint", at, "add `key`")
    if given.seconds and given.effect != "NoExecute":
        yield _contradiction("`seconds` is for `effect: NoExecute`", (*at, "seconds"), "add the effect, or remove it")


def _node_faults(given: NodeRule, at: Path) -> Iterator[Diagnostic]:
    operator = given.operator or ("In" if given.values else "Exists")
    if operator in {"Exists", "DoesNotExist"} and given.values:
        yield _contradiction(f"`{operator}` takes no values", (*at, "values"), "remove them, or say `operator: In`")
    if operator in {"In", "NotIn"} and not given.values:
        yield _contradiction(f"`{operator}` needs values", at, "add `values`")
    if operator in {"Gt", "Lt"} and not (len(given.values) == 1 and given.values[0].isdecimal()):
        yield _contradiction(f"`{operator}` takes exactly one whole number", at, "write it as `values: [4]`")


def _no_node(nodes: Sequence[NodeRule], selector: Mapping[str, str], at: Path) -> Iterator[Diagnostic]:
    """Yield the first rule that leaves no value for a label beside those before it."""
    left: dict[str, tuple[set[str], Path]] = {
        key: ({value}, (*at, "nodeSelector", key)) for key, value in selector.items()
    }
    for index, rule in enumerate(nodes):
        where: Path = (*at, "affinity", "nodes", index)
        before, asked = left.get(rule.key) or (None, where)
        values = {*rule.values}
        if rule.values and rule.operator in {None, "In"}:
            left[rule.key] = (values if before is None else before & values, where)
        elif before is not None and rule.operator in {"NotIn", "DoesNotExist"}:
            left[rule.key] = (before - values if rule.operator == "NotIn" else set(), where)
        if before and not left[rule.key][0]:
            yield Diagnostic(
                rule=CONTRADICTS,
                message=f"no node is left: its `{rule.key}` has to be {listed(sorted(before), 'or')}",
                at=Label(where, on="key"),
                related=(Label(asked, "asked for here", on="key"),),
                help="remove one of the two: a node has to meet both",
            )
            return


def _other_faults(app: App, name: str, other: str, at: Path) -> Iterator[Diagnostic]:
    if other == name:
        yield Diagnostic(
            rule=WITHOUT_EFFECT,
            message="this is the component itself",
            at=Label(at),
            help="how its pods stand to each other is said by `spread`",
        )
    elif other not in app.components:
        yield Diagnostic(
            rule=UNKNOWN_REFERENCE,
            message=f"there is no component `{other}`",
            at=Label(at),
            help=suggestion(other, list(app.components), "there are"),
        )
    else:
        yield from externals.without_pods(app, other, at)


def _dns_faults(given: DnsOptions, at: Path) -> Iterator[Diagnostic]:
    if len(given.nameservers) > _MOST_SERVERS:
        yield _contradiction(f"a pod asks {_MOST_SERVERS} name servers at most", (*at, "nameservers"), "leave some out")
    if given.policy == "None" and not given.nameservers:
        yield _contradiction("with `policy: None` the pods know no name server", at, "add `nameservers`")


def _handler_faults(component: Component, given: Handler, platform: Platform, at: Path) -> Iterator[Diagnostic]:
    yield from exactly_one(given, ("exec", "http", "sleep"), at)
    if given.sleep:
        yield from too_old(platform, "`sleep`", SLEEP_SINCE, (*at, "sleep"), "use `exec: [sleep, …]`")
        yield from _too_long(component, given.sleep, at)
    if not given.http:
        yield from unread(given, {"port"}, at, "a hook without `http`")
        return
    ports = tcp_ports(component)
    if (given.port and given.port not in ports) or not ports:
        yield Diagnostic(
            rule=NO_PORT,
            message=f"there is no TCP port `{given.port}`" if given.port else f"`{at[1]}` has no port to ask",
            at=Label((*at, "port") if given.port else (*at, "http")),
            help="add the port, or use `exec`",
        )


def _too_long(component: Component, sleep: str, at: Path) -> Iterator[Diagnostic]:
    """Yield a sleep after the start that the grace period does not cover; one before the end is added to it."""
    grace = seconds(component.stop_grace_period or "") or STOP_SECONDS
    if at[-1] == "postStart" and (seconds(sleep) or 0) > grace:
        yield Diagnostic(
            rule=HOOK_TOO_LONG,
            message=f"`{sleep}` is longer than `stopGracePeriod`, which is {duration(grace)}",
            at=Label((*at, "sleep")),
            help=f'use `exec: [sleep, "{seconds(sleep)}"]`, or add `stopGracePeriod: {sleep}`',
        )


def placement(app: App, component: Component) -> Placement:
    """Return where and among which names the pods of ``component`` run."""
    return Placement(
        app=app.name,
        node_selector=component.node_selector,
        tolerations=component.tolerations,
        affinity=component.affinity,
        priority_class=component.priority_class or "",
        runtime_class=component.runtime_class or "",
        host_aliases=component.host_aliases,
        dns=component.dns,
        pull_secrets=tuple(dict.fromkeys(component.pull_secrets)),
    )


def of_release(app: App) -> Placement:
    """Return the same of what is the app's own: its release, its backing services, their dumps."""
    return Placement(app=app.name, pull_secrets=tuple(dict.fromkeys(app.pull_secrets)))


def hooks(component: Component, platform: Platform, *, waits: int, has_programs: bool) -> tuple[tuple[str, Hook], ...]:
    """
    Return the hooks of the component's container.

    Args:
        component: The component.
        platform: The choices of kgen.yaml.
        waits: Seconds to wait before SIGTERM where the user says nothing.
        has_programs: Whether its image may have more than Python.
    """
    given = component.lifecycle
    made = []
    if given and given.post_start:
        made.append(("postStart", _hook(component, given.post_start)))
    if given and given.pre_stop:
        made.append(("preStop", _hook(component, given.pre_stop)))
    elif waits:
        program = ("sleep", str(waits)) if has_programs else ("python", "-c", f"import time; time.sleep({waits})")
        made.append(("preStop", Hook(sleep=waits) if at_least(platform, SLEEP_SINCE) else Hook(command=program)))
    return tuple(made)


def _hook(component: Component, given: Handler) -> Hook:
    named = given.port or next(iter(tcp_ports(component)), "")
    return Hook(
        command=given.exec or (),
        path=given.http or "",
        port=selected(component, named) if given.http else "",
        sleep=seconds(given.sleep or "") or 0,
    )


def waits(component: Component, *, by_default: int) -> int:
    """Return the seconds between the end of a pod's being served and SIGTERM, as far as they are known."""
    given = component.lifecycle.pre_stop if component.lifecycle else None
    return (seconds(given.sleep or "") or 0) if given else by_default


def spread(component: Component, *, several: bool) -> Spread:
    """Return how pods are spread; a single pod has nothing to spread."""
    given = component.spread or Spread(when="preferred" if several else "none")
    return given.model_copy(update={"topologies": tuple(dict.fromkeys(given.topologies))})
