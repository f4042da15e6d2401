"""Files of encrypted Secrets: are they there, encrypted, and those that the app needs? No finding shows a value."""

from collections.abc import Iterator

from kgen.diag import Diagnostic, Label, Rule
from kgen.model.facts import Facts, SecretFile
from kgen.record import dataclass
from kgen.words import suggestion

MISSING = Rule(
    code="KG3204",
    name="secret-file-missing",
    explain="The file becomes a part of the output; without it pods would wait for a Secret that nobody makes.",
)
NOT_ENCRYPTED = Rule(
    code="KG3205",
    name="secret-file-not-encrypted",
    explain="base64 is no encryption: whoever reads the repository, or its history, has the values.",
    is_confidential=True,
)
MISMATCH = Rule(
    code="KG3206",
    name="secret-file-mismatch",
    explain="An encrypted Secret is bound to its kind, its name and, as a rule, its namespace.",
    is_confidential=True,
)
KEY_MISSING = Rule(
    code="KG3207",
    name="secret-key-missing",
    explain="A pod that refers to a key that a Secret does not have cannot start.",
    is_confidential=True,
)
RULES = (MISSING, NOT_ENCRYPTED, MISMATCH, KEY_MISSING)

DEFAULT = "secrets/{env}/{secret}.yaml"
_KINDS = {"sealed-secrets": ("bitnami.com/v1alpha1", "SealedSecret"), "sops": ("v1", "Secret")}
_TOOLS = {"sealed-secrets": "kubeseal", "sops": "sops"}
_SCOPE = "sealedsecrets.bitnami.com/"


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """A Secret that comes from a file."""

    name: str
    keys: tuple[str, ...]
    provider: str
    path: str
    """The file, relative to the app file."""

    namespace: str
    place: Label
    """Where the app file asks for it."""


def faults(want: Wanted, facts: Facts) -> Iterator[Diagnostic]:
    """Yield what is wrong with the file of a Secret: the first reason that it cannot be used, or all keys it lacks."""
    given = facts.secret_files.get(want.path)
    if given is None:
        yield _missing(want)
        return
    if fault := _unusable(want, given) or _stranger(want, given):
        yield fault
        return
    for key in want.keys:
        if key not in given.encrypted:
            message = f"the Secret `{want.name}` in this file has no key `{key}`"
            way_out = suggestion(key, list(given.encrypted), "keys there")
            yield _finding(KEY_MISSING, message, way_out, want, given)


def _missing(want: Wanted) -> Diagnostic:
    plain = f"kubectl create secret generic {want.name} --namespace {want.namespace} --dry-run=client --output yaml"
    sops = f"sops encrypt --encrypted-regex '^(data|stringData)$' secret.yaml > {want.path}"
    command = sops if want.provider == "sops" else f"{plain} --from-file=… | kubeseal --format yaml > {want.path}"
    return Diagnostic(
        rule=MISSING,
        message=f"there is no file `{want.path}` with the Secret `{want.name}`",
        at=Label(want.place.path, on="key"),
        help=f"make it: `{command}`",
    )


def _unusable(want: Wanted, given: SecretFile) -> Diagnostic | None:
    """Return why nothing can be said about what the file holds, or that it holds values."""
    if given.plain:
        keys = ", ".join(f"`{key}`" for key in given.plain)
        message = f"this file has values of a Secret that are not encrypted, at {keys}"
        way_out = f"encrypt it with {_TOOLS[want.provider]}, and make new values if these were ever committed"
        return _finding(NOT_ENCRYPTED, message, way_out, want, given)
    if given.problem:
        return _finding(MISMATCH, given.problem, "one file holds one Secret", want, given)
    version, kind = _KINDS[want.provider]
    if (given.document.get("apiVersion"), given.document.get("kind")) != (version, kind):
        message = f"this file holds no {kind} of `{version}`, which `{want.provider}` asks for"
        way_out = "encrypt only values: `apiVersion`, `kind` and `metadata` have to be readable"
        return _finding(MISMATCH, message, way_out, want, given)
    return None


def _stranger(want: Wanted, given: SecretFile) -> Diagnostic | None:
    """Return why the Secret of the file is another one than the app needs."""
    tool = _TOOLS[want.provider]
    notes = given.metadata.get("annotations")
    scopes = notes if isinstance(notes, dict) else {}
    if given.metadata.get("name") != want.name:
        message = f"the Secret in this file is not called `{want.name}`"
        return _finding(MISMATCH, message, f"make it with {tool} under that name, or name the right file", want, given)
    is_for_all = str(scopes.get(f"{_SCOPE}cluster-wide", "")).lower() == "true"
    given_namespace = given.metadata.get("namespace")
    if given_namespace != want.namespace and not is_for_all and (given_namespace or want.provider != "sops"):
        message = f"the Secret in this file is for another namespace than `{want.namespace}`"
        way_out = f"make it with {tool} for `{want.namespace}`"
        return _finding(MISMATCH, message, way_out, want, given)
    return None


def _finding(rule: Rule, message: str, way_out: str, want: Wanted, given: SecretFile) -> Diagnostic:
    return Diagnostic(
        rule=rule,
        message=message,
        at=Label(file=given.shown),
        related=(want.place,),
        help=way_out,
        is_confidential=True,
    )
