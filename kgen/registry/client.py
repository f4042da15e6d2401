"""
The questions to a registry, and what is made of its answers.

Source: https://github.com/opencontainers/distribution-spec/blob/main/spec.md#pulling-manifests,
https://distribution.github.io/distribution/spec/auth/token/
"""

import hashlib
import http.client
import json
import re
import time
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Callable, Mapping
from email.message import Message
from email.utils import parsedate_to_datetime
from typing import Any

from kgen.record import dataclass, field
from kgen.registry.answers import Answer, NotResolved
from kgen.registry.credentials import basic
from kgen.registry.reference import Reference, is_loopback, reference

INDEXES = ("application/vnd.oci.image.index.v1+json", "application/vnd.docker.distribution.manifest.list.v2+json")
"""What stands for an image of all architectures."""

_MANIFESTS = ("application/vnd.oci.image.manifest.v1+json", "application/vnd.docker.distribution.manifest.v2+json")
_DIGEST = re.compile(r"sha256:[0-9a-f]{64}")
_CHALLENGE = re.compile(r'(\w+)="([^"]*)"')
_TRIES = 4
_TRIES_ALONE = 2
"""Where nobody answers, there is little hope."""

_LONGEST_WAIT = 60
"""Seconds. A registry that asks for more is asked another time, by somebody."""

_LARGEST = 8 * 1024 * 1024
"""Bytes of an answer; manifests have some thousand."""

_TOO_MANY, _REFUSED, _ABSENT = 429, (401, 403), 404


@dataclass(frozen=True, slots=True, kw_only=True)
class Client:
    """One run's conversation with registries."""

    environment: Mapping[str, str]
    """Where logins are looked for."""

    timeout: float = 15
    """Seconds without an answer."""

    sleep: Callable[[float], None] = time.sleep
    now: Callable[[], float] = time.time
    tokens: dict[tuple[str, str], str] = field(default_factory=dict)
    """Registry and repository → what follows ``Authorization``."""

    def resolve(self, image: str) -> Answer:
        """
        Return what ``image`` means today.

        Raises:
            NotResolved: The registry does not know it, refuses, or does not answer.
        """
        wanted = reference(image)
        answered = self._ask(wanted, "HEAD")
        digest = answered.headers.get("Docker-Content-Digest", "")
        if not digest:  # the spec does not ask for the header
            answered = self._ask(wanted, "GET")
            digest = (
                answered.headers.get("Docker-Content-Digest") or f"sha256:{hashlib.sha256(answered.body).hexdigest()}"
            )
        if not _DIGEST.fullmatch(digest):
            raise NotResolved(f"`{wanted.registry}` answers with `{digest[:80]}`, which is no SHA-256 digest")
        kind = answered.headers.get("Content-Type", "").partition(";")[0].strip()
        return Answer(digest=digest, is_index=kind in INDEXES)

    def _ask(self, wanted: Reference, method: str) -> "_Response":
        """Ask for a manifest, with a token if the registry wants one."""
        key = (wanted.registry, wanted.repository)
        accept = {"Accept": ", ".join((*INDEXES, *_MANIFESTS))}
        answered = self._try(wanted, wanted.manifest, method, accept | self._authorization(key))
        if answered.status == _REFUSED[0]:
            self.tokens[key] = self._token(wanted, answered.headers.get("WWW-Authenticate", ""))
            answered = self._try(wanted, wanted.manifest, method, accept | self._authorization(key))
        if answered.status == _ABSENT:
            raise NotResolved(f"`{wanted.registry}` has no `{wanted.repository}:{wanted.tag}`")
        if answered.status in _REFUSED:
            raise NotResolved(f"`{wanted.registry}` refuses: there is no such image, or it takes a login to see it")
        if answered.status != http.client.OK:
            raise NotResolved(f"`{wanted.registry}` answers with status {answered.status}")
        return answered

    def _authorization(self, key: tuple[str, str]) -> dict[str, str]:
        return {"Authorization": self.tokens[key]} if self.tokens.get(key) else {}

    def _token(self, wanted: Reference, challenge: str) -> str:
        """Return what a registry wants to see, by its challenge; nothing if nobody has logged in."""
        login = basic(wanted.registry, self.environment)
        scheme, _, rest = challenge.partition(" ")
        if scheme.lower() != "bearer":
            return f"Basic {login}" if login else ""
        asked = dict(_CHALLENGE.findall(rest))
        realm = urllib.parse.urlsplit(asked.get("realm", ""))
        if realm.scheme != "https" and not (realm.scheme == "http" and is_loopback(realm.netloc)):
            raise NotResolved(f"`{wanted.registry}` names a place for tokens without encryption")
        scope = asked.get("scope") or f"repository:{wanted.repository}:pull"
        query = urllib.parse.urlencode({name: asked[name] for name in ("service",) if name in asked} | {"scope": scope})
        url = urllib.parse.urlunsplit(realm._replace(query="&".join(filter(None, (realm.query, query)))))
        answered = self._try(wanted, url, "GET", {"Authorization": f"Basic {login}"} if login else {})
        if answered.status != http.client.OK:
            return ""
        try:
            content: Any = json.loads(answered.body)
        except ValueError:
            content = None
        token = (content.get("token") or content.get("access_token")) if isinstance(content, dict) else None
        if not (isinstance(token, str) and token.isprintable()):
            raise NotResolved(f"`{wanted.registry}` hands out no token")
        return f"Bearer {token}"

    def _try(self, wanted: Reference, url: str, method: str, headers: Mapping[str, str]) -> "_Response":
        """Ask, and ask again a registry that is busy or broken."""
        problem = ""
        for number in range(1, _TRIES + 1):
            try:
                answered = self._once(url, method, headers)
            except (OSError, http.client.HTTPException, ValueError) as error:
                problem = _reason(error, self.timeout)
                wait = 2.0 ** (number - 1)
                if number == _TRIES_ALONE:
                    break
            else:
                if answered.status != _TOO_MANY and answered.status < http.client.INTERNAL_SERVER_ERROR:
                    return answered
                busy = (
                    "is asked too often" if answered.status == _TOO_MANY else f"answers with status {answered.status}"
                )
                problem = busy
                wait = self._wait(answered.headers.get("Retry-After", ""), number)
            if number == _TRIES or wait > _LONGEST_WAIT:
                break
            self.sleep(wait)
        raise NotResolved(f"`{wanted.registry}` {problem}")

    def _wait(self, said: str, number: int) -> float:
        """Return the seconds that a registry asks for, as a number or as a date."""
        if said.isascii() and said.isdecimal():
            return float(said)
        try:
            return max(0.0, parsedate_to_datetime(said).timestamp() - self.now())
        except (TypeError, ValueError):
            return 2.0 ** (number - 1)

    def _once(self, url: str, method: str, headers: Mapping[str, str]) -> "_Response":
        request = urllib.request.Request(url, method=method, headers={"User-Agent": "kgen", **headers})  # noqa: S310  # http(s) by construction
        ask = urllib.request.build_opener(_Redirects()).open
        try:
            with ask(request, timeout=self.timeout) as response:
                return _Response(status=response.status, headers=response.headers, body=response.read(_LARGEST))
        except urllib.error.HTTPError as error:
            with error:
                return _Response(status=error.code, headers=error.headers, body=b"")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Response:
    status: int
    headers: Message
    body: bytes


class _Redirects(urllib.request.HTTPRedirectHandler):
    """Follow a registry to where it keeps things, but take no token there, and never from https to http."""

    def redirect_request(self, req: urllib.request.Request, *more: Any) -> Any:
        new = super().redirect_request(req, *more)
        if new is None:
            return None
        if req.type == "https" and new.type != "https":
            raise urllib.error.URLError("it leads to a place without encryption")
        if new.host != req.host:
            new.remove_header("Authorization")
        new.method = req.get_method()
        return new


def _reason(error: Exception, timeout: float) -> str:
    """Say in words why there is no answer."""
    cause = error.reason if isinstance(error, urllib.error.URLError) else error
    if isinstance(cause, TimeoutError):
        return f"does not answer within {timeout:g} s"
    said = (cause.strerror or str(cause)) if isinstance(cause, OSError) else str(cause)
    return f"cannot be reached: {said.lower()}" if said else "cannot be reached"
