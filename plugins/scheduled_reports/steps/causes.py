"""Who did not get a report, by what kept it from them: what one cause kept from several is said once."""

from __future__ import annotations

from collections.abc import Sequence

MOST_TOLD = 20
"""Causes, and recipients of one cause, that are named in a log, an error or a mail."""


def named(lines: Sequence[str], count: int) -> list[str]:
    """Return the first lines of `count`, and how many others there are."""
    told = list(lines[:MOST_TOLD])
    return [*told, f"and {count - len(told):,} others"] if count > len(told) else told


class Causes:
    """Recipients by cause; of each as many as are told, and how many there are."""

    def __init__(self) -> None:
        self._found: dict[str, tuple[list[str], int]] = {}
        self._more = 0

    def add(self, cause: str, recipient: str) -> bool:
        """Add one; return whether the cause is new."""
        names, count = self._found.get(cause, ([], 0))
        if not count and len(self._found) >= MOST_TOLD:
            self._more += 1
            return True
        if count < MOST_TOLD:
            names.append(recipient)
        self._found[cause] = (names, count + 1)
        return not count

    def lines(self) -> list[str]:
        """Return each cause after those whom it concerns."""
        lines = [f"{', '.join(named(names, count))}: {cause}" for cause, (names, count) in self._found.items()]
        return [*lines, f"and {self._more:,} others, for other reasons"] if self._more else lines
