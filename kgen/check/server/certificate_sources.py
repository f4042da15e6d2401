"""
Rules of the API server about certificates in a projected volume: those of trusted signers, and the pod's own.

Source: https://github.com/kubernetes/kubernetes/blob/master/pkg/apis/core/validation/validation.go
"""

from __future__ import annotations

from kgen.check.server.errors import invalid, required, unsupported
from kgen.check.server.kinds import part
from kgen.check.server.selectors import label_selector
from kgen.check.server.texts import dns_label, dns_subdomain

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from typing import Any

    from kgen.check.fault import Fault
    from kgen.check.server.kinds import Context
    from kgen.diag import Path

_ROW = "VOL033"
_OF_PODS = "VOL034"
_KEY_TYPES = frozenset({"RSA3072", "RSA4096", "ECDSAP256", "ECDSAP384", "ECDSAP521", "ED25519"})
_SHORTEST, _LONGEST, _LONGEST_OF_KUBERNETES = 3600, 91 * 86400, 86400


def trust_bundle(value: Mapping[str, Any], at: Path, context: Context) -> Iterator[Fault]:
    """Yield what is wrong with how a bundle is chosen: by its name, or by its signer."""
    name, signer = value.get("name"), value.get("signerName")
    if name is not None and signer is not None:
        yield invalid(_ROW, at, "must not have both `name` and `signerName`")
    elif name is not None:
        yield from _name(name, (*at, "name"))
        if value.get("labelSelector") is not None:
            yield invalid(_ROW, (*at, "labelSelector"), "must not be set beside `name`")
    elif signer is None:
        yield required(_ROW, at, "with `name` or `signerName`")
    else:
        if wrong := _signer_name(signer):
            path = (*at, "signerName")
            yield invalid(_ROW, path, wrong) if signer else required(_ROW, path)
        for fault in label_selector(part(value, "labelSelector"), (*at, "labelSelector"), context):
            yield invalid(_ROW, fault.path, fault.message, fault.help)


def pod_certificate(value: Mapping[str, Any], at: Path) -> Iterator[Fault]:
    """Yield what is wrong with a certificate that a signer gives to the pod, but for its paths."""
    signer, kind = value.get("signerName") or "", value.get("keyType") or ""
    if wrong := _signer_name(signer):
        path = (*at, "signerName")
        yield invalid(_OF_PODS, path, wrong) if signer else required(_OF_PODS, path)
    if kind not in _KEY_TYPES:
        yield unsupported(_OF_PODS, (*at, "keyType"), kind, _KEY_TYPES)
    seconds = value.get("maxExpirationSeconds")
    longest = _LONGEST_OF_KUBERNETES if signer.startswith("kubernetes.io/") else _LONGEST
    if seconds is not None and not _SHORTEST <= seconds <= longest:
        message = f"must be between {_SHORTEST} and {longest}, but is {seconds}"
        yield invalid(_OF_PODS, (*at, "maxExpirationSeconds"), message)


def _name(name: str, at: Path) -> Iterator[Fault]:
    if not name:
        yield required(_ROW, at)
        return
    signer, colon, own = name.rpartition(":")
    if wrong := dns_subdomain(own) or (colon and _signer_name(signer.replace(":", "/"))):
        yield invalid(_ROW, at, wrong)


def _signer_name(text: str) -> str:
    """
    Say what is wrong with the name of a signer.

    >>> _signer_name("example.com/mine"), _signer_name("example/mine")
    ('', 'must be a domain with a dot, `/` and a name, as `example.com/signer`, but is `example/mine`')
    """
    domain, _, name = text.partition("/")
    labels = domain.split(".")
    wrong = any(map(dns_label, labels)) or len(labels) < 2 or any(map(dns_subdomain, name.split(".")))  # noqa: PLR2004
    form = "must be a domain with a dot, `/` and a name, as `example.com/signer`"
    return f"{form}, but is `{text}`" if wrong else ""
