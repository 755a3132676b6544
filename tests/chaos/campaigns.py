"""Runs with many deliveries, and what must hold of them whatever became of those who sent them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from chaos import servers
from chaos.servers import Account
from chaos.traps import Trap
from runs import connect_mail, connect_shop, rendered, run_of
from scheduled_reports.connections import airflow_connection
from scheduled_reports.ledger import DeliveryEntry, DeliveryState, Ledger
from scheduled_reports.ledger.audit import trail_of, verify
from scheduled_reports.run import Run
from scheduled_reports.steps.plan import owed
from specs import SALES

RESENT = "although nobody knows whether it arrived"
"""What the audit trail says of each doubt that was sent again."""


def mailing(key: str, rule: str, number: int) -> str:
    """Return a destination: mails to so many addresses."""
    to = ", ".join(f"{key}-{one}@northwind.example" for one in range(number))
    return (
        f"{{type: email, id: {key}, on_uncertain: {rule}, connection: mail, to: [{to}], body: html_email, attach: csv}}"
    )


def folder(key: str, rule: str) -> str:
    """Return a destination: a folder on an SFTP server."""
    return f"{{type: sftp, id: {key}, on_uncertain: {rule}, connection: files, path: out/{key}, files: csv}}"


def hook(key: str, rule: str) -> str:
    """Return a destination: a webhook."""
    return f"{{type: webhook, id: {key}, on_uncertain: {rule}, connection: hooks, path: in/{key}, files: csv}}"


@dataclass(frozen=True)
class Campaign:
    """A run that can be delivered, to servers that keep account."""

    run: Run
    ledger: Ledger
    account: Account
    trap: Trap
    boxes: Path

    def entries(self, rule: str) -> list[DeliveryEntry]:
        """Return the deliveries of the destinations with a rule for doubts."""
        keys = {channel.key for channel in self.run.report.spec.deliver if channel.on_uncertain == rule}
        return [entry for entry in owed(self.run, self.ledger) if entry.destination in keys]

    def whys(self) -> dict[str, list[str]]:
        """Return what the audit trail says, by delivery."""
        found: dict[str, list[str]] = {}
        for shown in trail_of(self.ledger, run_id=self.run.run_id, limit=10_000):
            found.setdefault(shown.row.delivery_id, []).append(shown.row.why)
        return found

    def require_honest(self) -> tuple[int, int]:
        """Compare the ledger with what was received; return how many are in doubt, and how many came again."""
        whys, keys = self.whys(), self.account.keys
        assert verify(self.ledger).broken is None
        for entry in self.entries("hold"):
            assert entry.state in {DeliveryState.DELIVERED, DeliveryState.UNCERTAIN}, entry
            received = len(keys.get(entry.recipient, ()))
            assert received == 1 if entry.state is DeliveryState.DELIVERED else received <= 1, (received, entry)
            assert entry.receipt or entry.error, entry
            assert not any(RESENT in why for why in whys[entry.id]), whys[entry.id]
        for entry in self.entries("resend"):
            doubts = sum(RESENT in why for why in whys[entry.id])
            received = len(keys.get(entry.recipient, ()))
            assert entry.state is DeliveryState.DELIVERED, entry
            assert 1 <= received <= 1 + doubts, (received, whys[entry.id])
        self._require_keys()
        assert set(keys) <= {entry.recipient for entry in owed(self.run, self.ledger)}
        doubtful = sum(entry.state is DeliveryState.UNCERTAIN for entry in self.entries("hold"))
        return doubtful, sum(len(found) - 1 for found in keys.values())

    def _require_keys(self) -> None:
        """What was sent again is known by what it was known by before, and no two are known by the same."""
        known = {recipient: set(found) for recipient, found in self.account.keys.items()}
        assert all(len(found) == 1 for found in known.values()), known
        assert len(set.union(*known.values())) == len(known)
        for entry in owed(self.run, self.ledger):
            if entry.channel != "sftp" and entry.recipient in known:
                assert known[entry.recipient] == {entry.id}

    def require_whole_files(self) -> None:
        """Every file that has its name is whole; beside one that was sent again nothing is left."""
        [made] = [one for one in self.run.folder.manifest()["artifacts"] if one["path"].endswith(".csv")]
        for entry in owed(self.run, self.ledger):
            if entry.channel == "sftp":
                box = self.boxes / entry.recipient.removeprefix("sftp://files/")
                there = [path for path in box.iterdir() if path.suffix == ".csv"]
                assert [path.stat().st_size for path in there] == [made["size"]] * len(there)
                assert len(there) == (entry.recipient in self.account.keys)
                if entry.state is DeliveryState.DELIVERED:
                    assert list(box.iterdir()) == there, list(box.iterdir())


@contextmanager
def campaign(
    folder_of_all: Path, connection: Callable[..., None], destinations: list[str], ledger: str = ""
) -> Iterator[Campaign]:
    """Give a run with these destinations, ready to be delivered."""
    start, end = SALES.index("deliver:"), SALES.index("schedules:")
    listed = "".join(f"  - {destination}\n" for destination in destinations)
    run = run_of(folder_of_all, f"{SALES[:start]}deliver:\n{listed}{SALES[end:]}")
    connect_shop(connection, folder_of_all)
    trap = Trap()
    account = Account(trap)
    with ExitStack() as stack:
        stack.enter_context(servers.quietly())
        connect_mail(connection, stack.enter_context(servers.mail(account)))
        sftp = stack.enter_context(servers.files(account, folder_of_all / "boxes"))
        connection("files", conn_type="sftp", host="127.0.0.1", port=sftp.port, login="reports", password="any",
                   extra={"host_key": sftp.host_key})  # fmt: skip
        port = stack.enter_context(servers.hooks(account))
        connection("hooks", conn_type="http", host="127.0.0.1", port=port, extra={"allow_private": True})
        opened = Ledger.open(ledger or None, airflow_connection, folder_of_all)
        stack.callback(opened.close)
        yield Campaign(rendered(run, opened), opened, account, trap, folder_of_all / "boxes")
