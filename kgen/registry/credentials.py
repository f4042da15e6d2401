"""
Credentials that ``docker login`` or ``podman login`` left in a file.

Helpers (``credsStore``, ``credHelpers``) are programs, and kgen runs none: images behind them have to be locked where
a login is in the file.

Source: https://docs.docker.com/reference/cli/docker/login/#credential-stores
"""

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from kgen.registry.reference import DOCKER_HUB

_HUB_KEYS = ("https://index.docker.io/v1/", "index.docker.io", "docker.io", "registry-1.docker.io")


def basic(registry: str, environment: Mapping[str, str]) -> str:
    """Return user and password for ``registry`` as ``Basic`` has them, in base 64; nothing if there is no login."""
    names = _HUB_KEYS if registry == DOCKER_HUB else (registry, f"https://{registry}", f"https://{registry}/v1/")
    for file in _files(environment):
        logins = _logins(file)
        for name in names:
            login = logins.get(name)
            auth = login.get("auth") if isinstance(login, dict) else None
            if isinstance(auth, str) and auth:
                return auth
    return ""


def _files(environment: Mapping[str, str]) -> Iterator[Path]:
    if path := environment.get("REGISTRY_AUTH_FILE"):
        yield Path(path)
    folder = environment.get("DOCKER_CONFIG")
    yield (Path(folder) if folder else Path(environment.get("HOME", "")) / ".docker") / "config.json"
    if folder := environment.get("XDG_RUNTIME_DIR"):
        yield Path(folder) / "containers" / "auth.json"


def _logins(file: Path) -> Mapping[str, Any]:
    try:
        content = json.loads(file.read_bytes())
    except (OSError, ValueError):
        return {}
    logins = content.get("auths") if isinstance(content, dict) else None
    return logins if isinstance(logins, dict) else {}
