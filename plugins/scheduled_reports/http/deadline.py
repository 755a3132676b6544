"""Bound how long an exchange with a server may take in all, however slowly it answers."""

from __future__ import annotations

import socket
import time
from contextlib import suppress
from threading import Lock, Timer
from typing import TYPE_CHECKING, Any, Self

if TYPE_CHECKING:
    from requests.adapters import HTTPAdapter
    from urllib3 import HTTPConnectionPool


class Deadline:
    """A moment at which all connections are cut.

    A read timeout starts again with each byte: only this ends a server that sends one every second. Use it in a `with`
    statement.

    Args:
        seconds: How long from now.
    """

    def __init__(self, seconds: float) -> None:
        self.seconds = seconds
        self._end = time.monotonic() + seconds
        self._lock, self._sockets = Lock(), list[socket.socket]()
        self._timer = Timer(seconds, self._cut)
        self._timer.daemon = True

    @property
    def left(self) -> float:
        """Seconds until then; 0 afterwards."""
        return max(0.0, self._end - time.monotonic())

    def watch(self, connected: socket.socket) -> None:
        """Cut this one, too."""
        with self._lock:
            self._sockets = [known for known in self._sockets if known.fileno() >= 0] + [connected]
        if not self.left:
            self._cut()

    def _cut(self) -> None:
        with self._lock:
            for connected in self._sockets:
                with suppress(OSError):  # a TLS socket's own shutdown would take its state from under the reader
                    socket.socket.shutdown(connected, socket.SHUT_RDWR)

    def __enter__(self) -> Self:
        self._timer.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._timer.cancel()
        self._timer.join()


def watched(deadline: Deadline) -> HTTPAdapter:
    """Return Airflow's own kind of adapter (TCP keep-alive), whose connections end at the deadline."""
    from requests_toolbelt.adapters.socket_options import TCPKeepAliveAdapter
    from urllib3 import PoolManager

    classes = _pool_classes(deadline)

    def use(pools: PoolManager) -> PoolManager:
        pools.pool_classes_by_scheme = classes
        return pools

    class Adapter(TCPKeepAliveAdapter):  # type: ignore[misc]  # requests-toolbelt has no types
        def init_poolmanager(self, *values: Any, **options: Any) -> None:
            super().init_poolmanager(*values, **options)
            use(self.poolmanager)

        def proxy_manager_for(self, *values: Any, **options: Any) -> PoolManager:
            return use(super().proxy_manager_for(*values, **options))

    return Adapter(idle=120, count=20, interval=30)


def _pool_classes(deadline: Deadline) -> dict[str, type[HTTPConnectionPool]]:
    from urllib3 import HTTPConnectionPool, HTTPSConnectionPool
    from urllib3.connection import HTTPConnection, HTTPSConnection

    class Plain(HTTPConnection):
        def connect(self) -> None:
            super().connect()
            deadline.watch(self.sock)

    class Secure(HTTPSConnection):
        def connect(self) -> None:
            super().connect()
            deadline.watch(self.sock)

    class PlainPool(HTTPConnectionPool):
        ConnectionCls = Plain

    class SecurePool(HTTPSConnectionPool):
        ConnectionCls = Secure

    return {"http": PlainPool, "https": SecurePool}
