"""The web shop's API: `/v2/orders` as JSON in pages with a cursor, `/v2/rates` as CSV; a token opens both.

`python -m demo.shop_api --port 8085 --token TOKEN` runs it until SIGINT or SIGTERM.
"""

from __future__ import annotations

import argparse
import datetime as dt
import hmac
import json
import signal
from collections.abc import Sequence
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from types import TracebackType
from typing import Any, Self
from urllib.parse import parse_qs, urlsplit

from demo.orders import BERLIN, francs, web_orders

PAGE = 50
"""Orders in one page, at most."""


class ShopApi:
    """Serve the web shop's API on `host` and `port` (0: any free one).

    `GET /v2/orders?from=…&to=…&cursor=…` gives `{"data": [...], "meta": {"total": n, "next_cursor": text or null}}`,
    oldest first; from and to are instants (ISO 8601), to excluded. `GET /v2/rates?from=…&to=…` gives the columns date,
    currency and rate, units of the currency for one euro. Both want `Authorization: Bearer <token>`. Use it in a
    `with` statement, or call start() and stop().
    """

    def __init__(self, token: str, host: str = "127.0.0.1", port: int = 0) -> None:
        self.host, self.port, self._token = host, port, token
        self._server: ThreadingHTTPServer | None = None
        self._thread: Thread | None = None

    def start(self) -> None:
        """Begin to listen; afterwards `port` is the real one. Raises OSError when the port is taken."""
        handler = type("Handler", (_Handler,), {"token": self._token})
        self._server = ThreadingHTTPServer((self.host, self.port), handler)
        self.port = self._server.server_address[1]
        self._thread = Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """End the server and its thread."""
        if self._server is not None and self._thread is not None:
            self._server.shutdown()
            self._server.server_close()
            self._thread.join()
            self._server = self._thread = None

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()


class _Handler(BaseHTTPRequestHandler):
    token = ""
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        given = self.headers.get("Authorization", "")
        if not hmac.compare_digest(given.encode(), f"Bearer {self.token}".encode()):
            self._answer(HTTPStatus.UNAUTHORIZED, {"error": "the token is missing or wrong"})
            return
        url = urlsplit(self.path)
        asked = {name: values[-1] for name, values in parse_qs(url.query).items()}
        try:
            if url.path == "/v2/orders":
                self._answer(HTTPStatus.OK, _orders(asked))
            elif url.path == "/v2/rates":
                self._answer(HTTPStatus.OK, _rates(asked))
            else:
                self._answer(HTTPStatus.NOT_FOUND, {"error": f"there is no {url.path}"})
        except (KeyError, ValueError) as error:
            self._answer(HTTPStatus.BAD_REQUEST, {"error": f"from, to or cursor is missing or wrong: {error}"})

    def _answer(self, status: HTTPStatus, body: dict[str, Any] | str) -> None:
        content = (body if isinstance(body, str) else json.dumps(body, ensure_ascii=False)).encode()
        self.send_response(status)
        self.send_header("Content-Type", "text/csv" if isinstance(body, str) else "application/json")
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, format: str, *values: Any) -> None:  # noqa: A002 - the standard library's name
        """Keep the demo's output to the demo."""


def _orders(asked: dict[str, str]) -> dict[str, Any]:
    first, last = _span(asked)
    found = [
        order
        for day in _days(first, last)
        for order in web_orders(day)
        if first <= dt.datetime.fromisoformat(order["created"]) < last
    ]
    at = int(asked.get("cursor", 0))
    following = str(at + PAGE) if at + PAGE < len(found) else None
    return {"data": found[at : at + PAGE], "meta": {"total": len(found), "next_cursor": following}}


def _rates(asked: dict[str, str]) -> str:
    lines = (f"{day},CHF,{francs(day)}\r\n" for day in _days(*_span(asked)))
    return "date,currency,rate\r\n" + "".join(lines)


def _span(asked: dict[str, str]) -> tuple[dt.datetime, dt.datetime]:
    first, last = (dt.datetime.fromisoformat(asked[name]) for name in ("from", "to"))
    if first.tzinfo is None or last.tzinfo is None:
        raise ValueError("an instant needs its offset, for example 2026-10-01T00:00:00Z")
    return first, last


def _days(first: dt.datetime, last: dt.datetime) -> list[dt.date]:
    """Return the Berlin days that the span touches."""
    start, end = first.astimezone(BERLIN).date(), (last - dt.timedelta(microseconds=1)).astimezone(BERLIN).date()
    return [start + dt.timedelta(days=number) for number in range((end - start).days + 1)]


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the API until SIGINT or SIGTERM."""
    parser = argparse.ArgumentParser(prog="python -m demo.shop_api", description=__doc__)
    parser.add_argument("--host", default="127.0.0.1", help="the address to listen on (%(default)s)")
    parser.add_argument("--port", type=int, default=8085, help="the port to listen on (%(default)s)")
    parser.add_argument("--token", required=True, help="what opens it")
    chosen = parser.parse_args(arguments)
    ends = {signal.SIGINT, signal.SIGTERM}
    signal.pthread_sigmask(signal.SIG_BLOCK, ends)  # before any thread starts: sigwait below takes them
    with ShopApi(chosen.token, chosen.host, chosen.port) as server:
        print(f"Shop API on http://{server.host}:{server.port}/v2/orders. Ctrl+C ends it.", flush=True)
        signal.sigwait(ends)


if __name__ == "__main__":
    main()
