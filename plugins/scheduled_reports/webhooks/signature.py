"""Signatures in the way of Standard Webhooks 1.0.0 (https://github.com/standard-webhooks/standard-webhooks, spec/)."""

from __future__ import annotations

import base64
import hashlib
import hmac
from collections.abc import Iterable

from scheduled_reports.connections import Connection
from scheduled_reports.errors import UnknownConnectionError

PREFIX = "whsec_"
"""What a secret in base64 begins with."""

LEAST, MOST = 24, 64
"""Bytes of a secret, "Signature scheme" in the specification."""

_MAKE = "python3 -c \"import base64, secrets; print('whsec_' + base64.b64encode(secrets.token_bytes(32)).decode())\""


def signing_secrets(connection: Connection) -> list[str]:
    """Return the secrets in a connection's password, the newest first; none where it has no password.

    While the receiver goes from one to the next, the password holds both, with a space between: each signs.

    Raises:
        UnknownConnectionError: One of them is none.
    """
    found = (connection.password or "").split()
    for secret in found:
        _key(secret, connection.conn_id)
    return found


def signature(secrets: Iterable[str], message_id: str, timestamp: int, body: Iterable[bytes]) -> str:
    """Return the value of the header `webhook-signature`: one signature for each secret.

    Args:
        secrets: Of `signing_secrets`.
        message_id: The header `webhook-id`; without dots.
        timestamp: The header `webhook-timestamp`, in seconds.
        body: The request's, piece by piece.
    """
    head = f"{message_id}.{timestamp}.".encode()
    signers = [hmac.new(_key(secret), head, hashlib.sha256) for secret in secrets]
    for piece in body:
        for signer in signers:
            signer.update(piece)
    return " ".join(f"v1,{base64.b64encode(signer.digest()).decode()}" for signer in signers)


def _key(secret: str, conn_id: str = "") -> bytes:
    """Return a secret's bytes; a text without the prefix is its own."""
    try:
        key = base64.b64decode(secret[len(PREFIX) :], validate=True) if secret.startswith(PREFIX) else secret.encode()
    except ValueError:
        key = b""
    if LEAST <= len(key) <= MOST or (len(key) > MOST and not secret.startswith(PREFIX)):
        return key
    raise UnknownConnectionError(
        f"the Airflow connection {conn_id!r} cannot sign webhooks",
        why=f"its password is no secret of {LEAST} to {MOST} bytes, as {PREFIX}<base64> or as a text of that length",
        fix=f"make one, and give it to the receiver, too: {_MAKE}",
    )
