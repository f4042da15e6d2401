"""
Whether a project calls the internet, which no component may that does not say so.

Two signs: a distribution that is of no use without it, and an address in a module that imports a client of HTTP.
"""

import ast
import re
from collections.abc import Iterable, Iterator

from kgen.detect.found import Part, Program
from kgen.detect.programs.endless import CHAT, CHAT_DISTRIBUTIONS
from kgen.detect.project import Project
from kgen.detect.source.reached import packages
from kgen.detect.source.syntax import nodes
from kgen.detect.source.words import sought

_DISTRIBUTIONS = (
    *CHAT_DISTRIBUTIONS,
    *("openai", "anthropic", "google-generativeai", "google-genai", "cohere", "mistralai", "groq", "replicate"),
    *("langchain-openai", "langchain-anthropic", "litellm", "huggingface-hub", "stripe", "twilio", "sendgrid"),
    *("boto3", "aioboto3", "aiobotocore", "google-api-python-client", "google-cloud-storage", "google-cloud-bigquery"),
    *("google-cloud-firestore", "google-cloud-pubsub", "firebase-admin", "azure-identity", "gspread", "dropbox"),
    *("slack-sdk", "slackclient", "tweepy", "praw", "asyncpraw", "pygithub", "python-gitlab", "spotipy"),
    *("yt-dlp", "youtube-dl", "pytube", "instaloader", "yfinance", "ccxt", "python-binance", "feedparser"),
    *("transformers", "sentence-transformers", "diffusers", "argostranslate", "argos-translate-lt", "gtts", "ddgs"),
    *("duckduckgo-search", "deep-translator", "googletrans"),
    *("mastodon-py", "atproto", "newspaper3k", "plaid-python", "algoliasearch", "cloudinary", "sentry-sdk"),
)
"""Distributions of clients of services that are on the internet."""

_CLIENTS = frozenset({"requests", "httpx", "aiohttp", "urllib", "urllib3", "niquests", "selenium", "playwright"})
"""Packages that call addresses."""

_CALLING = CHAT | {"Scrapy"}
"""Frameworks of programs that do."""

_ADDRESS = re.compile(rb"""["']https?://""")
_ADDRESSES = sought("'http", '"http')
_SIGNS = (b"\nhttp\n", b"\nhttps\n")
_PUBLIC = re.compile(r"https?://(?:[\w-]+\.)+(?P<end>[a-z]{2,})(?=[:/?#]|$)")
_PRIVATE = frozenset({"local", "localhost", "internal", "lan", "test", "example", "invalid", "svc", "docker", "home"})
_NO_HOSTS = re.compile(r"https?://(?:www\.)?(?:example\.(?:com|org|net)|(?:\w+\.)?w3\.org|schemas\.|json-schema\.org)")
"""Addresses that are names, and nobody calls."""


def part(project: Project, programs: Iterable[Program]) -> Part:
    """Return what lets the app call the internet, if something in it does."""
    if where := next(_called(project, programs), ""):
        return Part(data={"network": {"egress": ["internet"]}}, comments={("network",): where})
    return Part()


def _called(project: Project, programs: Iterable[Program]) -> Iterator[str]:
    """Yield what says that the internet is called."""
    asked = (project.dependencies[name] for name in _DISTRIBUTIONS if project.has(name))
    yield from (f"{each.origin}: {each.name}" for each in asked if not each.group)
    yield from (f"{each.command.origin}: {each.framework}" for each in programs if each.framework in _CALLING)
    for path in project.modules.matching(_ADDRESS, _SIGNS):
        if project.modules.is_side(path):
            continue
        if not _CLIENTS.isdisjoint(packages(project, path)) and (line := _line(project, path)):
            yield f"{path}:{line}"


def _line(project: Project, path: str) -> int:
    """Return the line of the first public address that a module has, outside of its documentation; 0 if it has none."""
    module = project.modules.part(path, _ADDRESSES)
    if not module:
        return 0
    told = {id(node.value) for node in nodes(module.tree, ast.Expr)}
    texts = (node for node in nodes(module.tree, ast.Constant) if id(node) not in told)
    return next((node.lineno for node in texts if isinstance(node.value, str) and _is_public(node.value)), 0)


def _is_public(text: str) -> bool:
    """
    Tell whether a text is an address on the internet.

    >>> [_is_public(f"https://{each}") for each in ("api.acme.com/v1", "shop.default.svc:80", "example.com")]
    [True, False, False]
    """
    match = _PUBLIC.match(text)
    return match is not None and match["end"] not in _PRIVATE and not _NO_HOSTS.match(text)
