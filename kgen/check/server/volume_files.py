"""
Rules of the API server about volumes that are made of files: secrets, ConfigMaps, the downward API, and all of them.

Source: https://github.com/kubernetes/kubernetes/blob/master/pkg/apis/core/validation/validation.go
"""

from __future__ import annotations

from kgen.check.fault import field
from kgen.check.server.downward import field_faults, resource_faults
from kgen.check.server.errors import forbidden, invalid, renamed, required
from kgen.check.server.kinds import entries

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from typing import Any

    from kgen.check.fault import Fault
    from kgen.check.server.kinds import Context
    from kgen.diag import Path

_MOST_MODE = 0o777
_SHORTEST_TOKEN = 600
_LONGEST_TOKEN = 2**32
_PROJECTED = ("secret", "configMap", "downwardAPI", "serviceAccountToken")
_BUNDLE, _CERTIFICATE = "clusterTrustBundle", "podCertificate"
_CERTIFICATE_PATHS = ("credentialBundlePath", "keyPath", "certificateChainPath")
_SINCE_CERTIFICATES = (1, 37)


def sources(context: Context) -> tuple[str, ...]:
    """Return the sources of a projected volume that are on. The server drops all others."""
    return (*_PROJECTED, _BUNDLE, _CERTIFICATE) if context.version >= _SINCE_CERTIFICATES else _PROJECTED


def secret(value: Mapping[str, Any], at: Path, context: Context) -> Iterator[Fault]:
    """Yield what is wrong with a volume of a secret."""
    del context
    if not value.get("secretName"):
        yield required("VOL009", (*at, "secretName"))
    yield from _default_mode(value, at)
    yield from _items(value, at)


def config_map(value: Mapping[str, Any], at: Path, context: Context) -> Iterator[Fault]:
    """Yield what is wrong with a volume of a ConfigMap."""
    del context
    if not value.get("name"):
        yield required("VOL010", (*at, "name"))
    yield from _default_mode(value, at)
    yield from _items(value, at)


def downward_api(value: Mapping[str, Any], at: Path, context: Context) -> Iterator[Fault]:
    """Yield what is wrong with a volume of the pod's own fields."""
    del context
    yield from _default_mode(value, at)
    yield from _downward_items(value, at)


def projected(value: Mapping[str, Any], at: Path, context: Context) -> Iterator[Fault]:
    """Yield what is wrong with a volume that puts several sources together."""
    yield from _default_mode(value, at)
    paths: set[str] = set()
    known = sources(context)
    for index, entry in enumerate(entries(value, "sources")):
        source = entry or {}
        here = (*at, "sources", index)
        for key in ("secret", "configMap"):
            if (inner := source.get(key)) is not None:
                if not inner.get("name"):
                    yield required("VOL029", (*here, key, "name"))
                yield from _items(inner, (*here, key))
        if (inner := source.get("downwardAPI")) is not None:
            yield from _downward_items(inner, (*here, "downwardAPI"))
        if (inner := source.get("serviceAccountToken")) is not None:
            yield from _token(inner, (*here, "serviceAccountToken"), at)
        if _BUNDLE in known and (_BUNDLE in source or _CERTIFICATE in source):
            yield from _certificates(source, here, context)
        yield from _repeated(source, at, paths, has_certificates=_BUNDLE in known)
        given = [key for key in known if source.get(key) is not None]
        if len(given) > 1:
            message = f"may not have both `{given[0]}` and `{given[1]}`: an entry has one source"
            yield forbidden("VOL027", here, message)


def _default_mode(value: Mapping[str, Any], at: Path) -> Iterator[Fault]:
    mode = value.get("defaultMode")
    if mode is not None and not 0 <= mode <= _MOST_MODE:
        yield invalid("VOL011", (*at, "defaultMode"), _mode_message(mode))


def _mode_message(mode: int) -> str:
    return f"must be between 0 and 0777 (octal), which is {_MOST_MODE}, but is {mode}"


def _items(value: Mapping[str, Any], at: Path) -> Iterator[Fault]:
    """Yield what is wrong with the keys and paths of a secret or ConfigMap."""
    for index, entry in enumerate(entries(value, "items")):
        item = entry or {}
        if not item.get("key"):
            yield required("VOL012", (*at, "items", index, "key"))
        if wrong := _path_message(item.get("path") or ""):
            yield _path_fault("VOL013", (*at, "items", index, "path"), wrong)
        mode = item.get("mode")
        if mode is not None and not 0 <= mode <= _MOST_MODE:
            yield invalid("VOL014", (*at, "items", index, "mode"), _mode_message(mode))


def _path_message(path: str) -> str:
    """Say what is wrong with the path of a file inside a volume, or return ""."""
    if not path:
        return "is required"
    if path[0] == "/":
        return f"must be a relative path, but is `{path}`"
    if ".." not in path:
        return ""
    if ".." in path.split("/"):
        return f"must not have `..` as a step, but is `{path}`"
    return f"must not start with `..`, but is `{path}`" if path.startswith("..") else ""


def _path_fault(row: str, at: Path, wrong: str) -> Fault:
    return required(row, at) if wrong == "is required" else invalid(row, at, wrong)


def _downward_items(value: Mapping[str, Any], at: Path) -> Iterator[Fault]:
    """Yield what is wrong with files of the downward API; the server does not tell which of them."""
    for index, entry in enumerate(entries(value, "items")):
        here = (*at, "items", index)
        yield from renamed(_downward_item(entry or {}, here), here, at)


def _downward_item(item: Mapping[str, Any], at: Path) -> Iterator[Fault]:
    if wrong := _path_message(item.get("path") or ""):
        yield _path_fault("VOL023", (*at, "path"), wrong)
    of_pod, resource = item.get("fieldRef"), item.get("resourceFieldRef")
    if of_pod is not None:
        yield from field_faults(of_pod, (*at, "fieldRef"))
        if resource is not None:
            yield invalid("VOL024", at, "must not have both `fieldRef` and `resourceFieldRef`")
    elif resource is not None:
        yield from resource_faults(resource, (*at, "resourceFieldRef"))
    else:
        yield invalid("VOL024", at, "must have one of `fieldRef` and `resourceFieldRef`")
    mode = item.get("mode")
    if mode is not None and not 0 <= mode <= _MOST_MODE:
        yield invalid("VOL014", (*at, "mode"), _mode_message(mode))


def _token(value: Mapping[str, Any], at: Path, above: Path) -> Iterator[Fault]:
    seconds = value.get("expirationSeconds")
    if seconds is not None and not _SHORTEST_TOKEN <= seconds <= _LONGEST_TOKEN:
        message = f"must be between {_SHORTEST_TOKEN} and {_LONGEST_TOKEN}, but is {seconds}"
        yield invalid("VOL030", (*at, "expirationSeconds"), message)
    if wrong := _path_message(value.get("path") or ""):
        yield _path_fault("VOL031", (*at, "path"), wrong).named(field((*above, "path")))


def _certificates(source: Mapping[str, Any], at: Path, context: Context) -> Iterator[Fault]:
    from kgen.check.server import certificate_sources  # noqa: PLC0415  # few volumes have any

    if (bundle := source.get(_BUNDLE)) is not None:
        yield from certificate_sources.trust_bundle(bundle, (*at, _BUNDLE), context)
        if wrong := _path_message(bundle.get("path") or ""):
            yield _path_fault("VOL033", (*at, _BUNDLE, "path"), wrong)
    if (certificate := source.get(_CERTIFICATE)) is not None:
        yield from certificate_sources.pod_certificate(certificate, (*at, _CERTIFICATE))
        given = {key: certificate[key] for key in _CERTIFICATE_PATHS if certificate.get(key)}
        if not given:
            yield required("VOL034", (*at, _CERTIFICATE), "with at least one path")
        for key, path in given.items():
            if wrong := _path_message(path):
                yield _path_fault("VOL034", (*at, _CERTIFICATE, key), wrong)


def _repeated(source: Mapping[str, Any], at: Path, paths: set[str], *, has_certificates: bool) -> Iterator[Fault]:
    """Yield the paths of ``source`` that an earlier file of the volume has; tokens do not count."""
    items = [item for key in ("secret", "configMap", "downwardAPI") for item in entries(source.get(key) or {}, "items")]
    files = [(item or {}).get("path") for item in items]
    if has_certificates:
        files += [(source.get(_BUNDLE) or {}).get("path")]
        files += [(source.get(_CERTIFICATE) or {}).get(key) for key in _CERTIFICATE_PATHS]
    for path in files:
        if path and path in paths:
            yield invalid("VOL028", at, f"has two files at the path `{path}`")
        elif path:
            paths.add(path)
