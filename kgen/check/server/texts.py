"""
The forms of names and labels, each as a function that returns what is wrong, or "".

What is wrong goes on after the name of the field. Results are remembered: most texts come again and again.

Source: https://github.com/kubernetes/apimachinery/blob/master/pkg/util/validation/validation.go
"""

from __future__ import annotations

import re
from functools import lru_cache

_MOST = 10_000
_LONGEST_LABEL = 63
_LONGEST_SUBDOMAIN = 253
_LONGEST_PORT_NAME = 15


def _is_plain(text: str) -> bool:
    """
    Tell whether ``text`` is a label that every form below takes but for its length: asking a pattern takes longer.

    >>> _is_plain("web-1"), _is_plain("Web"), _is_plain("-web"), _is_plain("")
    (True, False, False, False)
    """
    bare = text.replace("-", "x")
    return bare.isalnum() and bare.isascii() and bare == bare.lower() and text[0] != "-" != text[-1]


@lru_cache(maxsize=_MOST)
def dns_label(text: str) -> str:
    """Say what is wrong with a lower-case RFC 1123 label: the name of a container, a Namespace."""
    if len(text) > _LONGEST_LABEL:
        return f"must have at most {_LONGEST_LABEL} characters, but has {len(text)}"
    if _is_plain(text) or re.fullmatch(r"[a-z0-9]([-a-z0-9]*[a-z0-9])?", text):
        return ""
    return f"must consist of `a` to `z`, `0` to `9` and `-`, with a letter or digit at both ends, but is `{text}`"


@lru_cache(maxsize=_MOST)
def dns_1035_label(text: str) -> str:
    """Say what is wrong with an RFC 1035 label, which starts with a letter: the name of a Service before 1.36."""
    if len(text) > _LONGEST_LABEL:
        return f"must have at most {_LONGEST_LABEL} characters, but has {len(text)}"
    if re.fullmatch(r"[a-z]([-a-z0-9]*[a-z0-9])?", text):
        return ""
    return f"must start with a letter, and consist of `a` to `z`, `0` to `9` and `-`, but is `{text}`"


@lru_cache(maxsize=_MOST)
def dns_subdomain(text: str) -> str:
    """Say what is wrong with a lower-case RFC 1123 subdomain: the name of most objects."""
    if len(text) > _LONGEST_SUBDOMAIN:
        return f"must have at most {_LONGEST_SUBDOMAIN} characters, but has {len(text)}"
    if _is_plain(text) or re.fullmatch(r"[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*", text):
        return ""
    return f"must consist of `a` to `z`, `0` to `9`, `-` and `.`, with a letter or digit at both ends, but is `{text}`"


@lru_cache(maxsize=_MOST)
def qualified_name(text: str) -> str:
    """Say what is wrong with a label key: `name`, or `prefix/name` with a subdomain as prefix."""
    prefix, slash, name = text.rpartition("/")
    if slash and "/" in prefix:
        return f"must have at most one `/`, but is `{text}`"
    if slash and (not prefix or dns_subdomain(prefix)):
        return f"must have a DNS subdomain before the `/`, but is `{text}`"
    if len(name) > _LONGEST_LABEL:
        return f"must have at most {_LONGEST_LABEL} characters after the `/`, but has {len(name)}"
    if _is_plain(name) or re.fullmatch(r"([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]", name):
        return ""
    return f"must consist of letters, digits, `-`, `_` and `.`, with a letter or digit at both ends, but is `{text}`"


@lru_cache(maxsize=_MOST)
def label_value(text: str) -> str:
    """Say what is wrong with the value of a label; it may be empty."""
    if len(text) > _LONGEST_LABEL:
        return f"must have at most {_LONGEST_LABEL} characters, but has {len(text)}"
    if _is_plain(text) or re.fullmatch(r"(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?", text):
        return ""
    return f"must consist of letters, digits, `-`, `_` and `.`, with a letter or digit at both ends, but is `{text}`"


@lru_cache(maxsize=_MOST)
def port_name(text: str) -> str:
    """Say what is wrong with an IANA service name: the name of a container port, a named targetPort."""
    if len(text) > _LONGEST_PORT_NAME:
        return f"must have at most {_LONGEST_PORT_NAME} characters, but has {len(text)}"
    if not re.fullmatch(r"[a-z0-9-]+", text):
        return f"must consist of `a` to `z`, `0` to `9` and `-`, but is `{text}`"
    if not re.search(r"[a-z]", text):
        return f"must have at least one letter, but is `{text}`"
    if "--" in text or text[0] == "-" or text[-1] == "-":
        return f"must not have `--`, nor `-` at an end, but is `{text}`"
    return ""


@lru_cache(maxsize=_MOST)
def path_segment(text: str) -> str:
    """Say what is wrong with a name that only has to fit into a URL: of a Role, a PodDisruptionBudget."""
    if text in (".", ".."):
        return f"must not be `{text}`"
    for sign in "/%":
        if sign in text:
            return f"must not contain `{sign}`, but is `{text}`"
    return ""


@lru_cache(maxsize=_MOST)
def config_key(text: str) -> str:
    """Say what is wrong with a key of a ConfigMap or Secret, which becomes the name of a file."""
    if len(text) > _LONGEST_SUBDOMAIN:
        return f"must have at most {_LONGEST_SUBDOMAIN} characters, but has {len(text)}"
    if text == "." or text.startswith(".."):
        return f"must not be `.`, nor start with `..`, but is `{text}`"
    if _is_plain(text) or re.fullmatch(r"[-._a-zA-Z0-9]+", text):
        return ""
    return f"must consist of letters, digits, `-`, `_` and `.`, but is `{text}`"


@lru_cache(maxsize=_MOST)
def environment_name(text: str) -> str:
    """Say what is wrong with the name of an environment variable, or a prefix of one, since Kubernetes 1.32."""
    if text.isascii() and text.isprintable() and "=" not in text:
        return ""
    return f"must consist of printable ASCII characters other than `=`, but is {text!a}"


@lru_cache(maxsize=_MOST)
def strict_environment_name(text: str) -> str:
    """Say what is wrong with the name of an environment variable before Kubernetes 1.32."""
    if not re.fullmatch(r"[-._a-zA-Z][-._a-zA-Z0-9]*", text):
        return f"must consist of letters, digits, `_`, `-` and `.`, and not start with a digit, but is {text!a}"
    return f"must neither be `.` nor start with `..`, but is `{text}`" if text == "." or text[:2] == ".." else ""


@lru_cache(maxsize=_MOST)
def inner_path(text: str) -> str:
    """Say what is wrong with a path that has to stay below its directory, as a ``subPath``."""
    if text.startswith("/"):
        return f"must be a relative path, but is `{text}`"
    return backstep(text)


@lru_cache(maxsize=_MOST)
def backstep(text: str) -> str:
    """Say what is wrong with a path that may not go up."""
    return f"must not have `..` as a part, but is `{text}`" if ".." in text.split("/") else ""
