"""Which keys of which Secrets an app uses."""

from collections.abc import Iterable, Iterator, Mapping

from kgen.features.routes import IngressPlan
from kgen.features.secrets import SecretFiles
from kgen.model.plan import SecretKey, Variable, Workload


def keys(workloads: Iterable[Workload], others: Mapping[str, Iterable[str]]) -> Mapping[str, tuple[str, ...]]:
    """
    Return the Secrets that have to be there, with the keys that are used, but for those that an operator makes.

    Args:
        workloads: What uses them.
        others: Secrets and keys that something else uses.
    """
    used = {name: set(some) for name, some in others.items()}
    for workload in workloads:
        for secret, key in _all(workload):
            used.setdefault(secret, set()).add(key)
    return {secret: tuple(sorted(keys)) for secret, keys in sorted(used.items())}


def _all(workload: Workload) -> Iterator[tuple[str, str]]:
    for container in workload.containers:
        yield from of_variables(container.variables)
    yield from of_routes(workload.ingresses)
    yield from ((name, ".dockerconfigjson") for name in workload.placement.pull_secrets)
    for authentication in workload.scaler.authentications if workload.scaler else ():
        for _, secret, key in () if authentication.by_operator else authentication.parameters:
            yield secret, key
    for mount in workload.secret_mounts:
        if isinstance(mount, SecretFiles):
            yield from ((mount.secret, key) for key, _ in mount.files)


def of_variables(variables: Iterable[Variable]) -> Iterator[tuple[str, str]]:
    """Yield Secret and key of everything that ``variables`` refer to."""
    for variable in variables:
        for part in variable.parts:
            if isinstance(part, SecretKey) and not part.by_operator:
                yield part.secret, part.key


def of_routes(ingresses: Iterable[IngressPlan]) -> Iterator[tuple[str, str]]:
    """Yield Secret and key of certificates that nobody issues."""
    for plan in ingresses:
        for rule in plan.rules:
            if rule.tls_secret and not plan.issuer:
                yield from ((rule.tls_secret, key) for key in ("tls.crt", "tls.key"))
