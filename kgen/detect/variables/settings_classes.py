"""Classes of settings, as pydantic has them: each field is a variable."""

import ast
import re
from collections.abc import Iterator
from typing import Any

from kgen.detect.project import Project
from kgen.detect.source.syntax import Module, imported, name_of, nodes
from kgen.detect.source.words import sought
from kgen.detect.variables.variable import Variable, as_text
from kgen.record import replace


def classes(project: Project) -> frozenset[str]:
    """Return the names of the classes of pydantic's settings, those that derive from the project's own too."""
    known = {"BaseSettings"}
    modules = {module.path: module for module in _defining(project, "BaseSettings")}
    while True:
        new = {
            node.name
            for module in modules.values()
            for node in nodes(module.tree, ast.ClassDef)
            if any(name_of(base).rpartition(".")[2] in known for base in node.bases)
        }
        if new <= known:
            return frozenset(known)
        words = [f"({name}" for name in new - known]
        modules |= {module.path: module for module in _defining(project, *words)}
        known |= new


def _defining(project: Project, *texts: str) -> Iterator[Module]:
    return project.modules.those(project.modules.having(*texts), _CLASS)


_CLASS = sought("class ")


def fields(
    project: Project, module: Module, node: ast.ClassDef, body: list[ast.stmt], *, is_old: bool
) -> Iterator[Variable]:
    """Yield the fields of pydantic's settings: without a default they are required; in version 1 options are not."""
    if _is_of_files(node):
        return
    prefix = _prefix(node)
    others = _other_names(node) if is_old else {}
    for each in body:
        match each:
            case ast.AnnAssign(target=ast.Name(id=name), annotation=ast.Name(id=model)) if inner := _model(
                project, module, model
            ):
                if between := _delimiter(node):  # else the variable is JSON, which hardly anybody writes
                    yield from _inner(project, *inner, f"{prefix}{name}{between}", between)
            case ast.AnnAssign(target=ast.Name(id=name), value=given) if name != "model_config" and (
                "ClassVar" not in ast.unparse(each.annotation)
            ):
                alias, default, is_required = _field(given)
                said = ast.unparse(each.annotation)
                optional = ("None" in said or "Optional" in said) and (given is not None or is_old)
                yield Variable(
                    name=(alias or others.get(name) or f"{prefix}{name}").upper(),
                    origin=f"{module.path}:{each.lineno}",
                    is_required=is_required and not optional,
                    default=default,
                    has_default=not is_required or optional,
                    is_text=_NUMBER.search(said) is None,
                )
            case _:
                pass


_NUMBER = re.compile(r"\b(?:int|float|bool|Decimal|timedelta|PositiveInt|conint)\b")


def _field(given: ast.expr | None) -> tuple[str, str | None, bool]:
    """Return alias, default, and whether a value is required, of what a field is set to."""
    if given is None:
        return "", None, True
    if not (isinstance(given, ast.Call) and ast.unparse(given.func).rpartition(".")[2] == "Field"):
        return "", as_text(given), False
    keys = {each.arg: each.value for each in given.keywords}
    first: Any = given.args[0] if given.args else keys.get("default")
    alias = next((as_text(keys[key]) or "" for key in ("validation_alias", "env", "alias") if key in keys), "")
    if isinstance(first, ast.Constant) and first.value is ...:
        return alias, None, True
    factory = keys.get("default_factory")
    return alias, as_text(first or factory), first is None and factory is None


def _is_of_files(node: ast.ClassDef) -> bool:
    """Tell whether a class takes its fields from a file of settings: then nobody has to set a variable."""
    keys = (each.arg or "" for each in ast.walk(node) if isinstance(each, ast.keyword))
    return any(key in {"yaml_file", "json_file", "toml_file"} for key in keys)


def _other_names(node: ast.ClassDef) -> dict[str, str]:
    """Return field → variable, as ``fields`` in the ``Config`` of pydantic 1 says it."""
    for each in ast.walk(node):
        match each:
            case ast.Assign(targets=[ast.Name(id="fields")], value=ast.Dict() as given):
                try:
                    said = ast.literal_eval(given)
                except ValueError:
                    return {}
                found = ((name, about.get("env")) for name, about in said.items() if isinstance(about, dict))
                return {str(name): variable for name, variable in found if isinstance(variable, str)}
            case _:
                pass
    return {}


def _prefix(node: ast.ClassDef) -> str:
    for each in ast.walk(node):
        match each:
            case ast.keyword(arg="env_prefix", value=ast.Constant(value=str(prefix))):
                return prefix
            case ast.Assign(targets=[ast.Name(id="env_prefix")], value=ast.Constant(value=str(prefix))):
                return prefix
            case _:
                pass
    return ""


def _inner(project: Project, module: Module, node: ast.ClassDef, start: str, between: str) -> Iterator[Variable]:
    """Yield the fields of a model in settings, each by the path to it: ``DATABASE__HOST``."""
    for each in node.body:
        match each:
            case ast.AnnAssign(target=ast.Name(id=name), annotation=ast.Name(id=model)) if (
                inner := _model(project, module, model)
            ) and model != node.name:
                yield from _inner(project, *inner, f"{start}{name}{between}", between)
            case _:
                alone = ast.ClassDef(node.name, [], [], [each], [])
                found = fields(project, module, alone, [each], is_old=False)
                yield from (replace(one, name=f"{start}{one.name}".upper()) for one in found)


def _model(project: Project, module: Module, name: str) -> tuple[Module, ast.ClassDef] | None:
    """Return the class of the project that is a model of pydantic by a name, as ``module`` knows it; often none."""
    if not name[:1].isupper():
        return None
    own = next((node for node in nodes(module.tree, ast.ClassDef) if node.name == name), None)
    if own is not None:
        return (module, own) if _is_model(own) else None
    paths = project.modules.having(f"class {name}(") if name in imported(module.tree) else ()
    for other in project.modules.those(paths):
        found = next((node for node in nodes(other.tree, ast.ClassDef) if node.name == name), None)
        if found is not None and _is_model(found):
            return other, found
    return None


def _is_model(node: ast.ClassDef) -> bool:
    return any(name_of(base).rpartition(".")[2] == "BaseModel" for base in node.bases)


def _delimiter(node: ast.ClassDef) -> str:
    """Return what stands between the names of a model and its field in a variable; nothing if models are no such."""
    for each in ast.walk(node):
        match each:
            case ast.keyword(arg="env_nested_delimiter", value=ast.Constant(value=str(text))):
                return text
            case ast.Assign(targets=[ast.Name(id="env_nested_delimiter")], value=ast.Constant(value=str(text))):
                return text
            case ast.Dict(keys=keys, values=values):
                said = {
                    key.value: value for key, value in zip(keys, values, strict=True) if isinstance(key, ast.Constant)
                }
                given = said.get("env_nested_delimiter")
                if isinstance(given, ast.Constant) and isinstance(given.value, str):
                    return given.value
            case _:
                pass
    return ""
