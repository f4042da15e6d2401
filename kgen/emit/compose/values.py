"""Texts of the plan as compose.yaml has them: what is known now, what the shell or `.env` brings."""

import re

from kgen.model.plan import Address, ConfigKey, Container, Part, Plan, PodField, SecretKey, Variable, Workload

_LOCAL = "local"
"""What a pod's fields are on a developer's machine."""


def escaped(text: str) -> str:
    """Return ``text`` so that compose does not take a `$` in it for a variable."""
    return text.replace("$", "$$")


def filled(plan: Plan, workload: Workload, run: Container, word: str) -> str:
    """
    Return a word of a command with what Kubernetes replaces in it replaced: ``$(NAME)``, and ``$$`` by one ``$``.

    Source: https://kubernetes.io/docs/tasks/inject-data-application/define-command-argument-container/
    """
    known = {variable.name: variable for variable in run.variables}
    made = ""
    for piece in re.split(r"(\$\$|\$\([\w.-]+\))", word):
        name = piece[2:-1]
        is_known = piece.startswith("$(") and name in known
        made += text_of(plan, workload, known[name]) if is_known else escaped("$" if piece == "$$" else piece)
    return made


def text_of(plan: Plan, workload: Workload, variable: Variable) -> str:
    return "".join(_part(plan, workload, part) for part in variable.parts)


def _part(plan: Plan, workload: Workload, part: Part) -> str:
    match part:
        case str():
            return escaped(part)
        case Address(app=app, output=output) if app:
            return f"${{{shell_name(app, output)}:-{part.in_compose}}}"
        case Address():
            return part.in_compose
        case SecretKey(need=need, output=output) if need:
            return escaped(next(backing for backing in plan.needs if backing.name == need).outputs[output])
        case SecretKey(secret=name, key=key) | ConfigKey(config=name, key=key):
            return f"${{{shell_name(name, key)}:-}}"
        case PodField(path=path):
            fields = {"metadata.name": workload.target.component, "metadata.namespace": plan.app}
            return fields.get(path, _LOCAL)


def shell_name(name: str, key: str) -> str:
    """
    Return the variable that brings a secret to a developer's machine.

    >>> shell_name("sentry", "dsn")
    'SENTRY_DSN'
    """
    made = "".join(letter if letter.isalnum() else "_" for letter in f"{name}_{key}").upper()
    return f"_{made}" if made[0].isdecimal() else made
