"""Files of recipients, and specs that name them, for tests."""

from __future__ import annotations

from pathlib import Path
from textwrap import dedent

from scheduled_reports.spec.load import BrokenReport, Report, load
from specs import SALES, write

PEOPLE = """\
    people:
      ann: {name: Ann Smith, address: ann@northwind.example, language: de, timezone: Asia/Tokyo, role: manager}
      ben: {name: Ben Frank, address: ben@northwind.example, quiet_hours: {from: "20:00", to: "07:00"}}
      cleo: {address: Cleo@Northwind.example}
    groups:
      field_sales: [ben, cleo]
      sales: [ann, field_sales]
    """

TO = "[ann@northwind.example, ben@northwind.example]"


def recipients(folder: Path, text: str = PEOPLE, name: str = "northwind.yaml") -> Path:
    """Write a file into `folder`/include/recipients and return its path."""
    path = folder / "include" / "recipients" / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(dedent(text), encoding="utf-8")
    return path


def sent_to(entries: str, text: str = SALES) -> str:
    """Return a spec whose mail goes to other recipients: what stands behind `to:`, perhaps with further lines."""
    assert TO in text
    return text.replace(TO, entries)


def loaded(folder: Path, entries: str, text: str = SALES) -> Report | BrokenReport:
    """Return the small spec with other recipients, loaded."""
    return load(write(folder, sent_to(entries, text)), folder / "include")


def valid(folder: Path, entries: str, text: str = SALES) -> Report:
    """Return the same, where it is valid."""
    found = loaded(folder, entries, text)
    assert isinstance(found, Report), [str(problem) for problem in found.problems]
    return found


def problems(folder: Path, entries: str, text: str = SALES) -> list[str]:
    """Return what is wrong with the small spec with other recipients: `sales.yaml:30:9: …`."""
    found = loaded(folder, entries, text)
    return [str(one).removeprefix(f"{one.path.parent}/") for one in getattr(found, "problems", ())]
