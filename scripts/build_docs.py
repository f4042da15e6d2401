"""
Write docs/app.md, docs/rules and docs/features from the code and the goldens: ``make docs``.

The words are the attribute docstrings of the model and the explanations of the rules, so that editors, findings
and pages cannot tell different stories. A test fails if the pages are not what this script writes.
"""

import inspect
from collections.abc import Mapping
from pathlib import Path
from typing import get_type_hints

import build_feature_pages
import build_rule_pages

from kgen import spec
from kgen.commands.model_words import default_words, docstrings, specs_in, type_words
from kgen.model.app import App
from kgen.model.platform import Platform

DOCS = Path(__file__).parent.parent / "docs"

HEAD = "<!-- written by `make docs` from the code; do not edit -->\n"
APP_INTRO = """
# app.yaml and kgen.yaml

`app.yaml` describes one app. `kgen.yaml`, beside it or in a folder above up to the top of the repository, holds the
platform's choices for all apps below it; every value in it has a default, and the smallest repository has none. The
folder of manifests, `deploy`, is beside `kgen.yaml`, or beside `app.yaml` where there is none: who adds a `kgen.yaml`
later moves it.

`kgen explain components.web.replicas` tells the same of one field, `kgen explain kgen.argocd` of one of `kgen.yaml`.

Unknown keys are errors, but for those that start with `x-`, which are ignored. Values are written as in Kubernetes:
`512Mi`, `250m`; durations as `30s`, `10m`, `1h30m`. A command is a list of words, or one text that is split as a shell
would split it; it runs without a shell.

**Environments.** `environments.<name>` holds what differs: maps merge by key, scalars and lists replace, `null`
removes. A probe, a file, and an environment variable that is a mapping, is replaced whole. Shorthands are brought to
their long form before, so `image: {tag: 1.2}` changes the tag of `image: ghcr.io/acme/shop`; a new tag drops the
digest of the old one. The base has to be complete without them: the Dockerfile and compose.yaml are made from it, so
`build` and what `needs` says for compose.yaml cannot differ.

**Inheritance.** `image`, `env`, `resources`, `security` and `network` of the app are defaults of every component and
of the release; what a component says is laid over them.

**Variables.** `${needs.<name>.<output>}` (`url host port username password database`), `${components.<name>.<output>}`
(`url host port`), `${apps.<name>.<output>}` (the same) and `${secrets.<name>.<key>}` stand for outside values, also
inside of text; `$${` is a literal `${`.
"""


def app_page() -> str:
    """Return docs/app.md."""
    app = models(App)
    platform = [model for model in models(Platform) if model not in app]
    parts = [HEAD, APP_INTRO, "## app.yaml\n", *map(_section, app), "## kgen.yaml\n", *map(_section, platform)]
    return "\n".join(part.strip("\n") + "\n" for part in parts)


def models(root: type[spec.Spec]) -> list[type[spec.Spec]]:
    """Return ``root`` and every model that it is made of, each after the one that names it first."""
    made = [root]
    for model in made:
        for annotation in get_type_hints(model, include_extras=True).values():
            made += [each for each in dict.fromkeys(specs_in(annotation)) if each not in made]
    names = [model.__name__ for model in made]
    if len(set(names)) < len(names):
        raise ValueError(f"two models have one name, and so one place on the page: {names}")
    return made


def _link(name: str) -> str:
    return f"[{name}](#{name.lower()})"


def _section(model: type[spec.Spec]) -> str:
    notes = docstrings(model)
    hints = get_type_hints(model, include_extras=True)
    rows = []
    for name, info in model.model_fields.items():
        later = any(isinstance(mark, spec.NotYet) and not mark.values for mark in info.metadata)
        waiting = {word for mark in info.metadata if isinstance(mark, spec.NotYet) for word in mark.values}
        kind = "" if later else type_words(hints[name], _link)
        kind = ", ".join(word for word in kind.split(", ") if word.strip("`") not in waiting)
        default = "required" if info.is_required() else default_words(info.get_default(call_default_factory=True))
        meaning = notes.get(name, "").replace("\n", " ").replace("|", "\\|")
        if waiting:
            meaning += " Not supported yet: " + ", ".join(f"`{word}`" for word in sorted(waiting)) + "."
        if later:
            meaning += " *Not supported yet.*"
        rows.append(f"| `{info.alias or name}` | {kind} | {default} | {meaning} |")
    about = inspect.cleandoc(model.__doc__ or "")
    table = "\n".join(["| field | value | default | meaning |", "|---|---|---|---|", *rows])
    return f"### {model.__name__}\n\n{about}\n\n{table}\n"


def pages() -> Mapping[str, str]:
    """Return all pages that are made, by their paths in docs."""
    rules = {f"rules/{name}": page for name, page in build_rule_pages.pages().items()}
    features = {f"features/{name}": page for name, page in build_feature_pages.pages().items()}
    return {"app.md": app_page(), **rules, **features}


if __name__ == "__main__":
    made = pages()
    for folder in ("rules", "features"):
        (DOCS / folder).mkdir(exist_ok=True)
        for old in (DOCS / folder).glob("*.md"):
            if f"{folder}/{old.name}" not in made:
                old.unlink()
    for name, page in made.items():
        (DOCS / name).write_text(page, "utf-8")
    print(f"wrote {len(made)} pages in docs")
