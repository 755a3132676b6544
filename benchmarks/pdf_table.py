"""How long a PDF table of 20,000 rows and 8 columns takes, against `df.to_html` and WeasyPrint by hand.

    .venv/bin/python benchmarks/pdf_table.py [ROWS [ROWS_BY_HAND]]

Each in a process of its own, Python and imports among its seconds; peak is its largest resident set as the operating
system tells it. By hand takes about seven minutes and 3 GB: with ROWS_BY_HAND that many rows are measured and the
seconds taken times as much, which flatters it, since its time grows faster than its rows. That every row is in ours is
checked.
"""

from __future__ import annotations

import datetime as dt
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from zoneinfo import ZoneInfo

MONEY = ("price", "amount")
STYLE = """
@page { size: A4 landscape; margin: 20mm 15mm; @bottom-right { content: counter(page) ' of ' counter(pages) } }
table { width: 100%; border-collapse: collapse; font-size: 8pt }
th, td { padding: 3pt 6pt; border-bottom: .5pt solid #ccc; text-align: left }
tr:nth-child(even) { background: #f6f6f6 }
"""


def main() -> None:
    """Print seconds and peak memory of both, and their ratios."""
    rows, few = ([int(number) for number in sys.argv[1:]] + [20_000, 20_000][len(sys.argv) - 1 :])[:2]
    few = min(few, rows)
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        _write_table(folder, rows)
        measured = {"ours": _measured("ours", folder, rows), "by hand": _measured("by hand", folder, few)}
        complete = _is_complete(folder / "ours.pdf", rows)
    print(f"{rows:,} rows × 8 columns{'' if complete else ', AND ROWS ARE MISSING'}")
    for way, (seconds, processor, peak) in measured.items():
        count = few if way == "by hand" else rows
        print(f"{way:8} {count:7,} rows {seconds:7.2f} s, {processor:7.2f} s of processor, peak {peak:6.0f} MB")
    taken, processor = (measured["by hand"][place] * rows / few / measured["ours"][place] for place in (0, 1))
    print(f"ours is {taken:.0f} times as fast, and takes a {processor:.0f}th of the processor's time")


def _measured(way: str, folder: Path, rows: int) -> tuple[float, float, float]:
    """Return seconds, seconds of processor time, and the peak in MB; on a busy machine the second is the fair one."""
    started = time.perf_counter()
    child = subprocess.Popen([sys.executable, __file__, "--child", way, str(folder), str(rows)])
    _, status, used = os.wait4(child.pid, 0)
    if status:
        sys.exit(f"{way} failed")
    return time.perf_counter() - started, used.ru_utime + used.ru_stime, used.ru_maxrss / 1024


def _write_table(folder: Path, rows: int) -> None:
    import numpy as np
    import pyarrow as pa
    import pyarrow.parquet as pq

    random, day = np.random.default_rng(7), np.datetime64("2026-01-01")
    names = [f"{kind} {number}" for number in range(300) for kind in ("Bakery", "Café", "Garage")]
    regions, products = ["North", "East", "South", "West"], ["Fiber 250", "Mobile", "TV", "Service"]
    table = pa.table({
        "order": [f"A-{number:06d}" for number in range(rows)],
        "ordered": (day + random.integers(0, 300, rows)).astype("datetime64[D]"),
        "customer": random.choice(names, rows), "region": random.choice(regions, rows),
        "product": random.choice(products, rows), "pieces": random.integers(1, 500, rows),
        "price": random.random(rows).round(4) * 100, "amount": random.random(rows).round(6) * 100_000,
    })  # fmt: skip
    pq.write_table(table, folder / "orders.parquet")


def ours(folder: Path, rows: int) -> None:  # noqa: ARG001 - by hand it may be fewer
    """Make it as the step `render` does, which looks whether it is blank and takes its digest, too."""
    from scheduled_reports.document import Binding, Document, Provenance, TableBlock
    from scheduled_reports.formats.pdf import Pdf
    from scheduled_reports.rendering import Job, make
    from scheduled_reports.schedule.period import Period
    from scheduled_reports.tables import Tables

    day = dt.datetime(2026, 10, 1, tzinfo=ZoneInfo("UTC"))
    period = Period(day, day + dt.timedelta(days=1), day - dt.timedelta(days=1), day)
    tables = Tables(folder)
    names = ("order", "ordered", "customer", "region", "product", "pieces")
    columns = [*({"name": name} for name in names), *({"name": name, "format": "#,##0.00"} for name in MONEY)]
    block = TableBlock.model_validate({"type": "table", "title": "Orders", "dataset": "orders", "columns": columns})
    table = block.bind(Binding(tables, {"period": period, "schedule": {"timezone": "UTC"}}))
    provenance = Provenance("orders", "daily", "manual", "3f9a1c07be52", day, "owner@northwind.example")
    document = Document("Orders", "All of them.", period, (table,), tables, provenance)
    make(Job(Pdf(type="pdf", orientation="landscape"), document, folder / "ours.pdf"))


def by_hand(folder: Path, rows: int) -> None:
    """Make it as a person would."""
    import pandas as pd
    import weasyprint

    frame = pd.read_parquet(folder / "orders.parquet").head(rows)
    html = f"<style>{STYLE}</style><h1>Orders</h1>{frame.to_html(index=False, float_format='{:,.2f}'.format)}"
    weasyprint.HTML(string=html).write_pdf(folder / "by_hand.pdf")


def _is_complete(file: Path, rows: int) -> bool:
    import pypdfium2 as pdfium

    with pdfium.PdfDocument(file) as document:
        text = "\n".join(page.get_textpage().get_text_range() for page in document)
    found = [word for word in text.split() if word.startswith("A-")]
    return found == [f"A-{number:06d}" for number in range(rows)]


if __name__ == "__main__":
    if sys.argv[1:2] == ["--child"]:
        {"ours": ours, "by hand": by_hand}[sys.argv[2]](Path(sys.argv[3]), int(sys.argv[4]))
    else:
        main()
