"""A login on the SFTP server of an Airflow connection."""

from __future__ import annotations

import logging
import socket
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from typing import TYPE_CHECKING

from scheduled_reports.errors import DeliveryError

if TYPE_CHECKING:
    from airflow.providers.sftp.hooks.sftp import SFTPHook
    from paramiko import PKey, SFTPClient

_CONNECT_SECONDS = 30
_SILENCE_SECONDS = 120.0
"""How long a server may say nothing in the middle of a transfer."""


def logged_in(conn_id: str, stack: ExitStack) -> SFTPClient:
    """Return a client, closed with `stack`. The provider's hook knows keys, proxies and hosts to trust.

    Raises:
        DeliveryError: The server cannot be reached, is not the one it should be, or does not let us in.
    """
    from paramiko import SSHException

    stack.enter_context(_quiet())
    hook = _hook(conn_id)
    stack.callback(_close, hook)
    try:
        client: SFTPClient = hook.get_conn()
    except (SSHException, OSError, EOFError) as error:
        why, fix, retryable = _remedy(hook, error)
        what = f"the SFTP server {hook.remote_host}:{hook.port} of the Airflow connection {conn_id!r} cannot be used"
        raise DeliveryError(what, why=why, fix=fix, retryable=retryable) from error
    channel = client.get_channel()
    if channel is not None:
        channel.settimeout(_SILENCE_SECONDS)
    return client


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


def _close(hook: SFTPHook) -> None:
    from paramiko import SSHException

    with suppress(SSHException, OSError, EOFError):
        hook.close_conn()
    if hook.client is not None:
        hook.client.close()


@contextmanager
def _quiet() -> Iterator[None]:
    """Keep paramiko from logging, with tracebacks, the failures that we report ourselves."""
    log = logging.getLogger("paramiko")
    before = log.level
    log.setLevel(logging.CRITICAL)
    try:
        yield
    finally:
        log.setLevel(before)


def _remedy(hook: SFTPHook, error: Exception) -> tuple[str, str, bool]:
    """Return why connecting failed, what the reader can do, and whether connecting again can help."""
    from paramiko import AuthenticationException, BadHostKeyException
    from paramiko.ssh_exception import NoValidConnectionsError

    why = str(error) or type(error).__name__
    fix, retryable = "look whether the server is up and can be reached from here, and the connection is right", True
    if isinstance(error, NoValidConnectionsError):  # its own text is "[Errno None] Unable to connect"
        why = "; ".join(dict.fromkeys(map(str, error.errors.values())))
    elif isinstance(error, BadHostKeyException):
        why = f"its host key is {_shown(error.key)}, but {_shown(error.expected_key)} is the known one"
        fix, retryable = _trust(hook), False
    elif "not found in known_hosts" in why:
        why = f"its host key {_offered_key(hook)} is not known here"
        fix, retryable = _trust(hook), False
    elif isinstance(error, AuthenticationException) or "No authentication methods" in why:
        fix, retryable = "correct the login, and the password or key", "time" in why or "EOF" in why
    elif isinstance(error, FileNotFoundError | PermissionError):
        fix, retryable = "correct the key file in the connection's extra", False
    return why, fix, retryable


def _trust(hook: SFTPHook) -> str:
    return (
        "have the server's owner confirm that fingerprint; then set `host_key` in the connection's extra to the key, "
        f"for example 'ssh-ed25519 AAAA…', as `ssh-keyscan -p {hook.port} {hook.remote_host}` prints it"
    )


def _shown(key: PKey) -> str:
    return f"{key.get_name()} {key.fingerprint}"


def _offered_key(hook: SFTPHook) -> str:
    """Return the type and fingerprint of the key that the server shows to strangers, where it can be asked."""
    from paramiko import SSHException, Transport

    try:
        with socket.create_connection((hook.remote_host, hook.port), timeout=_CONNECT_SECONDS) as connection:
            transport = Transport(connection)
            try:
                transport.start_client(timeout=_CONNECT_SECONDS)
                return _shown(transport.get_remote_server_key())
            finally:
                transport.close()
    except (SSHException, OSError, EOFError):
        return "(which could not be read)"
