"""A mail that is not sent, to see whether the server would take it."""

from __future__ import annotations

from scheduled_reports.errors import DeliveryError
from scheduled_reports.mail.headers import ascii_domain
from scheduled_reports.mail.server import MailServer


def rehearsed(server: MailServer, sender: str, recipients: tuple[str, ...]) -> str:
    """Return what the server says to a mail that is not sent.

    Raises:
        DeliveryError: It refuses the sender, or a recipient.
    """
    refused = server.rehearse(ascii_domain(sender), [ascii_domain(recipient) for recipient in recipients])
    if refused:
        told = "; ".join(f"{recipient}: {reply}" for recipient, reply in refused.items())
        what = f"{server.name} refuses {len(refused)} of {len(recipients)} recipients"
        raise DeliveryError(what, why=told, fix="correct the addresses in the spec")
    count = f" and {len(recipients)} recipient{'s' if len(recipients) != 1 else ''}" if recipients else ""
    return f"{server.name} takes mail from {sender}{count}"
