"""
What a secret looks like: names of settings that hold one, and texts that are one.

Nothing here, nor who uses it, ever shows the text.
"""

from __future__ import annotations

import re

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

_NAME = re.compile(
    r"secret|passw(?:or)?d|passphrase|token|api_?key|access_?key|private_?key|encryption_?key"
    r"|signing_?key|credential",
    re.IGNORECASE,
)
_ABOUT = re.compile(
    r"(?:_|^)(?:file|path|dir|name|names|url|uri|host|port|ttl|expiry|expires|expiration|expire|lifetime|age|type|enabled"
    r"|disabled|enable|required|length|size|limit|limits|max|min|header|issuer|audience|ref|arn|algorithm|alg|version"
    r"|region|prefix|namespace|mount|backend|provider|id|endpoint|service|count|timeout|policy|interval|format|scope"
    r"|scopes|store|manager|engine|field|rotation|mode|location|group|class|method|role|user|username|budget)s?$",
    re.IGNORECASE,
)
"""Words at the end of a name that make it one about a secret."""

_WORD_START = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")
_PLAIN = re.compile(
    r"true|false|yes|no|on|off|none|null|nil|disabled|enabled|default|auto|required|optional"
    r"|[-+]?[0-9]+(?:\.[0-9]+)?[a-z%]{0,2}"
    r"|[./~@].*|file:.*|\$.*|<.*|\{.*|%.*|\*+|x{3,}",
    re.IGNORECASE | re.DOTALL,
)
"""Switches, numbers, durations, paths, references, and gaps that somebody fills in."""

_OBJECT = re.compile(r"[a-z][a-z0-9.-]*/[a-z][a-z0-9.-]*")
"""Namespace and name of an object."""

_URL = re.compile(r"[a-z][a-z0-9+.-]{0,20}://[^/\s]{0,300}", re.IGNORECASE)
_USER = re.compile(r"://[^/\s:@]{0,100}:(?P<value>[^/\s@]{1,200})@")
_PARAMETER = re.compile(r"[?&;](?:password|passwd|pwd)=(?P<value>[^&;\s\"']{1,200})", re.IGNORECASE)
_GAP = ("$", "<", "{", "*", "%", "[")

_CERTAIN = (
    ("a private key", re.compile(r"-----BEGIN (?:[A-Z0-9]{1,12} ){0,3}PRIVATE KEY-----")),
    ("an access key of AWS", re.compile(r"\b(?:AKIA|ASIA)[A-Z0-9]{16}\b(?<!EXAMPLE)")),
    ("a token of GitHub", re.compile(r"\b(?:gh[pousr]_[A-Za-z0-9]{36}|github_pat_[A-Za-z0-9_]{22})")),
    ("a token of GitLab", re.compile(r"\bglpat-[A-Za-z0-9_-]{20}")),
    ("a token of Slack", re.compile(r"\bxox[abprs]-[A-Za-z0-9-]{10}")),
    ("a JSON web token", re.compile(r"(?<![\w-])eyJ[\w-]{10,}+\.eyJ[\w-]{10,}+\.[\w-]{10}", re.ASCII)),
    ("a key of Stripe", re.compile(r"\b[sr]k_live_[A-Za-z0-9]{16}")),
)


def is_secret_name(name: str) -> bool:
    """
    Tell whether a setting of this name holds a secret.

    >>> [is_secret_name(name) for name in ("DB_PASSWORD", "apiKey", "TOKEN_URL", "PASSWORD_FILE", "USER")]
    [True, True, False, False, False]
    """
    words = name.replace("-", "_").replace(".", "_")
    if _NAME.search(words) is None:
        return False
    return _ABOUT.search(_WORD_START.sub("_", words)) is None


def is_literal(value: str) -> bool:
    """
    Tell whether a value is a text of its own: no reference, path, address, switch or number.

    >>> [is_literal(text) for text in ("hunter2", "$(DB)", "/run/secret", "https://idp.example.com", "true", "30s")]
    [True, False, False, False, False, False]
    """
    plain = value.strip()
    if not plain or _PLAIN.fullmatch(plain) or _OBJECT.fullmatch(plain):
        return False
    url = _URL.match(plain)
    return url is None or has_password(url.group() + "/")


def has_password(value: str) -> bool:
    """
    Tell whether a text has the password of a user in an address.

    >>> has_password("postgres://app:hunter2@db/shop"), has_password("postgres://app:$(PASSWORD)@db/shop")
    (True, False)
    """
    found = (each for pattern in (_USER, _PARAMETER) for each in pattern.finditer(value))
    return any(not each.group("value").startswith(_GAP) for each in found)


_HINT = re.compile(
    r"PRIVATE KEY|AKIA|ASIA|gh[pousr]_|github_pat_|glpat-|xox[abprs]-|eyJ|k_live_|://|[?&;]p|\"private_key\"",
    re.IGNORECASE,
)
"""What a text has to have somewhere to be looked at closely."""


def known_secret(value: str) -> str:
    """
    Return what kind of secret a text holds, if its form leaves no doubt.

    >>> known_secret("-----BEGIN RSA PRIVATE KEY-----"), known_secret("hello")
    ('a private key', '')
    """
    if _HINT.search(value) is None:
        return ""
    for what, pattern in _CERTAIN:
        if pattern.search(value):
            return what
    if '"service_account"' in value and '"private_key"' in value:
        return "a service account of Google Cloud"
    return "an address with a password" if has_password(value) else ""


def without_secrets(text: str, gap: str) -> str:
    """
    Return ``text`` with ``gap`` for everything in it that is certainly a secret.

    >>> without_secrets("postgres://app:hunter2@db/shop is no host", "…")
    'postgres://app:…@db/shop is no host'
    """
    if _HINT.search(text) is None:
        return text
    for _, pattern in _CERTAIN:
        text = pattern.sub(gap, text)
    for pattern in (_USER, _PARAMETER):
        text = pattern.sub(lambda found: found.group().replace(found.group("value"), gap), text)
    return text


_IN_TEXT = re.compile(
    r"(?:^|[\s\"'=])--?(?P<name>[A-Za-z][A-Za-z0-9_.-]{0,60}?)=(?P<quote>[\"']?)(?P<value>[^\s\"']{1,300})"
)
_OPTION = re.compile(r"--?(?P<name>[A-Za-z][A-Za-z0-9_.-]{0,60})")
_ATTACHED = ("mysql", "mysqladmin", "mysqldump", "mariadb", "mariadb-admin", "mariadb-dump")
"""Programs that take a password right after ``-p``."""


def secret_words(words: Sequence[object]) -> Iterator[int]:
    """
    Yield the indices of those words of a command that have a secret in them.

    >>> list(secret_words(["mysql", "-phunter2", "--user", "root", "--password", "hunter2", "--token=$(TOKEN)"]))
    [1, 5]
    """
    program = words[0].rpartition("/")[2] if words and isinstance(words[0], str) else ""
    asks_for = ""
    for index, word in enumerate(words):
        if not isinstance(word, str):
            asks_for = ""
            continue
        attached = program in _ATTACHED and word.startswith("-p") and is_literal(word[2:])
        follows = is_secret_name(asks_for) and not word.startswith("-") and is_literal(word)
        options = _IN_TEXT.finditer(word) if "=" in word else ()
        inside = any(is_secret_name(each["name"]) and is_literal(each["value"]) for each in options)
        if attached or follows or inside or known_secret(word):
            yield index
        option = _OPTION.fullmatch(word) if word.startswith("-") else None
        asks_for = option["name"] if option else ""
