"""Whom a spec means, in one run."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from scheduled_reports.audience.recipient import Copy, Recipient


@dataclass(frozen=True)
class RunAudience:
    """Who is meant by what a spec says of recipients, in one run.

    Attributes:
        words: The words that templates may use.
    """

    words: Mapping[str, Any]

    def people(self, entries: Sequence[Any], copy: Copy = Copy.TO) -> tuple[Recipient, ...]:
        """Return whom `to`, `cc` or `bcc` names."""
        return tuple(Recipient(address, copy=copy) for address in entries)
