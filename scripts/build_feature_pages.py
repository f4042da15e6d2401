"""
Pages of docs/features, made of the goldens: what a few lines of app.yaml become.

A golden case is an example as it stands: its app.yaml, kgen.yaml, and the objects made of them. Comments at the
start of its app.yaml are its words: the first says what it shows, and ``# shows: horizontalpodautoscaler, …`` names the
files that the page prints (the start of a name, or of its path below ``deploy``, is enough); of the others only the
names are there.
"""

import ast
import inspect
from collections.abc import Iterator, Sequence
from pathlib import Path

ROOT = Path(__file__).parent.parent
GOLDEN = ROOT / "golden"
HEAD = "<!-- written by `make docs` from golden/; do not edit -->\n"
ELSEWHERE = {"faults", "upgrade", "validate", "examples"}
"""Goldens that are no examples of a feature, or have a page of their own."""

ELSEWHERE_TOLD = {
    "defaults": "kgen.load.inheritance",
    "environments": "kgen.load.lineage",
    "local": "kgen.load.local",
    "manifests": "kgen.handmade.manifests",
    "patches": "kgen.handmade.patches",
}
"""Goldens of what is no feature, and the module that says what it is."""

CORE = {
    "build": "Build: the Dockerfile and .dockerignore that kgen writes for a Python project.",
    "compose": "Compose: the app and what it needs on your own machine, with the same commands, ports and variables.",
    "cron": "Cron: what runs on a schedule.",
    "daemon": "Daemon: one pod on every node.",
    "environment": "Environment variables: values, secrets, fields of the pod, and outputs of needs and components.",
    "images": "Images: what a component runs, and how the cluster gets it.",
    "init": "Init containers: what runs to its end before a component starts.",
    "jobs": "Jobs: what runs once a deployment, and what its failures mean.",
    "lifecycle": "Lifecycle: hooks after a container's start and before its end.",
    "needs": "Needs: databases, caches, queues, buckets and mail; kgen.yaml says how each is met, also in the cluster.",
    "overrides": "Overrides: what kgen.yaml says for all apps, whatever they say themselves.",
    "placement": "Placement: which nodes pods run on, and which names they know.",
    "platform": "Platform: Kubernetes versions, base images and the folder of the output, in kgen.yaml.",
    "probes": "Probes: how the cluster sees whether a component works.",
    "release": "Release: what runs to its end before new pods start, as a migration.",
    "resources": "Resources: CPU and memory, requested and at most.",
    "security": "Security: users, file systems and capabilities, and exceptions with their reasons.",
    "sidecars": "Sidecars: containers beside a component's own, as long as it runs.",
    "update": "Update: how new pods take the place of old ones.",
    "worker": "Worker: what runs for ever and answers nobody, or only other components.",
    "x-keys": "Own keys: what starts with `x-` is yours.",
}
"""Groups of the core, which no feature module tells about, in one line each."""

TITLES = {"argocd": "Argo CD", "slo": "SLO", "x-keys": "Own keys", "environment": "Environment variables"}

THEMES = {
    "Components": "worker cron jobs daemon stateful external release init sidecars",
    "Containers": "build images resources probes lifecycle security volumes compose",
    "Configuration": "environment configuration secrets environments defaults overrides x-keys",
    "Traffic": "service routes gateway network",
    "Backing services": "needs operators",
    "Scaling and updates": "autoscaling triggers vertical-scaling disruption update placement",
    "Operations": "metrics alerts slo dashboards backups",
    "Rights and limits": "account admission namespace quota",
    "The repository and the cluster": "platform argocd local patches manifests",
}
"""Groups in the order of the list of pages; a group that is missing here is listed at the end."""

_SHOWS = "shows:"


def pages() -> dict[str, str]:
    """Return page name → text, with a list of all."""
    groups = sorted(path.name for path in GOLDEN.iterdir() if path.is_dir() and path.name not in ELSEWHERE)
    made = {f"{group}.md": _page(group) for group in groups}
    listed = "\n\n".join(f"## {theme}\n\n{_list(some)}" for theme, some in _themes(groups).items() if some)
    intro = "Every example here is compiled by the tests, and its output is what a person has reviewed."
    made["README.md"] = f"{HEAD}\n# What app.yaml can say, by example\n\n{intro}\n\n{listed}\n"
    return made


def _themes(groups: Sequence[str]) -> dict[str, list[str]]:
    """Return theme → groups."""
    made = {theme: [group for group in names.split() if group in groups] for theme, names in THEMES.items()}
    listed = {group for some in made.values() for group in some}
    return {**made, "More": [group for group in groups if group not in listed]}


def _list(groups: Sequence[str]) -> str:
    return "\n".join(f"- [{_title(group)}]({group}.md): {_first_sentence(group)}" for group in groups)


def _title(group: str) -> str:
    return TITLES.get(group) or group.replace("-", " ").capitalize()


def _about(group: str) -> str:
    """Return what the module of the feature says about it; golden groups of the core have none."""
    stem = group.replace("-", "_")
    name = ELSEWHERE_TOLD.get(group, f"kgen.features.{stem}")
    path = ROOT.joinpath(*name.split(".")).with_suffix(".py")
    if not path.is_file():
        return CORE.get(group, "")
    return inspect.cleandoc(ast.get_docstring(ast.parse(path.read_text("utf-8"))) or "")


def _first_sentence(group: str) -> str:
    """Return what the group is about; modules start with its name, which the list has already."""
    about = (_about(group) or _words(min((GOLDEN / group).iterdir()))[0]).split("\n\n")[0].replace("\n", " ")
    name, colon, rest = about.partition(": ")
    return f"{rest[0].upper()}{rest[1:]}" if colon and len(name.split()) <= len(_title(group).split()) else about


def _page(group: str) -> str:
    parts = [f"{HEAD}\n# {_title(group)}\n"]
    if about := _about(group):
        parts.append(about + "\n")
    for case in sorted(path for path in (GOLDEN / group).iterdir() if path.is_dir()):
        parts += _case(case)
    return "\n".join(parts)


def _is_shown(path: str, shown: Sequence[str]) -> bool:
    names = (path.rpartition("/")[2], path.removeprefix("deploy/"))
    return any(name.startswith(each) for name in names for each in shown)


def _case(case: Path) -> Iterator[str]:
    title, shown = _words(case)
    yield f"## {title}\n"
    for name in ("app.yaml", "kgen.yaml"):
        if (case / name).is_file():
            text = (case / name).read_text("utf-8")
            body = text.removeprefix(_comments(text)).lstrip("\n") if name == "app.yaml" else text
            yield f"```yaml\n# {name}\n{body}```\n"
    out = case / "out"
    files = sorted(path for path in out.rglob("*") if path.is_file())
    printed = [path for path in files if _is_shown(path.relative_to(out).as_posix(), shown)]
    for path in printed:
        language = "yaml" if path.suffix == ".yaml" else ""
        yield f"```{language}\n{_fenced(path, out)}```\n"
    for folder in sorted({path.parent for path in files}):
        names = ", ".join(f"`{path.name}`" for path in files if path.parent == folder and path not in printed)
        if names:
            yield f"{'Also in' if printed else 'In'} `{folder.relative_to(out).as_posix()}`: {names}\n"


def _fenced(path: Path, out: Path) -> str:
    """Return the file below its own name instead of the header that all files have."""
    lines = path.read_text("utf-8").splitlines(keepends=True)
    body = "".join(lines[1:] if lines and lines[0].startswith("# Generated by kgen") else lines)
    return f"# {path.relative_to(out).as_posix()}\n{body.removeprefix('---' + chr(10))}"


def _words(case: Path) -> tuple[str, tuple[str, ...]]:
    """Return the title of a case, and which files its page prints."""
    lines = [line.lstrip("# ").strip() for line in _comments((case / "app.yaml").read_text("utf-8")).splitlines()]
    shown = [line.removeprefix(_SHOWS) for line in lines if line.startswith(_SHOWS)]
    title = " ".join(line for line in lines if not line.startswith(_SHOWS))
    files = tuple(name.strip() for line in shown for name in line.split(","))
    return title or case.name.replace("-", " ").capitalize(), files


def _comments(text: str) -> str:
    """Return the comment lines at the start."""
    made = []
    for line in text.splitlines(keepends=True):
        if not line.startswith("#"):
            break
        made.append(line)
    return "".join(made)
