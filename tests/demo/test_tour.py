"""Steering the tour: what happens between it and Airflow's REST API, against a server of our own."""

from __future__ import annotations

import http.server
import json
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest

from demo.tour import steering
from demo.tour.steering import Airflow, GivenUp


class Api(http.server.ThreadingHTTPServer):
    """An Airflow that takes its time, counts what it is asked at once, and says `refusals` times that it is locked."""

    under_way = 0
    most_at_once = 0
    refusals = 0

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.lock = threading.Lock()


class _Handler(http.server.BaseHTTPRequestHandler):
    server: Api

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers["Content-Length"]))
        with self.server.lock:
            self.server.under_way += 1
            self.server.most_at_once = max(self.server.most_at_once, self.server.under_way)
        time.sleep(0.02)
        with self.server.lock:
            self.server.under_way -= 1
            refused = self.path != "/auth/token" and self.server.refusals > 0
            self.server.refusals -= refused
        body = json.dumps({"access_token": "x"}).encode()
        self.send_response(500 if refused else 200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@pytest.fixture
def api() -> Iterator[Api]:
    with Api() as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield server
        server.shutdown()
        thread.join()


def test_runs_are_begun_one_after_the_other_as_ten_at_once_lock_airflows_database(api: Api) -> None:
    airflow = Airflow(api.server_port, "demo")

    with ThreadPoolExecutor(10) as pool:
        list(pool.map(lambda day: airflow.trigger("sales__daily", day), [f"2026-10-{day:02}" for day in range(1, 11)]))

    assert api.most_at_once == 1


def test_what_a_locked_database_refuses_is_asked_again(api: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(steering, "PAUSE", 0.01)
    api.refusals = 2

    Airflow(api.server_port, "demo").trigger("sales__daily", "2026-10-01")

    assert api.refusals == 0


def test_nobody_waits_on_once_the_tour_is_given_up(api: Api) -> None:
    airflow = Airflow(api.server_port, "demo")
    began = time.monotonic()

    with ThreadPoolExecutor(1) as pool:
        waiting = pool.submit(airflow.until, "the end of time", lambda: False)
        airflow.give_up()

    assert time.monotonic() - began < 5
    with pytest.raises(GivenUp, match="the end of time"):
        waiting.result()
