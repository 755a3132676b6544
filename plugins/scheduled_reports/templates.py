"""Templates in a spec's texts: Jinja in a sandbox, where an unknown word is an error.

Beside Jinja's filters, a word may have a date's format behind a colon, as in Python's f-strings:
`{{ period.start:%Y%m%d }}` is `{{ period.start | date('%Y%m%d') }}`. `| number('#,##0')` writes a value as tables do.
Texts of the content may also use the run's data: `{{ data.totals.calls }}`.
"""

from __future__ import annotations

import datetime as dt
import functools
import re
from collections.abc import Iterator, Mapping
from typing import Any

from jinja2 import StrictUndefined, Template, TemplateSyntaxError, nodes, pass_context
from jinja2.runtime import Context
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


_MARKDOWN = re.compile(r"([\\`*_{}\[\]()#+=\-.!|<>~&])")
"""What means something in Markdown (CommonMark 0.31, 2.4) and stands for itself behind a backslash."""


def fill(text: str, words: Mapping[str, Any], *, markdown: bool = False) -> str:
    """Return `text` with its `{{ … }}` expressions evaluated over `words`.

    Args:
        text: The template.
        words: The words that it may use.
        markdown: Whether the text is Markdown: then values are only ever text, whatever they hold.

    Raises:
        SpecError: An expression is not valid, or names a word that there is not.
    """
    if "{" not in text:
        return text
    try:
        return _compiled(text, markdown).render(words)
    except Exception as error:  # an expression may raise anything: {{ 1 / 0 }}, {{ 'x' | date }}
        raise SpecError(
            f"the template {text!r} cannot be filled",
            why=str(error).rstrip("."),
            fix=f"words: {', '.join(sorted(words))}; for example {{{{ period.start | date('%Y-%m-%d') }}}}",
        ) from error


@functools.lru_cache(maxsize=1000)
def _compiled(text: str, markdown: bool) -> Template:
    """Compile a template once: many formats and reports share the same text, such as a default file name."""
    return _environment(markdown).from_string(_DATED.sub(_filtered, text))


def data_used(text: str) -> Iterator[tuple[str, str | None]]:
    """Yield the tables of the run's data that a template uses, and the column; None where it uses the rows.

    Raises:
        SpecError: It is not valid, or names a table by what only the run knows.
    """
    if "data" not in text:
        return
    try:
        _compiled(text, False)  # which knows the filters, where reading it alone does not
        tree = _environment(False).parse(_DATED.sub(_filtered, text))
    except TemplateSyntaxError as error:
        raise SpecError(f"the template {text!r} cannot be filled", why=str(error)) from error
    above = {id(child): node for node in tree.find_all(nodes.Node) for child in node.iter_child_nodes()}
    for name in tree.find_all(nodes.Name):
        if name.name == "data" and name.ctx == "load":
            table = above.get(id(name))
            if (known := _part(table)) is None:
                raise SpecError(f"the template {text!r} uses `data` without a table's name",
                                fix="write it as {{ data.totals.calls }}")  # fmt: skip
            yield known, _part(above.get(id(table)))


def _part(node: nodes.Node | None) -> str | None:
    """Return the name behind a point or in brackets."""
    if isinstance(node, nodes.Getattr):
        return node.attr
    if isinstance(node, nodes.Getitem) and isinstance(node.arg, nodes.Const) and isinstance(node.arg.value, str):
        return node.arg.value
    return None


def _filtered(match: re.Match[str]) -> str:
    """Return a word with a date's format as Jinja has it; all else as it is."""
    if match["raw"]:
        return match["raw"]
    return f"{{{{{match['begin']}{match['word']} | date('{match['form'].strip()}'){match['end']}}}}}"


@functools.cache
def _environment(markdown: bool) -> ImmutableSandboxedEnvironment:
    environment = ImmutableSandboxedEnvironment(
        undefined=_Unknown, autoescape=False, finalize=_as_text if markdown else None
    )
    environment.filters["date"] = _date
    environment.filters["number"] = _number
    return environment


def _as_text(value: Any) -> Any:
    """Return a value such that Markdown shows it as it is."""
    return _MARKDOWN.sub(r"\\\1", " ".join(value.split())) if isinstance(value, str) else value


def _date(value: dt.date, pattern: str = "%Y-%m-%d") -> str:
    """Format a date or time with `strftime`."""
    return value.strftime(pattern)


@pass_context
def _number(context: Context, value: Any, pattern: str | None = None) -> str:
    """Write a value as tables do, in the report's language."""
    from scheduled_reports.language import ENGLISH

    return str(context.get("language", ENGLISH).shown(value, pattern))
