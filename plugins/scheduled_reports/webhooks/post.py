"""Send one request for each delivery, and read what its answer means."""

from __future__ import annotations

import datetime as dt
import os
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING
from urllib.parse import urljoin

from scheduled_reports.channels.base import Delivery, Receipt
from scheduled_reports.errors import DeliveryError, ReportError, UncertainDeliveryError
from scheduled_reports.http.deadline import Deadline
from scheduled_reports.http.failures import failure_of
from scheduled_reports.http.refusals import READ, may_pass, message_in, retry_after, status_text
from scheduled_reports.http.session import Server, kept_from_errors
from scheduled_reports.webhooks.body import Body
from scheduled_reports.webhooks.message import Content, Form, body_of, message_id
from scheduled_reports.webhooks.receipt import receipt_text
from scheduled_reports.webhooks.signature import signature

if TYPE_CHECKING:
    from requests import Response

LONGEST_WAIT = 86_400.0
"""Seconds; a server that asks for more is asked again after a day."""

_IN_PROGRESS = 409
"""What a server that knows the key answers while it still works on the first request (the draft's section 2.7)."""

_FIXES = {
    401: "check with the receiver the secret, which is the password of the Airflow connection {connection!r}, and the "
    "headers in its extra",
    403: "have the receiver permit it; the secret is the password of the Airflow connection {connection!r}",
    404: "check 'path', and the host of the Airflow connection {connection!r}",
    410: "the receiver wants no more of these; take the destination out of the spec",
    413: "the receiver takes less: set 'content: none' and let it fetch the files, or 'send: multipart'",
}


class Post:
    """Posts deliveries to one server.

    Args:
        server: Whom.
        deadline: Until when.
        silence: Seconds that the server may be silent.
        secrets: What signs each request; none leaves it unsigned.
        form: How the files go along.
        content: Whether they do.
        knows_keys: Whether the server takes a request with the same Idempotency-Key once only.
    """

    def __init__(
        self, server: Server, deadline: Deadline, silence: float, secrets: list[str], *, form: Form, content: Content,
        knows_keys: bool,
    ) -> None:  # fmt: skip
        self._server, self._deadline, self._silence, self._secrets = server, deadline, silence, secrets
        self._form, self._content, self._knows_keys = form, content, knows_keys

    def post(self, delivery: Delivery, path: str) -> Receipt:
        """Send one delivery to a path behind the server's URL, already quoted.

        Raises:
            UncertainDeliveryError: The connection broke, or the time was over, after all had been sent.
            DeliveryError: The server has refused it, or was sent a part of it at most.
        """
        with kept_from_errors(self._server.secrets):
            body = body_of(delivery, self._form, self._content)
            with self._answered("POST", self._url(path), self._headers(delivery, body), body) as response:
                said = b"".join(_beginning(response))
                if not 200 <= response.status_code < 300:
                    raise self._refused(response, said)
                return Receipt(receipt_text(response.status_code, response.headers, said, self._server.secrets),
                               body.len)  # fmt: skip

    def knock(self, path: str) -> str:
        """Ask for the head of what is at a path, and return the answer in words; anything but an outage will do.

        Raises:
            DeliveryError: There is no answer, or one of 500 and more.
        """
        with kept_from_errors(self._server.secrets), self._answered("HEAD", self._url(path), {}, None) as response:
            if response.status_code >= 500:
                raise self._refused(response, b"")
            return status_text(response.status_code)

    def _url(self, path: str) -> str:
        url = f"{self._server.url}/{path}" if path else self._server.url
        if not self._server.is_at(url):
            raise DeliveryError(f"{path!r} leads away from the connection's host", fix="correct 'path'")
        return url

    def _headers(self, delivery: Delivery, body: Body) -> dict[str, str]:
        """Return what makes a request known: to Standard Webhooks, and as a repeated one.

        The Idempotency-Key is a structured field's string (draft-ietf-httpapi-idempotency-key-header, section 2.1).
        """
        unique, now = message_id(delivery), int(time.time())
        headers = {
            "Content-Type": body.media_type, "Accept": "application/json, text/plain;q=0.9, */*;q=0.1",
            "Connection": "close", "User-Agent": "airflow-scheduled-reports", "Idempotency-Key": f'"{unique}"',
            "webhook-id": unique, "webhook-timestamp": str(now),
        }  # fmt: skip
        if self._secrets:
            headers["webhook-signature"] = signature(self._secrets, unique, now, body.chunks())
        return headers

    @contextmanager
    def _answered(self, method: str, url: str, headers: Mapping[str, str], body: Body | None) -> Iterator[Response]:
        from requests import Request

        session = self._server.session
        verify = session.verify
        if verify is True:  # the environment's authorities, as for sources; its proxies are not taken
            verify = os.environ.get("REQUESTS_CA_BUNDLE") or os.environ.get("CURL_CA_BUNDLE") or True
        timeout = (self._silence, self._silence)
        try:
            prepared = session.prepare_request(
                Request(method, url, params=dict(self._server.query), data=body, headers=dict(headers))
            )
            settings = session.merge_environment_settings(prepared.url or url, {}, True, verify, None)
            response = session.send(prepared, timeout=timeout, allow_redirects=False, **settings)
        except ReportError:
            raise
        except Exception as error:  # requests, urllib3 and ssl have no common base
            raise self._broken(error, sent=body is not None and body.is_handed_over) from None  # it may hold a secret
        with response:
            yield response

    def _broken(self, error: Exception, *, sent: bool) -> DeliveryError:
        failure = failure_of(error, self._server.conn_id, self._silence, self._deadline)
        what = f"the webhook of the Airflow connection {self._server.conn_id!r} {failure.what}"
        if sent:
            fix = "ask the receiver whether it has it; where it takes each Idempotency-Key once only, say "
            fix += "'honours_idempotency_key: true', and it is sent again"
            return UncertainDeliveryError(f"{what}, after all had been sent", why=failure.why, fix=fix)
        fix = failure.fix
        if failure.retryable:
            fix = f"check the host and port of the connection {self._server.conn_id!r}, the network, and the receiver"
        return DeliveryError(what, why=failure.why, fix=fix, retryable=failure.retryable)

    def _refused(self, response: Response, said: bytes) -> DeliveryError:
        status, conn_id = response.status_code, self._server.conn_id
        what = f"the webhook of the Airflow connection {conn_id!r} answered {status_text(status)}"
        if 300 <= status < 400:
            target = urljoin(response.url, response.headers.get("Location", ""))
            fix = "a webhook is not sent on; where that is meant, make it the connection's host, or 'path'"
            return DeliveryError(what, why=f"it is at {target}", fix=fix)
        passes = may_pass(status) or (status == _IN_PROGRESS and self._knows_keys)
        fix = _FIXES.get(status, "ask whoever runs the receiver").format(connection=conn_id)
        why = message_in(said.decode(errors="replace"))
        error = DeliveryError(what, why=why, fix="Airflow repeats this later" if passes else fix, retryable=passes)
        wait = retry_after(response.headers.get("Retry-After", ""), dt.datetime.now(dt.UTC)) if passes else None
        error.retry_after = None if wait is None else min(wait, LONGEST_WAIT)
        return error


def _beginning(response: Response) -> Iterator[bytes]:
    """Yield what can be had of the beginning of an answer; its status is what counts."""
    size = 0
    try:
        for chunk in response.iter_content(READ):
            yield chunk
            if (size := size + len(chunk)) >= READ:
                return
    except Exception:  # the connection broke behind the answer's head: that stands
        return
