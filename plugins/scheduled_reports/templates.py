"""Templates in a spec's texts: Jinja in a sandbox, where an unknown word is an error.

Beside Jinja's filters, a word may have a date's format behind a colon, as in Python's f-strings:
`{{ period.start:%Y%m%d }}` is `{{ period.start | date('%Y%m%d') }}`.
"""

from __future__ import annotations

import datetime as dt
import functools
import re
from collections.abc import Mapping
from typing import Any

from jinja2 import StrictUndefined, Template
from jinja2.sandbox import ImmutableSandboxedEnvironment

from scheduled_reports.errors import SpecError
from scheduled_reports.spec.problems import did_you_mean

_DATED = re.compile(
    r"""
    (?P<raw> \{%[-+]? \s* raw \s* [-+]?%\} .*? \{%[-+]? \s* endraw \s* [-+]?%\} | \{\# .*? \#\} )
    | \{\{ (?P<begin> [-+]? \s* ) (?P<word> [A-Za-z_][\w.]* ) \s* : (?P<form> [^{}'"\\|]*? % [^{}'"\\|]*? )
      (?P<end> \s* [-+]? ) \}\}
    """,
    re.DOTALL | re.VERBOSE,
)
"""What Jinja takes as it is, and a word with a date's format, which has no letter that could end a text in Jinja."""


class _Unknown(StrictUndefined):
    """A word that there is not; what it says names those that there are in its place."""

    @property
    def _undefined_message(self) -> str:
        if isinstance(self._undefined_obj, Mapping):
            name = str(self._undefined_name)
            return f"there is no {name!r} here; {did_you_mean(name, map(str, self._undefined_obj))}"
        return super()._undefined_message


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
    return _environment().from_string(_DATED.sub(_filtered, text))


def _filtered(match: re.Match[str]) -> str:
    """Return a word with a date's format as Jinja has it; all else as it is."""
    if match["raw"]:
        return match["raw"]
    return f"{{{{{match['begin']}{match['word']} | date('{match['form'].strip()}'){match['end']}}}}}"


@functools.cache
def _environment() -> ImmutableSandboxedEnvironment:
    environment = ImmutableSandboxedEnvironment(undefined=_Unknown, autoescape=False)
    environment.filters["date"] = _date
    return environment


def _date(value: dt.date, pattern: str = "%Y-%m-%d") -> str:
    """Format a date or time with `strftime`."""
    return value.strftime(pattern)
