"""
Write docs/app.md, docs/rules and docs/features from the code and the goldens: ``make docs``.

The words are the attribute docstrings of the model and the explanations of the rules, so that editors, findings
and pages cannot tell different stories. A test fails if the pages are not what this script writes.
"""

import inspect
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
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
    app = tree(App, set())
    platform = tree(Platform, set(app.models()))
    names = [model.__name__ for model in (*app.models(), *platform.models())]
    if len(set(names)) < len(names):
        raise ValueError(f"two models have one name, and so one place on the page: {names}")
    parts = [HEAD, APP_INTRO, "## Contents\n", "\n".join([*_contents(app), *_contents(platform)])]
    parts += ["## app.yaml\n", *map(_section, app.models()), "## kgen.yaml\n", *map(_section, platform.models())]
    return "\n".join(part.strip("\n") + "\n" for part in parts)


@dataclass(frozen=True, slots=True)
class Tree:
    """A model, and those that only its fields are made of."""

    model: type[spec.Spec]
    fields: Mapping[str, Sequence["Tree"]]

    def models(self) -> Iterator[type[spec.Spec]]:
        """Yield all models, each after the one that it belongs to."""
        yield self.model
        for some in self.fields.values():
            for each in some:
                yield from each.models()


def tree(root: type[spec.Spec], known: set[type[spec.Spec]]) -> Tree:
    """Return ``root`` and every model that it is made of but those ``known``; what two name is the outer one's."""
    known.add(root)
    own: dict[str, list[type[spec.Spec]]] = {}
    for name, annotation in get_type_hints(root, include_extras=True).items():
        for each in specs_in(annotation):
            if each not in known:
                known.add(each)
                own.setdefault(name, []).append(each)
    return Tree(root, {name: [tree(each, known) for each in some] for name, some in own.items()})


_MANY = 8
"""From so many models on, what a field takes is listed by its own fields."""


def _contents(of: Tree, indent: str = "") -> Iterator[str]:
    """Yield a list of all models, by the fields that lead to them."""
    if not indent:
        yield f"- {_link(of.model.__name__)}"
    for name, some in of.fields.items():
        shown = of.model.model_fields[name].alias or name
        for each in some:
            if len(list(each.models())) > _MANY:
                yield f"{indent}  - `{shown}`: {_link(each.model.__name__)}"
                yield from _contents(each, f"{indent}  ")
        small = [each for each in some if len(list(each.models())) <= _MANY]
        if links := [_link(model.__name__) for each in small for model in each.models()]:
            yield f"{indent}  - `{shown}`: {', '.join(links)}"


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
        meaning = (notes.get(name) or _told(hints[name])).replace("\n", " ").replace("|", "\\|")
        if waiting:
            meaning += " Not supported yet: " + ", ".join(f"`{word}`" for word in sorted(waiting)) + "."
        if later:
            meaning += " *Not supported yet.*"
        rows.append(f"| `{info.alias or name}` | {kind} | {default} | {meaning} |")
    about = inspect.cleandoc(model.__doc__ or "")
    table = "\n".join(["| field | value | default | meaning |", "|---|---|---|---|", *rows])
    return f"### {model.__name__}\n\n{about}\n\n{table}\n"


def _told(annotation: object) -> str:
    """Return what the model of a field says, for one without words of its own."""
    first = next(iter(specs_in(annotation)), None)
    return inspect.cleandoc(first.__doc__ or "").split("\n\n")[0] if first else ""


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
