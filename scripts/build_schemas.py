"""
Rebuild ``schemas/`` from the installed, pinned ``kubernetes-validate`` package.

The package holds one file of definitions per Kubernetes version, taken from Kubernetes' own OpenAPI
document. Prose makes up most of it, and most definitions stay the same from one version to the next. So
prose is dropped, and every definition is stored once, under an id made from its content:

- ``definitions.jsonl``: one line ``["<id>", <schema>]`` per definition, sorted; a ``$ref`` holds an id.
- ``kinds/<version>.json``: which id ``<apiVersion> <kind>`` has in that version.
- ``SOURCES.toml``: where the facts are from, with the hashes of what was read and what was made.

An id changes with anything below it, so two versions check an object alike exactly if its ids are equal, and
a new version adds lines without changing old ones.

Source: https://github.com/kubernetes/kubernetes/tree/master/api/openapi-spec
"""

import argparse
import hashlib
import json
from collections.abc import Callable, Iterator, Mapping
from graphlib import TopologicalSorter
from importlib.metadata import distribution
from pathlib import Path

from corrections import Definitions, Schema, corrected

PACKAGE = "kubernetes-validate"
FOLDER = "kubernetes_validate/kubernetes-json-schema"

MARK = "# Made by scripts/build_custom_schemas.py."
"""What follows in ``SOURCES.toml`` is about custom resources."""

PROSE = {"description", "title", "example", "externalDocs"}
PLAIN = {"type", "format", "enum", "required", "default"}
"""Keywords whose values are copied. One that is not known stops the script: the checker would ignore it, too."""


def compact(schema: Schema, ref: Callable[[str], str]) -> Schema:
    """Return ``schema`` without prose, with every reference replaced by what ``ref`` says."""
    kept: Schema = {}
    for key, value in schema.items():
        if key in PROSE:
            continue
        if key == "$ref":
            kept[key] = ref(value.rpartition("/")[2])
        elif key == "properties":
            kept[key] = {name: compact(child, ref) for name, child in value.items()}
        elif key in {"items", "additionalProperties"} and isinstance(value, dict):
            kept[key] = compact(value, ref)
        elif key in PLAIN or key.startswith("x-kubernetes-"):
            kept[key] = value
        else:
            raise SystemExit(f"keyword {key!r} is new: teach it to kgen/check/schema.py first")
    return kept


def references(schema: Schema) -> set[str]:
    """Return the names that ``schema`` refers to."""
    found: list[str] = []

    def note(name: str) -> str:
        found.append(name)
        return name

    compact(schema, note)
    return set(found)


def roots(definitions: Definitions) -> Iterator[tuple[str, str]]:
    """Yield ``<apiVersion> <kind>`` and definition of each kind that can stand in a manifest."""
    for name, schema in definitions.items():
        names = schema.get("x-kubernetes-group-version-kind", [])
        if len(names) != 1:  # DeleteOptions and WatchEvent belong to every group, and to no manifest
            continue
        group, version, kind = names[0]["group"], names[0]["version"], names[0]["kind"]
        yield f"{group}/{version} {kind}" if group else f"{version} {kind}", name


def reachable(definitions: Definitions, start: list[str]) -> dict[str, set[str]]:
    """Return what each definition refers to, for those that ``start`` needs."""
    found: dict[str, set[str]] = {}
    waiting = list(start)
    while waiting:
        name = waiting.pop()
        if name not in found:
            found[name] = references(definitions[name])
            waiting.extend(found[name])
    return found


def line_of(value: object) -> str:
    return json.dumps(value, sort_keys=True, separators=(",", ":"))


def identified(definitions: Definitions, graph: Mapping[str, set[str]]) -> tuple[dict[str, str], dict[str, Schema]]:
    """
    Return the id of each definition, and the compact schema of each id.

    References are replaced from the leaves up. A definition that refers to itself is hashed with a mark in that
    place; a longer circle makes the sorter raise ``CycleError``, and Kubernetes has none.
    """
    ids: dict[str, str] = {}
    stored: dict[str, Schema] = {}
    leaves_first = TopologicalSorter({name: needs - {name} for name, needs in graph.items()})
    for name in leaves_first.static_order():
        hashed = compact(definitions[name], {**ids, name: "itself"}.__getitem__)
        digest = hashlib.sha256(line_of(hashed).encode()).hexdigest()
        ids[name] = f"{name.rpartition('.')[2]}-{digest[:8]}"
        stored[ids[name]] = compact(definitions[name], ids.__getitem__)
    return ids, stored


def build(upstream: Path) -> dict[str, str]:
    """Return the text of each file below ``schemas/`` but ``SOURCES.toml``."""
    everything: dict[str, Schema] = {}
    files: dict[str, str] = {}
    for source in sources(upstream):
        definitions = json.loads(source.read_bytes())["$defs"]
        kinds = dict(roots(definitions))
        definitions = corrected(definitions, list(kinds.values()))
        ids, stored = identified(definitions, reachable(definitions, list(kinds.values())))
        clashes = [key for key in stored.keys() & everything.keys() if stored[key] != everything[key]]
        if clashes:
            raise SystemExit(f"ids are too short: {clashes}")
        everything |= stored
        index = {key: ids[name] for key, name in sorted(kinds.items())}
        files[f"kinds/{version_of(source)}.json"] = json.dumps(index, indent=0) + "\n"
    files["definitions.jsonl"] = "".join(f"{line_of([key, schema])}\n" for key, schema in sorted(everything.items()))
    return files


def sources(upstream: Path) -> list[Path]:
    return sorted(upstream.glob("v*-local/_definitions.json"), key=lambda path: version_key(version_of(path)))


def version_of(source: Path) -> str:
    """Return ``1.34`` for a file in ``v1.34.0-local``."""
    return ".".join(source.parent.name.removeprefix("v").split(".")[:2])


def version_key(version: str) -> tuple[int, ...]:
    return tuple(int(part) for part in version.split("."))


def sources_toml(version: str, read: Mapping[str, str], made: Mapping[str, str]) -> str:
    """Return the text of ``SOURCES.toml``; ``read`` and ``made`` map file names to hashes."""
    lines = [
        "# Made by scripts/build_schemas.py. Hashes are sha256.",
        f'package = "{PACKAGE}"',
        f'version = "{version}"',
        f'url = "https://pypi.org/project/{PACKAGE}/{version}/"',
        'upstream = "https://github.com/kubernetes/kubernetes/tree/master/api/openapi-spec"',
        'licence = "Apache-2.0"',
        f'folder = "{FOLDER}"',
        "",
        "[read]",
        *(f'"{name}" = "{digest}"' for name, digest in read.items()),
        "",
        "[made]",
        *(f'"{name}" = "{digest}"' for name, digest in sorted(made.items())),
    ]
    return "\n".join(lines) + "\n"


def of_custom_resources(sources: Path) -> str:
    """Return what another script has written into ``SOURCES.toml``."""
    _, mark, rest = sources.read_text("utf-8").partition(MARK) if sources.is_file() else ("", "", "")
    return f"\n{mark}{rest}" if mark else ""


def main() -> None:
    """Write all files below the folder given, and remove those that are no longer made."""
    parser = argparse.ArgumentParser(description="Rebuild the stored Kubernetes schemas.")
    parser.add_argument("--out", type=Path, default=Path(__file__).parents[1] / "schemas", help="folder to write to")
    out: Path = parser.parse_args().out
    package = distribution(PACKAGE)
    upstream = Path(str(package.locate_file(FOLDER)))
    files = build(upstream)
    read = {
        path.relative_to(upstream).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sources(upstream)
    }
    made = {name: hashlib.sha256(text.encode()).hexdigest() for name, text in files.items()}
    files["SOURCES.toml"] = sources_toml(package.version, read, made) + of_custom_resources(out / "SOURCES.toml")
    for stale in set((out / "kinds").glob("*.json")) - {out / name for name in files}:
        stale.unlink()
    for name, text in files.items():
        (out / name).parent.mkdir(parents=True, exist_ok=True)
        (out / name).write_text(text, "utf-8", newline="\n")
    print(f"{out}: {len(files)} files, {sum(map(len, files.values()))} bytes, {PACKAGE} {package.version}")


if __name__ == "__main__":
    main()
