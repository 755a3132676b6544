"""Templates in a spec's texts: Jinja in a sandbox, where an unknown word is an error."""

from __future__ import annotations

import datetime as dt
import functools
from collections.abc import Mapping
from typing import Any

from jinja2 import StrictUndefined, Template
from jinja2.sandbox import ImmutableSandboxedEnvironment

from scheduled_reports.errors import SpecError


def fill(text: str, words: Mapping[str, Any]) -> str:
    """Return `text` with its `{{ … }}` expressions evaluated over `words`.

    Raises:
        SpecError: An expression is not valid, or names a word that there is not.
    """
    if "{" not in text:
        return text
    try:
        return _compiled(text).render(words)
    except Exception as error:  # an expression may raise anything: {{ 1 / 0 }}, {{ 'x' | date }}
        raise SpecError(
            f"the template {text!r} cannot be filled",
            why=str(error).rstrip("."),
            fix=f"words: {', '.join(sorted(words))}; for example {{{{ period.start | date('%Y-%m-%d') }}}}",
        ) from error


@functools.lru_cache(maxsize=1000)
def _compiled(text: str) -> Template:
    """Compile a template once: many formats and reports share the same text, such as a default file name."""
    return _environment().from_string(text)


@functools.cache
def _environment() -> ImmutableSandboxedEnvironment:
    environment = ImmutableSandboxedEnvironment(undefined=StrictUndefined, autoescape=False)
    environment.filters["date"] = _date
    return environment


def _date(value: dt.date, pattern: str = "%Y-%m-%d") -> str:
    """Format a date or time with `strftime`."""
    return value.strftime(pattern)
