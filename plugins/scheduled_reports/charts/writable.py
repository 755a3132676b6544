"""A chart's specification without what no picture can hold, or no reader could read in one."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any

from scheduled_reports.charts.culprit import EXPRESSIONS

LONGEST = 400
"""Characters of a text that a chart may draw. Vega shows far fewer, and measures a text anew for each that it drops:
a word of 5,000 took seconds."""

_KEPT = 300
_UNWRITABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
"""Characters that XML does not allow (XML 1.0, 2.2): over one of them vl-convert ends the whole process."""

_LINE_ENDS = re.compile("[\r\n\u2028\u2029]+")
_SUSPICIOUS = re.compile(r'\\(?:[bfnr]|u(?:00|202|d[89a-f]|fff[ef]))|"[^"]{400}')
"""How JSON writes all these, and a few others."""

_VERBATIM = EXPRESSIONS | {"url"}
"""The keys of texts that are not shown."""


def as_json(spec: Mapping[str, Any]) -> str:
    """Return a specification as JSON that can be drawn, whatever its data and titles hold.

    Control characters are gone, titles stand on one line (Vega-Lite makes code of them that cannot have more), and of
    texts longer than 400 characters the beginning and the end are left, with "…" between them.
    """
    text = json.dumps(spec)
    return json.dumps(_writable(spec, "")) if _SUSPICIOUS.search(text) else text


def _writable(node: Any, key: str) -> Any:
    if isinstance(node, str):
        return _text(node, key)
    if isinstance(node, Mapping):
        return {_text(name, ""): _writable(value, name) for name, value in node.items()}
    return [_writable(value, key) for value in node] if isinstance(node, list | tuple) else node


def _text(text: str, key: str) -> str:
    text = _UNWRITABLE.sub("", text)
    if key in _VERBATIM:
        return text
    if key == "title":
        text = _LINE_ENDS.sub(" ", text)
    return text if len(text) <= LONGEST else f"{text[:_KEPT]}…{text[_KEPT - LONGEST + 1 :]}"
