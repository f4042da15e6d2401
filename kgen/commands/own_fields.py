"""Fields of app.yaml and kgen.yaml: the one that a path means, and what is known of it."""

import inspect
import textwrap
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final, get_args, get_origin, get_type_hints

from kgen.commands import notes
from kgen.commands.fields import FIELD_NOT_STORED
from kgen.commands.model_words import default_words, docstrings, specs_in, type_words
from kgen.diag import Diagnostic, Label
from kgen.model.app import App, Environment
from kgen.model.component import Component
from kgen.model.platform import OwnChoices, Platform
from kgen.record import dataclass
from kgen.spec import NotYet, Spec
from kgen.words import suggestion

_WIDTH: Final = 100
_FILES: Final[Mapping[str, tuple[str, type[Spec]]]] = {"app": ("app.yaml", App), "kgen": ("kgen.yaml", Platform)}
"""First steps of a path that say which file is meant."""

_BESIDES: Final[Mapping[type[Spec], type[Spec]]] = {Environment: App, OwnChoices: Platform}
"""What an environment may say besides its own fields."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnField:
    """A field of one of kgen's own files, or the whole file if ``path`` is empty."""

    file: str
    path: tuple[str, ...] = ()
    parent: type[Spec] | None = None
    """The mapping that it is a field of; ``None`` for the whole file, and for an entry of a map."""

    name: str = ""
    """Its name in ``parent``."""

    annotation: Any
    entry: bool = False
    """Whether it is an entry of a map, under a name of the user's own."""


def find(thing: str) -> OwnField | Diagnostic | None:
    """
    Return the field that ``thing`` means, why there is none, or ``None`` if it means none of these files.

    ``app.…`` and ``kgen.…`` say which file is meant; else it is a field of the app, or a single word that is a field
    of a component or of kgen.yaml.
    """
    first, *rest = thing.removesuffix(".").split(".")
    if first in _FILES:
        file, model = _FILES[first]
        return _walk(OwnField(file=file, annotation=model), rest)
    if first in _keys(App):
        return _walk(OwnField(file="app.yaml", annotation=App), [first, *rest])
    if first in _keys(Component):
        return _walk(OwnField(file="app.yaml", annotation=App), ["components", first, *rest])
    if first in _keys(Platform):
        return _walk(OwnField(file="kgen.yaml", annotation=Platform), [first, *rest])
    return None


def words() -> tuple[str, ...]:
    """Return the names that alone mean a field."""
    return (*_keys(App), *_keys(Component), *_keys(Platform))


def text(field: OwnField) -> str:
    """Return what is known of ``field``, and of each field in it, one line each."""
    known = described(field)
    lines = [f"{'.'.join(field.path)} in {field.file}" if field.path else field.file, ""]
    facts = (("type", known["type"]), ("required", "yes" if known["required"] else ""), ("default", _default(known)))
    lines += [f"{name + ':':11}{value}" for name, value in facts if value]
    for paragraph in filter(None, (*known["description"].split("\n\n"), known["note"])):
        lines += ["", *textwrap.wrap(paragraph, _WIDTH)]
    rows = [(row["name"], row["type"], _first_line(row)) for row in known["fields"]]
    if rows:
        widths = [max(len(row[column]) for row in rows) for column in (0, 1)]
        widths[1] = min(widths[1], _WIDTH // 3)
        lines += ["", "fields:"]
        lines += [f"  {name:{widths[0]}}  {kind:{widths[1]}}  {about}".rstrip() for name, kind, about in rows]
    return "\n".join(lines).replace("\n\n\n", "\n\n") + "\n"


def described(field: OwnField) -> dict[str, Any]:
    """Return ``field`` for programs. New keys may come, these stay."""
    made: dict[str, Any] = {"file": field.file, "field": ".".join(field.path)}
    if field.parent:
        row = _row(field.parent, field.name)
        made |= {key: row[key] for key in ("type", "required", "default", "description")}
    else:
        kind = type_words(field.annotation, _mapping)
        made |= {"type": kind, "required": False, "default": None, "description": _about(field.annotation)}
    made["note"] = notes.of_model(field.parent.__name__, field.name) if field.parent else ""
    inner = dict.fromkeys(specs_in(field.annotation))
    return {**made, "fields": [_row(model, name) for model in inner for name in model.model_fields]}


def _row(model: type[Spec], name: str) -> dict[str, Any]:
    info, hint = model.model_fields[name], _hints(model)[name]
    is_later = any(isinstance(mark, NotYet) and not mark.values for mark in info.metadata)
    default = None if info.is_required() else info.get_default(call_default_factory=True)
    return {
        "name": info.alias or name,
        "type": "not supported yet" if is_later else type_words(hint, _mapping) or "anything",
        "required": info.is_required(),
        "default": None if isinstance(default, Spec) else default,
        "description": docstrings(model).get(name) or _about(hint),
    }


def _first_line(row: Mapping[str, Any]) -> str:
    """Return the first sentence of a field, and whether it has to be there."""
    sentence = str(row["description"]).replace("\n", " ").split(". ")[0].removesuffix(".")
    if row["required"]:
        return f"{sentence} (required)"
    return f"{sentence} (default {default})" if (default := _default(row)) else sentence


def _default(row: Mapping[str, Any]) -> str:
    return default_words(row["default"]).replace("`", "")


def _about(annotation: Any) -> str:
    """Return what the mapping is that a field takes, empty if it takes none."""
    return next((inspect.cleandoc(model.__doc__ or "") for model in specs_in(annotation)), "")


def _mapping(_name: str) -> str:
    return "mapping"


def _walk(field: OwnField, steps: Sequence[str]) -> OwnField | Diagnostic:
    for position, step in enumerate(steps):
        models = {key: model for model in reversed([*_with_besides(field.annotation)]) for key in _keys(model)}
        if step in models:
            name = _keys(models[step])[step]
            hint = _hints(models[step])[name]
            field = OwnField(file=field.file, path=(*field.path, step), parent=models[step], name=name, annotation=hint)
        elif (item := _entry(field.annotation)) is not None and not field.entry:
            field = OwnField(file=field.file, path=(*field.path, step), annotation=item, entry=True)
        else:
            return _no_field(field, step, list(models), [*steps[:position]])
    return field


def _with_besides(annotation: Any) -> Iterator[type[Spec]]:
    """Yield the mappings that a field takes, and those whose fields may stand in them too."""
    for model in specs_in(annotation):
        yield model
        if model in _BESIDES:
            yield _BESIDES[model]


def _entry(annotation: Any) -> Any:
    """Return what a map holds, ``None`` if ``annotation`` has no map."""
    if get_origin(annotation) is dict:
        return get_args(annotation)[1]
    return next((found for arg in get_args(annotation) if (found := _entry(arg)) is not None), None)


def _no_field(field: OwnField, step: str, known: list[str], above: Sequence[str]) -> Diagnostic:
    where = ".".join(above)
    whose = f"`{where}` in {field.file}" if where else field.file
    if not known:
        message, way_out = f"{whose} has no fields, so no `{step}`", f"`kgen explain {where}` tells what it takes"
    else:
        message, way_out = f"{whose} has no field `{step}`", suggestion(step, known, "fields")
    return Diagnostic(rule=FIELD_NOT_STORED, message=message, at=Label(), help=way_out)


def _keys(model: type[Spec]) -> Mapping[str, str]:
    """Return the fields of ``model`` as users write them → as Python does."""
    return {info.alias or name: name for name, info in model.model_fields.items()}


def _hints(model: type[Spec]) -> Mapping[str, Any]:
    return get_type_hints(model, include_extras=True)
