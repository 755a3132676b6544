"""Find the expression that Vega cannot read: its own message does not say which one it is."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from scheduled_reports.spec.marks import Loc
from scheduled_reports.spec.places import path_text

EXPRESSIONS = frozenset(("calculate", "filter", "test", "expr", "labelExpr", "update"))
"""The keys whose texts are expressions: https://vega.github.io/vega-lite/docs/expression.html"""


def culprit(spec: Mapping[str, Any], reason: str) -> str:
    """Return the reason, after the place and the text of the expression that cannot be read, if one is to blame."""
    for loc, text in expressions(spec):
        if not _can_be_read(text):
            return f"`{path_text(('vega_lite', *loc))}` is {text!r}: {reason}"
    return reason


def expressions(node: Any, loc: Loc = ()) -> Iterator[tuple[Loc, str]]:
    """Yield each expression of a specification and where it stands; the data has none."""
    if isinstance(node, Mapping):
        for key, value in node.items():
            if key in EXPRESSIONS and isinstance(value, str):
                yield (*loc, key), value
            elif key != "data":
                yield from expressions(value, (*loc, key))
    elif isinstance(node, list):
        for index, value in enumerate(node):
            yield from expressions(value, (*loc, index))


def _can_be_read(expression: str) -> bool:
    """Return whether Vega reads an expression, tried over no data at all."""
    import vl_convert

    spec = {"data": {"values": []}, "mark": "point", "transform": [{"calculate": expression, "as": "tried"}]}
    try:
        vl_convert.vegalite_to_svg(spec, allowed_base_urls=[])
    except ValueError:
        return False
    return True
