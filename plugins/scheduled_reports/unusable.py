"""What is wrong with a file that an author named."""

from __future__ import annotations


class UnusableError(Exception):
    """A file cannot be used; who knows which place of which spec names it tells it as a problem of that.

    Attributes:
        message: What is wrong.
        hint: What to do.
    """

    def __init__(self, message: str, hint: str) -> None:
        self.message, self.hint = message, hint
        super().__init__(f"{message}; {hint}")
