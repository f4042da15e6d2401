"""
The example of `.env`: what compose.yaml takes from there or from the shell, by name and without values.

Source: https://docs.docker.com/compose/how-tos/environment-variables/variable-interpolation/
"""

from collections.abc import Iterator

from kgen.emit.compose.names import companion
from kgen.emit.compose.storage import path_name, secret_files
from kgen.emit.compose.values import shell_name
from kgen.model.plan import Address, ConfigKey, Part, Plan, SecretKey, Workload


def env_example(plan: Plan, header: str) -> dict[str, str]:
    """Return the example by its name; nothing if compose.yaml takes nothing."""
    lines: dict[str, str] = {}
    takers: dict[str, dict[str, list[str]]] = {}
    for what, line, name, service in (use for workload in plan.workloads for use in _uses(workload)):
        lines[what] = line
        takers.setdefault(what, {}).setdefault(name, []).append(service)
    if not lines:
        return {}
    head = (
        f"# {header}\n"
        f"# {plan.compose} takes these from the shell or from `.env`.\n"
        "# Copy this file there, fill it in, and keep `.env` out of Git."
    )
    blocks = [f"# {what}: {_shown(takers[what])}\n{line}" for what, line in lines.items()]
    return {plan.env_example: "\n\n".join([head, *blocks]) + "\n"}


def _shown(takers: dict[str, list[str]]) -> str:
    """
    Return who takes a value.

    >>> _shown({"TOKEN": ["web", "worker"], "/etc/token": ["web"]})
    'TOKEN of web, worker; /etc/token of web'
    """
    return "; ".join(f"{name} of {', '.join(dict.fromkeys(services))}" for name, services in takers.items())


def _uses(workload: Workload) -> Iterator[tuple[str, str, str, str]]:
    """Yield what a value is, the line for it, and the variable or file of a service that it is for."""
    own = workload.target.component
    for each in workload.containers:
        service = own if each is workload.container else companion(workload, each)
        for variable in each.variables:
            for what, line in filter(None, map(_use, variable.parts)):
                yield what, line, variable.name, service
    for name, given in workload.build.secrets.items() if workload.build else ():
        if given.env:
            yield f"`{name}`, a secret of the build", f"{given.env}=", "image", own
    for secret, key, path in secret_files(workload):
        yield f"path of `{key}` of the secret `{secret}`", f"{path_name(secret, key)}=", path, own


def _use(part: Part) -> tuple[str, str] | None:
    match part:
        case Address(app=app, output=output) if app:
            return (
                f"`{output}` of the app `{app}`, if it runs elsewhere",
                f"# {shell_name(app, output)}={part.in_compose}",
            )
        case SecretKey(need="", secret=name, key=key):
            return f"`{key}` of the secret `{name}`", f"{shell_name(name, key)}="
        case ConfigKey(config=name, key=key):
            return f"`{key}` of the ConfigMap `{name}`", f"{shell_name(name, key)}="
        case _:
            return None
