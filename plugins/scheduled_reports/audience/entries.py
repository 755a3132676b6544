"""What `to`, `cc` and `bcc` of a destination may say."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Any

from pydantic import AfterValidator, BeforeValidator, Discriminator, Field, GetJsonSchemaHandler, Tag
from pydantic_core import CoreSchema

from scheduled_reports.model import Model, OneOrMany, email_address, is_name
from scheduled_reports.spec.marks import Loc, RecipientName, TableName, values_of


class FromTable(Model):
    """Recipients that the run finds in its data: each row of a table is one."""

    table: TableName = Field(description="The source or dataset.")
    address: str = Field(min_length=1, description="The column with their e-mail address.")
    name: str | None = Field(None, min_length=1, description="The column with their name.")
    language: str | None = Field(
        None,
        min_length=1,
        description="The column with the language of their files; the report's where it is empty.",
    )
    timezone: str | None = Field(
        None,
        min_length=1,
        description="The column with their time zone; the schedule's where it is empty.",
    )
    role: str | None = Field(
        None,
        min_length=1,
        description="The column that says whose eyes they read with, for masks that differ by role; the destination's "
        "role where it is empty.",
    )

    def columns(self) -> dict[str, str]:
        """Return the table's column for each thing that is known of a recipient."""
        return {what: column for what, column in self if what != "table" and column is not None}


def is_address(entry: str) -> bool:
    """Return whether an entry is an address, and no name of a person or a group."""
    return "@" in entry


def _who(text: str) -> str:
    if is_address(text):
        return email_address(text)
    if not is_name(text):
        rule = "lower-case letters, digits and single underscores"
        raise ValueError(
            f"{text!r} is neither an address nor a name; write name@host, or the name of a person or a group in "
            f"include/recipients/: {rule}"
        )
    return text


def _listed(given: Any) -> Any:
    return [given] if isinstance(given, dict | FromTable) else given


RECIPIENT = "A recipient"
"""The title of an entry that is a text, in the JSON Schema: where editors complete names."""


class _Schema:
    """Says in the JSON Schema what one entry may be."""

    def __get_pydantic_json_schema__(self, schema: CoreSchema, handler: GetJsonSchemaHandler) -> dict[str, Any]:
        text, table = handler(schema)["oneOf"]
        return {"anyOf": [{**text, "title": RECIPIENT}, table]}


Entry = Annotated[
    Annotated[RecipientName, AfterValidator(_who), Tag("<name>")] | Annotated[FromTable, Tag("<table>")],
    Discriminator(lambda given: "<table>" if isinstance(given, dict | FromTable) else "<name>"),
    _Schema(),
]
"""An address, the name of a person or a group, or a table of recipients."""

Entries = Annotated[OneOrMany[Entry], BeforeValidator(_listed)]
"""Whom a destination means; one may be written without brackets."""


def entries_of(value: Any) -> Iterator[tuple[Loc, str | FromTable]]:
    """Yield (place, entry) of everybody whom a destination, or any part of a spec, names as recipients."""
    for loc, found in values_of(value, "recipient"):
        yield from (((*loc, index), entry) for index, entry in enumerate(found))
