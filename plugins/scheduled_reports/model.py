"""The base of everything a spec may say."""

from __future__ import annotations

import datetime as dt
import re
from decimal import Decimal
from email.errors import HeaderParseError
from email.headerregistry import Address
from typing import Annotated, Any, TypeVar
from zoneinfo import ZoneInfo

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    GetCoreSchemaHandler,
    GetJsonSchemaHandler,
    PlainSerializer,
    StringConstraints,
)
from pydantic_core import CoreSchema, core_schema

T = TypeVar("T")

NAME_PATTERN, _NAME_LENGTH = r"^[a-z][a-z0-9]*(_[a-z0-9]+)*$", 63

Name = Annotated[str, StringConstraints(pattern=NAME_PATTERN, max_length=_NAME_LENGTH)]
"""A name in a spec: lower-case letters, digits and single underscores; also a table name and a part of a DAG's id."""


def is_name(text: str) -> bool:
    """Return whether `text` is a Name: two of them, a report's and a schedule's, make a DAG's id (250 at most)."""
    return re.fullmatch(NAME_PATTERN, text) is not None and len(text) <= _NAME_LENGTH


class Model(BaseModel):
    """A frozen value that refuses unknown keys."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)


def email_address(text: str) -> str:
    """Return one bare address (RFC 5322 addr-spec) as it is; domains inside a company need not be public.

    Raises:
        ValueError: It is none.
    """
    try:
        parsed = Address(addr_spec=text)
    except (HeaderParseError, ValueError, IndexError) as error:
        raise ValueError(f"{text!r} is not an e-mail address; write name@host, nothing else") from error
    if not parsed.username or not parsed.domain or not text.isprintable() or " " in text:
        raise ValueError(f"{text!r} is not an e-mail address; write name@host, nothing else")
    return text


EmailAddress = Annotated[str, AfterValidator(email_address)]


def _line(text: str) -> str:
    if not text.isprintable() or text != text.strip():
        raise ValueError(f"{text!r} is not one line of text; leave out line breaks, tabs and spaces at the ends")
    return text


Line = Annotated[str, AfterValidator(_line)]
"""Text on one line: a mail's header holds nothing else."""


_CONNECTION_ID = r"^[A-Za-z0-9_.:#!()-]{1,250}$"
"""What Airflow lets an id hold (airflow.models.connection.sanitize_conn_id), but for slashes, which URLs have."""


def _connection_id(given: Any) -> Any:
    """Accept an id; the error does not repeat what else stands there, as that may hold a password."""
    if not isinstance(given, str) or not re.fullmatch(_CONNECTION_ID, given):
        raise ValueError("this is not the id of an Airflow connection; write its id: letters, digits and _ - . :")
    return given


ConnectionId = Annotated[str, StringConstraints(pattern=_CONNECTION_ID), BeforeValidator(_connection_id)]
"""The id of an Airflow connection, never a URL."""


class _OneForMany:
    """Lets a spec write one value where a list is meant, and says so in the JSON Schema."""

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        return core_schema.no_info_before_validator_function(_as_list, handler(source))

    def __get_pydantic_json_schema__(self, schema: Any, handler: GetJsonSchemaHandler) -> dict[str, Any]:
        many = handler(schema)
        return {"anyOf": [many["items"], many]}


def _as_list(given: Any) -> Any:
    return [given] if isinstance(given, str | int | float | dt.date | dt.time) else given


OneOrMany = Annotated[tuple[T, ...], _OneForMany()]
"""A list of plain values in a spec; a list of one may be written without brackets."""


_SIZE = r"^\s*(\d{1,12}(\.\d{1,6})?)\s*([KkMmGgTt][Ii]?)?[Bb]\s*$"
_POWERS = {"": 0, "K": 1, "M": 2, "G": 3, "T": 4}


def _size(given: Any) -> Any:
    """Return a size in bytes: `20 MB` are 20,000,000, `20 MiB` are 20,971,520 (IEC 80000-13)."""
    found = re.match(_SIZE, given) if isinstance(given, str) else None
    if found is None:
        raise ValueError(f"{given!r} is not a size; write a number and its unit, for example 20 MB or 512 KiB")
    unit = (found[3] or "").upper()
    size = int(Decimal(found[1]) * (1024 if unit.endswith("I") else 1000) ** _POWERS[unit[:1]])
    if size < 1:
        raise ValueError(f"{given!r} is less than one byte")
    return size


Size = Annotated[
    int,
    BeforeValidator(_size, json_schema_input_type=Annotated[str, StringConstraints(pattern=_SIZE)]),
    PlainSerializer(lambda size: f"{size} B", return_type=str, when_used="json"),
]
"""A size in bytes, written with its unit: `KB`, `MB`, `GB` are decimal, `KiB`, `MiB`, `GiB` binary."""


def time_zone(name: str) -> str:
    """Return an IANA time zone's name as it is.

    Raises:
        ValueError: There is none of that name.
    """
    try:
        ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        raise ValueError(f"unknown time zone {name!r}; write an IANA name, for example Europe/Berlin") from None
    return name


TimeZone = Annotated[str, AfterValidator(time_zone)]
"""An IANA time zone's name."""
