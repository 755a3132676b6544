"""Marks on a field of a spec: what its text refers to, so that one walk checks every kind, ours or a third party's.

columns: TableName          the name of a source or dataset of this report
attach: tuple[FormatId, …]  ids of this report's formats
body: BodyFormatId          the same, of a format that can be the text of a mail
sql_file: SqlFile           a file below include/sql/
sql: Sql                    SQL whose :names are bind values
python: PythonFunction      a function in a file below include/python/: `module:function`
model: ModelName            a model in include/models/
brand: BrandName            a brand in include/brands/
file: PictureName           a picture below include/ or include/images/
subject: Template           text with Jinja expressions over the run's words
markdown: ContentTemplate   the same, which may also use the run's data: `data.totals.calls`
to: tuple[RecipientName, …] addresses, and people and groups in include/recipients/
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Annotated, Any, Literal, get_args

from pydantic import BaseModel


@dataclass(frozen=True)
class Mark:
    """What the text of a field refers to."""

    kind: Literal[
        "table", "format", "body", "sql_file", "sql", "python", "model", "brand", "picture", "template", "content",
        "recipient",
    ]  # fmt: skip


TableName = Annotated[str, Mark("table")]
FormatId = Annotated[str, Mark("format")]
BodyFormatId = Annotated[str, Mark("body")]
SqlFile = Annotated[str, Mark("sql_file")]
Sql = Annotated[str, Mark("sql")]
PythonFunction = Annotated[str, Mark("python")]
ModelName = Annotated[str, Mark("model")]
BrandName = Annotated[str, Mark("brand")]
PictureName = Annotated[str, Mark("picture")]
Template = Annotated[str, Mark("template")]
ContentTemplate = Annotated[str, Mark("content")]
RecipientName = Annotated[str, Mark("recipient")]

Loc = tuple[str | int, ...]
"""A place in a spec: keys, and positions in lists."""

Finding = tuple[Loc, str, str]
"""Where in the spec, what is wrong, and a hint."""


def marked(value: Any, loc: Loc = ()) -> Iterator[tuple[Loc, Mark, str]]:
    """Yield (place, mark, text) for every marked text in a validated model, depth first."""
    if isinstance(value, BaseModel):
        for name, key, mark in _fields(type(value)):
            here, found = getattr(value, name), (*loc, key)
            yield from marked(here, found) if mark is None else _texts(here, found, mark)
    elif isinstance(value, dict):
        for key, item in value.items():
            yield from marked(item, (*loc, key))
    elif isinstance(value, tuple | list):
        for index, item in enumerate(value):
            yield from marked(item, (*loc, index))


def values_of(value: Any, kind: str, loc: Loc = ()) -> Iterator[tuple[Loc, Any]]:
    """Yield (place, value) of every field of a validated model, or of the models in it, that has a mark of a kind."""
    if isinstance(value, BaseModel):
        for name, key, mark in _fields(type(value)):
            here, found = getattr(value, name), (*loc, key)
            if mark is not None and mark.kind == kind:
                yield found, here
            else:
                yield from values_of(here, kind, found)
    elif isinstance(value, tuple | list | dict):
        for part, item in value.items() if isinstance(value, dict) else enumerate(value):
            yield from values_of(item, kind, (*loc, part))


@cache
def _fields(model: type[BaseModel]) -> tuple[tuple[str, str, Mark | None], ...]:
    """Return (name, key in a spec, mark) of each field of a model."""
    fields = model.model_fields.items()
    return tuple((name, field.alias or name, _mark_in((field.annotation, *field.metadata))) for name, field in fields)


def _texts(value: Any, loc: Loc, mark: Mark) -> Iterator[tuple[Loc, Mark, str]]:
    if isinstance(value, BaseModel):
        yield from marked(value, loc)
    elif isinstance(value, str):
        yield loc, mark, value
    elif isinstance(value, tuple | list):
        for index, item in enumerate(value):
            yield from _texts(item, (*loc, index), mark)
    elif isinstance(value, dict):
        for key, item in value.items():
            yield from _texts(item, (*loc, key), mark)


def _mark_in(parts: tuple[Any, ...]) -> Mark | None:
    for part in parts:
        found = part if isinstance(part, Mark) else _mark_in((*get_args(part), *getattr(part, "__metadata__", ())))
        if found is not None:
            return found
    return None
