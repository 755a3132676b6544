"""Fill the templates of a request."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from scheduled_reports.templates import fill

if TYPE_CHECKING:
    from scheduled_reports.run import Run

_PARAMETER = re.compile(r"\s*\{\{\s*parameters\.(\w+)\s*\}\}\s*")


def filled_path(path: str, run: Run) -> str:
    """Return a URL's path; what a parameter holds cannot lead to another one."""
    parameters = {name: quote(value, safe="") if isinstance(value, str) else value
                  for name, value in run.parameters.items()}  # fmt: skip
    return fill(path, {**run.words, "parameters": parameters})


def filled_query(query: Mapping[str, Any], run: Run) -> tuple[tuple[str, str], ...]:
    """Return a query's names and values: lists repeat their name, nulls are left out."""
    pairs = []
    for name, given in query.items():
        for value in given if isinstance(given, tuple | list) else (given,):
            found = _filled(value, run)
            if found is not None:
                pairs.append((name, str(found).lower() if isinstance(found, bool) else str(found)))
    return tuple(pairs)


def filled_body(body: Mapping[str, Any], run: Run) -> dict[str, Any]:
    """Return a JSON body."""
    return {name: _filled(value, run) for name, value in body.items()}


def _filled(value: Any, run: Run) -> Any:
    """Return a value with its texts filled; a text that is nothing but a parameter keeps the parameter's type."""
    if isinstance(value, dict):
        return {name: _filled(item, run) for name, item in value.items()}
    if isinstance(value, list | tuple):
        return [_filled(item, run) for item in value]
    if not isinstance(value, str):
        return value
    whole = _PARAMETER.fullmatch(value)
    if whole is None or whole[1] not in run.parameters:
        return fill(value, run.words)
    found = run.parameters[whole[1]]
    return found.isoformat() if isinstance(found, dt.date) else found
