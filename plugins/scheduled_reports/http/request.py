"""What is asked of a server."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Literal, Self

Into = Literal["query", "body"]


@dataclass(frozen=True)
class Request:
    """One request.

    Attributes:
        method: GET or POST.
        url: Absolute; may have a query of its own.
        query: Names and values that are added to it.
        headers: Headers beside the connection's.
        body: Sent as JSON; None sends nothing.
    """

    method: str
    url: str
    query: tuple[tuple[str, str], ...] = ()
    headers: Mapping[str, str] = field(default_factory=dict)
    body: dict[str, Any] | None = None

    @property
    def content(self) -> bytes | None:
        """The body as it is sent."""
        return None if self.body is None else json.dumps(self.body, ensure_ascii=False).encode()

    @property
    def digest(self) -> bytes:
        """Tells this request from any other."""
        return hashlib.blake2b(repr((self.method, self.url, self.query, self.content)).encode()).digest()

    def __str__(self) -> str:
        query = "&".join(f"{name}={value}" for name, value in self.query)
        url = f"{self.url}{'&' if '?' in self.url else '?'}{query}" if query else self.url
        return f"{self.method} {url}" + (f" {content.decode()}" if (content := self.content) else "")

    def moved_to(self, url: str) -> Self:
        """Return it for another URL, which has all of the query."""
        return replace(self, url=url, query=())

    def having(self, into: Into, name: str, value: str | int) -> Self:
        """Return it with one value set: in the query, or in the body at a path (`variables.after`)."""
        if into == "query":
            others = tuple(pair for pair in self.query if pair[0] != name)
            return replace(self, query=(*others, (name, str(value))))
        return replace(self, body=_with(self.body or {}, name.split("."), value))


def _with(body: Mapping[str, Any], path: list[str], value: object) -> dict[str, Any]:
    """Return a copy of a mapping with the value at `path` set; what is missing on the way is made."""
    if len(path) == 1:
        return {**body, path[0]: value}
    inner = body.get(path[0])
    return {**body, path[0]: _with(inner if isinstance(inner, dict) else {}, path[1:], value)}
