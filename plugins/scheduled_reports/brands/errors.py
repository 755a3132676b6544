"""What is wrong with a brand."""

from __future__ import annotations

from typing import Any

from scheduled_reports.errors import DocumentError
from scheduled_reports.spec.problems import Problem


class BrandError(DocumentError):
    """A brand cannot be used.

    Attributes:
        problems: What is wrong with its files, and where.
    """

    def __init__(self, name: str, problems: tuple[Problem, ...]) -> None:
        self.name, self.problems = name, problems
        super().__init__(f"the brand {name!r} cannot be used", why="; ".join(map(str, problems)),
                         fix="mend it; `reports check` says what is wrong with every brand")  # fmt: skip

    def __reduce__(self) -> tuple[Any, ...]:
        """Return what a pickle makes it anew of."""
        return type(self), (self.name, self.problems)
