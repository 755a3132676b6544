"""Turn pydantic's validation errors into problems with a place in the YAML file."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any, Literal, get_args, get_origin

from pydantic import BaseModel, ValidationError
from pydantic.fields import FieldInfo

from scheduled_reports.model import NAME_PATTERN, Model
from scheduled_reports.spec.problems import Problem, did_you_mean
from scheduled_reports.spec.yaml import Source

_KINDS = {
    "string": "text",
    "int": "a whole number",
    "float": "a number",
    "bool": "true or false",
    "list": "a list",
    "tuple": "a list",
    "dict": "a mapping",
    "model": "a mapping",
}
"""What an author calls the kinds of value that pydantic's error types begin with."""

_BOUNDS = {
    "greater_than": ("too small", "more than"),
    "greater_than_equal": ("too small", "at least"),
    "less_than": ("too large", "less than"),
    "less_than_equal": ("too large", "at most"),
}
"""What is wrong with a number, and what it may be, for pydantic's error types; their context holds the bound alone."""

_WORD = re.compile(r"'([^']*)'")


def problems_of(
    error: ValidationError, source: Source, model: type[BaseModel], whole: str = "the report"
) -> Iterator[Problem]:
    """Yield one problem for each error, at the key or value that caused it; `whole` is what the file is."""
    for detail in error.errors(include_url=False):
        loc, kind = detail["loc"], detail["type"]
        if kind == "too_short" and detail["input"]:
            continue  # its entries are wrong and have their own errors
        if _is_other_form(detail):
            continue
        tag = ("type",) if kind == "union_tag_invalid" else ()
        is_key = loc[-1:] == ("[key]",) and kind != "extra_forbidden"  # pydantic's word for a mapping's key
        loc = source.untagged(loc[:-1] if is_key else loc, detail["input"])
        place = source.place((*loc, *tag), key=is_key or kind in {"extra_forbidden", "missing"})
        known = source.known(loc[:-1] if is_key else loc)
        message, hint = _message(detail, known, model) or _key_message(detail, known, model, whole)
        yield place.problem(message, hint)


def _is_other_form(detail: Any) -> bool:
    """Return whether an error is about the one of two forms, a word or a mapping, that its author did not write."""
    before, last = detail["loc"][-2:-1], detail["loc"][-1:]
    if last and str(last[0]).startswith("literal["):
        return isinstance(detail["input"], dict)
    return detail["type"] == "model_type" and before == ("total",) and isinstance(detail["input"], str)


def _key_message(detail: Any, loc: tuple[str | int, ...], model: type[BaseModel], whole: str) -> tuple[str, str]:
    """Say what is wrong with a key, or with whatever our own validators refused."""
    name, parent = str(loc[-1]) if loc else "", path_text(loc[:-1]) or whole
    if detail["type"] == "extra_forbidden":
        allowed, home = _keys_at(model, detail["loc"][:-1]), _home_of(name, model)
        hint = did_you_mean(name, allowed)
        return f"unknown key {name!r} in {parent}", f"it is a key of {home!r} itself; here are {hint}" if home else hint
    if detail["type"] == "missing":
        return f"the key {name!r} is missing in {parent}", "add it"
    message, _, hint = detail["msg"].removeprefix("Value error, ").partition("; ")
    where = path_text(loc)
    return (f"{where}: {message[0].lower()}{message[1:]}" if where else message), hint


def _home_of(name: str, model: type[BaseModel]) -> str:
    """Return the one section of the report that has a key, for one that stands too high or too deep; else nothing."""
    homes = [section for section, field in model.model_fields.items()
             if any("type" not in entry.model_fields and name in _field_names(entry)
                    for entry in _models_in(field.annotation))]  # fmt: skip
    return homes[0] if len(homes) == 1 and name not in model.model_fields else ""


def _message(detail: Any, loc: tuple[str | int, ...], model: type[BaseModel]) -> tuple[str, str] | None:
    """Say what is wrong with a value; None where the error is of another sort."""
    kind, where, shown = detail["type"], path_text(loc), _shown(detail["input"])
    first = kind.partition("_")[0]
    if kind in {"union_tag_invalid", "literal_error"}:
        message, hint = _not_allowed(detail["input"], detail["ctx"])
        return f"{where}: {message}", hint
    fixed = {
        "union_tag_not_found": (f"{where}: the key 'type' is missing", "it says what kind this is"),
        "string_pattern_mismatch": _not_fitting(where, shown, str(detail.get("ctx", {}).get("pattern", ""))),
        "too_short": (f"{where} is empty", "give it at least one entry"),
    }  # fmt: skip
    if kind in fixed:
        return fixed[kind]
    if kind in _BOUNDS:
        (wrong, words), (bound,) = _BOUNDS[kind], detail["ctx"].values()
        return f"{where}: {shown} is {wrong}", f"write {words} {bound:g}"
    if first in _KINDS and kind.partition("_")[2] in {"type", "parsing", "from_float", "attributes_type"}:
        needed = _needed_at(model, detail["loc"], detail["input"]) if first == "model" else ""
        quotes = ", in quotes" if first == "string" and not isinstance(detail["input"], (list, dict)) else ""
        return f"{where}: {shown} is not {_KINDS[first]}", f"write {_KINDS[first]}{quotes}{needed}"
    return None


def _not_fitting(where: str, shown: str, pattern: str) -> tuple[str, str]:
    """Say of a text that does not fit its field's pattern what the field takes: a name, or what the pattern says."""
    if "https?" in pattern:
        return f"{where}: {shown} is no address of the web", "it has to begin with https:// or http://"
    if pattern == NAME_PATTERN:
        return f"{where}: {shown} is not a name", "write lower-case letters, digits and single underscores"
    return f"{where}: {shown} is not allowed", f"write what fits the pattern {pattern}"


def _not_allowed(given: object, context: Any) -> tuple[str, str]:
    """Say what is not allowed, and what is; pydantic puts words in quotes and numbers not."""
    if "tag" in context:
        tag, tags = str(context["tag"]), context["expected_tags"]
        return f"unknown type {tag!r}", did_you_mean(tag, _WORD.findall(tags))
    message, expected = f"{_shown(given)} is not allowed", context["expected"]
    if words := _WORD.findall(expected):
        return message, did_you_mean(str(given), words)
    return message, f"allowed: {', '.join(re.split(', | or ', expected))}"  # in the field's own order


def path_text(loc: tuple[str | int, ...]) -> str:
    """Write a place as an author would say it: `deliver[1].to[2]`, counted from 1."""
    text = ""
    for part in loc:
        text += f"[{part + 1}]" if isinstance(part, int) else f".{part}"
    return text.lstrip(".")


def _shown(value: object) -> str:
    text = _as_yaml(value)
    return text if len(text) <= 60 else text[:57] + "..."


def _as_yaml(value: object) -> str:
    """Return a value much as its author wrote it."""
    if isinstance(value, dict):
        return f"{{{', '.join(f'{key}: {_as_yaml(entry)}' for key, entry in value.items())}}}"
    if isinstance(value, list):
        return f"[{', '.join(map(_as_yaml, value))}]"
    return str(value).lower() if isinstance(value, bool) else "nothing" if value is None else repr(value)


def _keys_at(model: type[BaseModel], loc: tuple[str | int, ...]) -> set[str]:
    """Return the keys allowed at `loc`."""
    return {key for entry in _models_at(model, loc) for key in _field_names(entry)}


def _needed_at(model: type[BaseModel], loc: tuple[str | int, ...], given: object) -> str:
    """Return how the mapping at `loc` looks with the keys that it needs: `: {user: …, email: …}`.

    A word that was meant to be its type, or the one key that it needs, stands in it: `: {type: json, dataset: …}`.
    """
    models = _models_at(model, loc)
    if kinds := [entry for entry in models if "type" in entry.model_fields]:
        meant = [entry for entry in kinds if isinstance(given, str) and _is_kind(entry, given)]
        if not meant and len(kinds) > 1:
            return ": {type: …}"
        models = meant or kinds
    fields = {field.alias or name: field for entry in models for name, field in entry.model_fields.items()
              if field.is_required()}  # fmt: skip
    needed = [f"{name}: {given if _may_stand_for(given, name, fields) else '…'}"
              for name in sorted(fields, key=lambda name: name != "type")]  # fmt: skip
    return f": {{{', '.join(needed)}}}" if needed else ""


def _may_stand_for(given: object, name: str, needed: Mapping[str, FieldInfo]) -> bool:
    """Return whether a word that stands for a whole mapping is the value of this one of its needed keys."""
    if not isinstance(given, str) or not (name == "type" or len(needed) == 1):
        return False
    kind = needed[name].annotation
    return kind is str or (get_origin(kind) is Literal and given in get_args(kind))


def _models_at(model: type[BaseModel], loc: tuple[str | int, ...]) -> list[type[BaseModel]]:
    """Return what may stand at `loc`; a step that is a union's tag picks that member."""
    here: list[Any] = [model]
    for part in loc:
        if isinstance(part, int):
            continue
        models = [entry for entry in here if isinstance(entry, type) and issubclass(entry, Model)]
        tagged = [entry for entry in models if _is_kind(entry, part)]
        fields = [field.annotation for entry in models for name, field in entry.model_fields.items()
                  if part == (field.alias or name)]  # fmt: skip
        here = tagged or [found for field in fields for found in _models_in(field)] or here
    return [entry for entry in here if isinstance(entry, type)]


def _is_kind(model: type[BaseModel], tag: str) -> bool:
    """Return whether a model is a union's member of that tag; a `type` that is no Literal is a plain field.

    A tag in brackets names a key that only that member has, as a group of conditions is told by its key.
    """
    if tag.startswith("<"):
        return "type" not in model.model_fields and tag.strip("<>") in _field_names(model)
    field = model.model_fields.get("type")
    return field is not None and get_origin(field.annotation) is Literal and get_args(field.annotation)[0] == tag


def _field_names(model: type[BaseModel]) -> list[str]:
    return [field.alias or name for name, field in model.model_fields.items()]


def _models_in(annotation: Any) -> list[type[BaseModel]]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return [annotation]
    return [found for part in get_args(annotation) for found in _models_in(part)]
