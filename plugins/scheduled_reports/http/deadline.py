"""Bound how long an exchange with a server may take in all, however slowly it answers."""

from __future__ import annotations

import socket
import time
from collections.abc import Callable
from contextlib import suppress
from threading import Lock, Timer
from typing import TYPE_CHECKING, Any, Self

if TYPE_CHECKING:
    from requests.adapters import HTTPAdapter
    from urllib3 import HTTPConnectionPool
    from urllib3.connection import HTTPConnection


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


Gate = Callable[[str], None]
"""Raise where an address must not be spoken to."""


def watched(deadline: Deadline, gate: Gate | None = None) -> HTTPAdapter:
    """Return Airflow's own kind of adapter (TCP keep-alive), whose connections end at the deadline.

    Args:
        deadline: When they end.
        gate: Asked about every address before anything is said to it; not about a proxy's, which the connection names.
    """
    from requests_toolbelt.adapters.socket_options import TCPKeepAliveAdapter
    from urllib3 import PoolManager

    classes = _pool_classes(deadline, gate)

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


def _pool_classes(deadline: Deadline, gate: Gate | None) -> dict[str, type[HTTPConnectionPool]]:
    from urllib3 import HTTPConnectionPool, HTTPSConnectionPool
    from urllib3.connection import HTTPSConnection

    gated = _gated(gate)

    class Plain(gated):  # type: ignore[valid-type,misc]
        def connect(self) -> None:
            super().connect()
            deadline.watch(self.sock)

    class Secure(gated, HTTPSConnection):  # type: ignore[valid-type,misc]
        def connect(self) -> None:
            super().connect()
            deadline.watch(self.sock)

    class PlainPool(HTTPConnectionPool):
        ConnectionCls = Plain

    class SecurePool(HTTPSConnectionPool):
        ConnectionCls = Secure

    return {"http": PlainPool, "https": SecurePool}


def _gated(gate: Gate | None) -> type[HTTPConnection]:
    """Return a kind of connection that asks about whom it speaks to, but for a proxy."""
    from urllib3.connection import HTTPConnection

    class Gated(HTTPConnection):
        def _new_conn(self) -> socket.socket:
            if gate is None or self.proxy is not None:
                return super()._new_conn()
            _ask(gate, self.host, self.port)
            connected = super()._new_conn()
            try:
                gate(connected.getpeername()[0])  # the name may lead elsewhere than a moment ago
            except BaseException:
                connected.close()
                raise
            return connected

    return Gated


def _ask(gate: Gate, host: str, port: int | None) -> None:
    """Ask about every address of a host before one is connected to; that it has none is told by who connects."""
    with suppress(OSError, UnicodeError):
        for *_, address in socket.getaddrinfo(host.strip("[]"), port, type=socket.SOCK_STREAM):
            gate(str(address[0]))
