"""What a table holds, as a short text: the same for the same rows in any order, another for others."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from scheduled_reports.tables import Tables


def digest_of(tables: Tables, name: str, columns: Sequence[str]) -> str:
    """Return the digest of the rows of a table: 32 hex digits.

    It is made of the sums of the halves of the rows' MD5 digests: adding is what makes a multiset of them, in which the
    order does not count and a row that comes twice does (D. Clarke et al., Incremental Multiset Hash
    Functions and Their Application to Memory Integrity Checking, ASIACRYPT 2003, MSet-Add-Hash). It tells accidents
    apart; it is no protection from somebody who makes rows for it.

    Args:
        tables: The run's tables.
        name: The table.
        columns: The columns that count; another order of them is another digest.

    Raises:
        SourceError: There is no such table or column.
    """
    text = " || ".join(_told(column) for column in columns)
    sums = "sum(md5_number_lower(told)) AS low, sum(md5_number_upper(told)) AS high"
    sql = f'SELECT {sums} FROM (SELECT {text} AS told FROM "{name}")'
    with tables.query(sql, {}, f"comparing {name!r}") as reader:
        [found] = reader.read_all().to_pylist()
    facts = [list(columns), *(int(value or 0) for value in found.values())]
    return hashlib.sha256(json.dumps(facts).encode()).hexdigest()[:32]


def _told(column: str) -> str:
    """Return SQL that writes a value so that no two rows of values are written alike: `5:hello`, `0:`, NULL as `-`."""
    value = 'CAST("' + column.replace('"', '""') + '" AS VARCHAR)'
    return f"coalesce(length({value}) || ':' || {value}, '-')"
