"""Lay one YAML mapping over another.

The upper one's keys win: mappings are merged key by key, everything else, lists too, is replaced as a whole, and a null
removes the key; only a `mask` is replaced as a whole, and its null is the mask of that name. A mapping that says `use`,
or another `type` than the lower one, replaces it: the keys of one kind mean nothing to another.
"""

from __future__ import annotations

import yaml

from scheduled_reports.spec.yaml import entry

NULL = "tag:yaml.org,2002:null"

_NULL_MEANS_NULL = ("default", "mask")
"""Keys whose null is a value: a parameter's default may be nothing, and a mask may empty its column."""

_NEVER_MERGED = ("mask",)
"""Keys whose mappings are replaced as a whole: roles that the lower one lets see a column are not in the upper one."""


_ALWAYS_MERGED = ("columns",)
"""Keys whose mappings are merged even where all else is replaced: a mask must not go because another type comes."""


def merged(lower: yaml.MappingNode, upper: yaml.MappingNode) -> yaml.MappingNode:
    """Return `upper` laid over `lower`, key by key at every depth; it stands where `upper` does."""
    return _over(lower, upper, deep=True)


def replaced(lower: yaml.MappingNode, upper: yaml.MappingNode) -> yaml.MappingNode:
    """Return `lower` with the keys of `upper` in place of its own, whatever they hold; a null removes the key.

    Only `columns` are merged, column by column.
    """
    return _over(lower, upper, deep=False)


def without(node: yaml.MappingNode, *names: str) -> yaml.MappingNode:
    """Return a mapping without these keys."""
    kept = [(key, value) for key, value in node.value if key.value not in names]
    return node if len(kept) == len(node.value) else mapping(node, kept)


def mapping(like: yaml.MappingNode, entries: list[tuple[yaml.Node, yaml.Node]]) -> yaml.MappingNode:
    """Return a mapping with other entries that stands where `like` does."""
    return yaml.MappingNode(like.tag, entries, like.start_mark, like.end_mark, like.flow_style)


def sequence(like: yaml.SequenceNode, items: list[yaml.Node]) -> yaml.SequenceNode:
    """Return a list with other items that stands where `like` does."""
    return yaml.SequenceNode(like.tag, items, like.start_mark, like.end_mark, like.flow_style)


def _over(lower: yaml.MappingNode, upper: yaml.MappingNode, *, deep: bool) -> yaml.MappingNode:
    entries = {key.value: (key, value) for key, value in lower.value}
    for key, value in upper.value:
        below = entries.get(key.value)
        if below and value.tag == NULL and key.value not in _NULL_MEANS_NULL:
            del entries[key.value]
        else:
            laid = below and (deep or key.value in _ALWAYS_MERGED) and key.value not in _NEVER_MERGED
            entries[key.value] = key, _laid(below[1], value) if below and laid else value
    return mapping(upper, list(entries.values()))


def _laid(lower: yaml.Node, upper: yaml.Node) -> yaml.Node:
    if not isinstance(lower, yaml.MappingNode) or not isinstance(upper, yaml.MappingNode) or _other(lower, upper):
        return upper
    return _over(lower, upper, deep=True)


def _other(lower: yaml.MappingNode, upper: yaml.MappingNode) -> bool:
    below, above = entry(lower, "type"), entry(upper, "type")
    return entry(upper, "use") is not None or bool(below and above and below[1].value != above[1].value)
