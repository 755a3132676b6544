"""A login on the SFTP server of an Airflow connection, directly or through another host."""

from __future__ import annotations

import logging
import socket
import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from typing import TYPE_CHECKING, Any

from scheduled_reports.errors import DeliveryError

if TYPE_CHECKING:
    from airflow.providers.sftp.hooks.sftp import SFTPHook
    from paramiko import PKey, SFTPClient

_CONNECT_SECONDS = 30
_SILENCE_SECONDS = 120.0
"""How long a server may say nothing in the middle of a transfer."""


def logged_in(conn_id: str, stack: ExitStack) -> SFTPClient:
    """Return a client, closed with `stack`. The provider's hook knows keys, and hosts to trust.

    Where the connection's extra names another one as `proxy`, the way leads through that host, whose key is checked
    likewise (`ProxyJump` of OpenSSH).

    Raises:
        DeliveryError: The server cannot be reached, is not the one it should be, or does not let us in.
    """
    return _Login(conn_id, stack).client()


class _Login:
    """One host, the ways that are opened to it, and the host before it."""

    def __init__(self, conn_id: str, stack: ExitStack, behind: tuple[str, ...] = ()) -> None:
        self._conn_id, self._hook = conn_id, _hook(conn_id)
        proxy = self._hook.get_connection(conn_id).extra_dejson.get("proxy")
        if proxy in {conn_id, *behind}:
            what = f"the Airflow connection {conn_id!r} cannot be used"
            why = f"the way leads in a circle: {' → '.join([*behind, conn_id, proxy])}"
            raise DeliveryError(what, why=why, fix="correct `proxy` in their extras")
        self._before = _Login(proxy, stack, (*behind, conn_id)) if proxy else None
        self._ways: list[Any] = []
        stack.enter_context(_quiet(self._ways))
        self._open = stack.enter_context(ExitStack())
        stack.callback(self._close)

    def client(self) -> SFTPClient:
        with self._told():
            client: SFTPClient = self._hook.get_conn()
        channel = client.get_channel()
        if channel is not None:
            channel.settimeout(_SILENCE_SECONDS)
        return client

    def lead(self, address: tuple[str, int]) -> Any:
        """Open a way from here to another host."""
        from airflow.providers.ssh.hooks.ssh import SSHHook

        if self._hook.client is None:
            with self._told():
                SSHHook.get_conn(self._hook)
        transport = self._hook.client.get_transport() if self._hook.client else None
        if transport is None:
            raise EOFError
        return transport.open_channel("direct-tcpip", address, ("127.0.0.1", 0), timeout=_CONNECT_SECONDS)

    @contextmanager
    def _told(self) -> Iterator[None]:
        from paramiko import SSHException

        hook = self._hook
        try:
            hook.__dict__["host_proxy"] = self._way()  # the hook's own is a cached property too
            yield
        except (SSHException, OSError, EOFError) as error:
            why, fix, retryable = self._remedy(error)
            what = f"the SFTP server {hook.remote_host}:{hook.port} of the Airflow connection {self._conn_id!r}"
            raise DeliveryError(f"{what} cannot be used", why=why, fix=fix, retryable=retryable) from error

    def _way(self) -> Any:
        """Open a way to the host: from the host before it, by the `ProxyCommand` of ~/.ssh/config, or directly."""
        from paramiko import ProxyCommand

        hook, address = self._hook, (self._hook.remote_host, int(self._hook.port or 22))
        if self._before is not None:
            way = self._before.lead(address)
            self._open.callback(way.close)
        elif hook.host_proxy_cmd:
            way = ProxyCommand(hook.host_proxy_cmd)
            process = self._open.enter_context(way.process)  # closes its pipes, and waits
            way.close = process.kill  # type: ignore[method-assign]  # its own minds whether the process is there
            self._open.callback(process.kill)
        else:
            way = self._open.enter_context(socket.create_connection(address, timeout=hook.conn_timeout))
        self._ways.append(way)
        return way

    def _close(self) -> None:
        """Hang up; paramiko leaves alone what it began where a login failed."""
        from paramiko import SSHException, Transport

        with suppress(SSHException, OSError, EOFError):
            self._hook.close_conn()
        for thread in threading.enumerate():
            if isinstance(thread, Transport) and any(thread.sock is way for way in self._ways):
                thread.close()

    def _remedy(self, error: Exception) -> tuple[str, str, bool]:
        """Return why connecting failed, what the reader can do, and whether connecting again can help."""
        from paramiko import AuthenticationException, BadHostKeyException

        why = str(error) or type(error).__name__
        fix, retryable = "look whether the server is up and can be reached from here, and the connection is right", True
        if isinstance(error, BadHostKeyException):
            why = f"its host key is {_shown(error.key)}, but {_shown(error.expected_key)} is the known one"
            fix, retryable = _trust(self._hook), False
        elif "not found in known_hosts" in why:
            why = f"its host key {self._offered_key()} is not known here"
            fix, retryable = _trust(self._hook), False
        elif isinstance(error, AuthenticationException) or "No authentication methods" in why:
            fix, retryable = "correct the login, and the password or key", "time" in why or "EOF" in why
        elif isinstance(error, FileNotFoundError | PermissionError):
            fix, retryable = "correct the key file in the connection's extra", False
        return why, fix, retryable

    def _offered_key(self) -> str:
        """Return the type and fingerprint of the key that the server shows to strangers, where it can be asked."""
        from paramiko import SSHException, Transport

        try:
            transport = Transport(self._way())
            try:
                transport.start_client(timeout=_CONNECT_SECONDS)
                return _shown(transport.get_remote_server_key())
            finally:
                transport.close()
        except (SSHException, OSError, EOFError):
            return "(which could not be read)"


def _hook(conn_id: str) -> SFTPHook:
    from airflow.providers.sftp.hooks.sftp import SFTPHook
    from airflow.sdk.exceptions import AirflowException
    from paramiko import SSHException

    try:
        hook = SFTPHook(ssh_conn_id=conn_id)
    except (AirflowException, SSHException, ValueError, TypeError) as error:
        what = f"the Airflow connection {conn_id!r} cannot be used"
        raise DeliveryError(what, why=str(error), fix="correct it") from error
    hook.conn_retry_attempts = 1  # Airflow repeats the task; a wrong password tried three times locks accounts
    hook.conn_timeout = hook.conn_timeout or _CONNECT_SECONDS
    return hook


@contextmanager
def _quiet(ways: list[Any]) -> Iterator[None]:
    """Keep paramiko from logging, with tracebacks, the failures that we report ourselves; others' stay.

    Args:
        ways: What our connections go over; their threads, which paramiko starts, know them.
    """

    def is_others(_: logging.LogRecord) -> bool:
        way = getattr(threading.current_thread(), "sock", None)
        return all(way is not ours for ours in ways)

    log = logging.getLogger("paramiko.transport")
    log.addFilter(is_others)
    try:
        yield
    finally:
        log.removeFilter(is_others)


def _trust(hook: SFTPHook) -> str:
    return (
        "have the server's owner confirm that fingerprint; then set `host_key` in the connection's extra to the key, "
        f"for example 'ssh-ed25519 AAAA…', as `ssh-keyscan -p {hook.port} {hook.remote_host}` prints it"
    )


def _shown(key: PKey) -> str:
    return f"{key.get_name()} {key.fingerprint}"
