"""How long 200 one-page PDFs take, one for each recipient, against a plain loop by hand.

    .venv/bin/python benchmarks/burst.py [RECIPIENTS] [RUNS]

Each page has four key figures, a chart and a table of 15 rows, of the recipient's own data. By hand is what a person
writes: a loop that draws the chart by vl-convert, fills an HTML text and has WeasyPrint write it. Ours binds the blocks
and makes the files as the render step does, in processes on two processors. Each way runs in a process of its own, one
after the other, from Parquet to PDF, imports not among its seconds; ours pays for its processes to begin. Peak is the
largest resident set of any process as the operating system tells it. That each page has its recipient's last row is
checked. The machine's load is printed, since a busy one leaves less than two processors.
"""

from __future__ import annotations

import datetime as dt
import json
import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from zoneinfo import ZoneInfo

FONTS = Path(__file__).parents[1] / "plugins/scheduled_reports/formats/fonts"
PROCESSORS = 2
CHART_WIDTH = 680
ROWS = 15
STYLE = """
@font-face { font-family: Inter; font-weight: 400; src: url(Inter-Regular.ttf) }
@font-face { font-family: Inter; font-weight: 600; src: url(Inter-SemiBold.ttf) }
@font-face { font-family: Inter; font-weight: 700; src: url(Inter-Bold.ttf) }
@page { size: A4; margin: 18mm 16mm; font: 7.5pt Inter; color: #566573;
  @bottom-left { content: 'Sales by branch' } @bottom-right { content: 'Page ' counter(page) ' of ' counter(pages) } }
html { font: 9.5pt/1.5 Inter; color: #14212b }
h1 { font-size: 24pt; margin: 0 } h2 { font-size: 11pt; margin: 5mm 0 2mm } p { margin: 0; color: #566573 }
.tiles { display: flex; border-top: .6pt solid #dce3e8; border-bottom: .6pt solid #dce3e8; margin: 5mm 0 }
.tile { flex: 1; padding: 3mm; border-left: .6pt solid #dce3e8 } .label { font-size: 8pt; color: #566573 }
.figure { font-size: 18pt; font-weight: 700 } .good { color: #14713d } .bad { color: #b3261e }
img { width: 100% } table { width: 100%; border-collapse: collapse; font-size: 8.5pt }
th, td { padding: 1.1mm 2mm; border-bottom: .5pt solid #e8edf1; text-align: left } th { font-weight: 600 }
td.n, th.n { text-align: right; font-variant-numeric: tabular-nums }
footer { margin-top: 6mm; padding-top: 3mm; border-top: .6pt solid #dce3e8; font-size: 7.5pt }
"""
FIGURES = {"Revenue": "revenue", "Orders": "orders", "Customers": "customers", "Returns": "returns"}


def main() -> None:
    """Print seconds and peak memory of both, and their ratio."""
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 200
    runs = int(sys.argv[2]) if len(sys.argv) > 2 else 1
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        write_data(folder, count)
        before = os.getloadavg()[0]
        taken = [{way: _measured(way, folder, count) for way in ("ours", "by hand")} for _ in range(runs)]
        whole = {way: is_whole(folder / way, count) for way in ("ours", "by hand")}
    print(
        f"{count} one-page PDFs, {PROCESSORS} processors, load {before:.1f} before and {os.getloadavg()[0]:.1f} after"
    )
    medians = {}
    for way, right in whole.items():
        medians[way] = statistics.median(run[way][0] for run in taken)
        every, peak = ", ".join(f"{run[way][0]:.1f}" for run in taken), max(run[way][1] for run in taken)
        cpu = statistics.median(run[way][2] for run in taken)
        wrong = "" if right else ", AND PAGES ARE WRONG"
        print(f"{way:8} {medians[way]:7.2f} s ({every})   {1000 * cpu / count:4.0f} ms of work a page   "
              f"peak {peak:4.0f} MB{wrong}")  # fmt: skip
    print(f"ours is {medians['by hand'] / medians['ours']:.2f} times as fast")


def _measured(way: str, folder: Path, count: int) -> tuple[float, float, float]:
    command = [sys.executable, __file__, "--", way, str(folder), str(count)]
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    seconds, peak, work = json.loads(done.stdout)
    return seconds, peak, work


def _one(way: str, folder: Path, count: int) -> None:
    (folder / way).mkdir(exist_ok=True)
    os.sched_setaffinity(0, sorted(os.sched_getaffinity(0))[:PROCESSORS])
    make = {"ours": _prepare_ours, "by hand": _prepare_by_hand}[way](folder, count)
    started = time.perf_counter()
    make()
    seconds = time.perf_counter() - started
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    work = sum(entry.ru_utime + entry.ru_stime for entry in used)
    print(json.dumps([seconds, max(entry.ru_maxrss for entry in used) / 1024, work]))


def write_data(folder: Path, count: int) -> None:
    """Write the tables of all recipients, a folder each."""
    import numpy as np
    import pyarrow as pa
    import pyarrow.parquet as pq

    random = np.random.default_rng(7)
    kinds = ["Bakery", "Café", "Garage", "Garden & Home", "Pharmacy"]
    for number in range(count):
        data = folder / "data" / f"{number:03d}"
        data.mkdir(parents=True)
        figures = {name: [int(random.integers(900, 90_000))] for name in FIGURES.values()}
        before = {f"{name}_before": [int(random.integers(900, 90_000))] for name in FIGURES.values()}
        pq.write_table(pa.table(figures | before), data / "figures.parquet")
        days = [dt.date(2026, 9, 1) + dt.timedelta(days=day) for day in range(30)]
        pq.write_table(pa.table({
            "day": [day for day in days for _ in range(2)], "channel": ["Branch", "Web"] * 30,
            "revenue": random.integers(1_000, 9_000, 60),
        }), data / "days.parquet")  # fmt: skip
        pq.write_table(pa.table({
            "customer": [f"{kinds[row % 5]} {number:03d}-{row:02d}" for row in range(ROWS)],
            "region": random.choice(["North", "East", "South", "West"], ROWS),
            "since": [days[row] for row in range(ROWS)], "orders": random.integers(1, 900, ROWS),
            "revenue": (random.random(ROWS) * 90_000).round(2), "share": random.random(ROWS).round(3),
        }), data / "customers.parquet")  # fmt: skip


def _prepare_ours(folder: Path, count: int):
    import duckdb  # noqa: F401 - imports are not measured
    import pyarrow.parquet  # noqa: F401
    import weasyprint  # noqa: F401

    from scheduled_reports.formats.pdf import Pdf
    from scheduled_reports.rendering import Job, make_all

    def make() -> None:
        pdf = Pdf(type="pdf")
        jobs = [
            Job(pdf, document_of(folder / "data" / f"{number:03d}", number), folder / "ours" / f"{number:03d}.pdf")
            for number in range(count)
        ]
        blank = [made.is_blank for made in make_all(jobs, PROCESSORS)]
        if any(blank):
            sys.exit("a page is blank")

    return make


def document_of(data: Path, number: int):
    """Return the document of one recipient."""
    from scheduled_reports.document import Binding, Document, Provenance, arranged
    from scheduled_reports.schedule.period import Period
    from scheduled_reports.tables import Tables

    zone, day = ZoneInfo("Europe/Berlin"), dt.timedelta(days=1)
    start = dt.datetime(2026, 9, 1, tzinfo=zone)
    period = Period(start, start + 30 * day, start - 30 * day, start)
    tables = Tables(data)
    binding = Binding(tables, {"period": period, "schedule": {"timezone": "Europe/Berlin"}})
    provenance = Provenance("branches", "monthly", "benchmark", "3f9a1c07be52", start + 31 * day, "sales@acme.example")
    with tables.at_hand():
        blocks = arranged(block.bind(binding) for block in blocks_of_all())
    return Document(f"Sales of branch {number:03d}", "", period, blocks, tables, provenance)


def blocks_of_all():
    """Return the content of every recipient's report."""
    from pydantic import TypeAdapter

    from scheduled_reports.document import AnyBlock

    items = [{"label": label, "value": name, "previous": f"{name}_before"} for label, name in FIGURES.items()]
    columns = [{"name": "customer"}, {"name": "region"}, {"name": "since", "format": "yyyy-MM-dd"}, {"name": "orders"},
               {"name": "revenue", "format": "#,##0.00"}, {"name": "share", "format": "0.0%"}]  # fmt: skip
    return TypeAdapter(tuple[AnyBlock, ...]).validate_python([
        {"type": "kpis", "dataset": "figures", "items": items},
        {"type": "chart", "title": "Revenue by day", "dataset": "days", "height": 80, "mark": "bar", "stacked": True,
         "x": "day", "y": "revenue", "color": "channel"},
        {"type": "table", "title": "Largest customers", "dataset": "customers", "columns": columns},
    ])  # fmt: skip


def _prepare_by_hand(folder: Path, count: int):
    import base64

    import pandas as pd
    import vl_convert
    import weasyprint

    vl_convert.register_font_directory(str(FONTS))

    def make() -> None:
        for number in range(count):
            data = folder / "data" / f"{number:03d}"
            days = pd.read_parquet(data / "days.parquet").astype({"day": str}).to_dict("records")
            svg = vl_convert.vegalite_to_svg(_chart(days))
            html = _page(
                number, pd.read_parquet(data / "figures.parquet").iloc[0], base64.b64encode(svg.encode()).decode(),
                pd.read_parquet(data / "customers.parquet"),
            )  # fmt: skip
            weasyprint.HTML(string=html, base_url=FONTS.as_uri() + "/").write_pdf(
                folder / "by hand" / f"{number:03d}.pdf"
            )

    return make


def _chart(days: list[dict[str, object]]) -> dict[str, object]:
    return {
        "$schema": "https://vega.github.io/schema/vega-lite/v5.json", "width": CHART_WIDTH, "height": 80,
        "autosize": {"type": "fit-x", "contains": "padding"}, "config": {"font": "Inter", "view": {"stroke": None}},
        "data": {"values": days}, "mark": "bar",
        "encoding": {
            "x": {"field": "day", "type": "temporal", "timeUnit": "yearmonthdate", "title": None},
            "y": {"field": "revenue", "type": "quantitative", "title": "Revenue", "axis": {"format": ",d"}},
            "color": {"field": "channel", "type": "nominal", "title": None,
                      "scale": {"range": ["#0b5c7a", "#c68618"]}, "legend": {"orient": "top"}},
        },
    }  # fmt: skip


def _page(number: int, figures, chart: str, customers) -> str:
    tiles = []
    for label, name in FIGURES.items():
        now, before = figures[name], figures[f"{name}_before"]
        tone = "good" if now >= before else "bad"
        tiles.append(f"<div class=tile><div class=label>{label}</div><div class=figure>{now:,}</div>"
                     f"<span class={tone}>{now / before - 1:+.1%}</span> before {before:,}</div>")  # fmt: skip
    rows = "".join(
        f"<tr><td>{row.customer.replace('&', '&amp;')}</td><td>{row.region}</td><td>{row.since}</td>"
        f"<td class=n>{row.orders:,}</td><td class=n>{row.revenue:,.2f}</td><td class=n>{row.share:.1%}</td></tr>"
        for row in customers.itertuples()
    )
    heads = "<th>customer<th>region<th>since<th class=n>orders<th class=n>revenue<th class=n>share"
    return f"""<!DOCTYPE html><html lang=en><head><meta charset=utf-8><title>Sales of branch {number:03d}</title>
<style>{STYLE}</style></head><body><h1>Sales of branch {number:03d}</h1><p>September 2026</p>
<div class=tiles>{"".join(tiles)}</div><h2>Revenue by day</h2>
<img src="data:image/svg+xml;base64,{chart}" alt="Revenue">
<h2>Largest customers</h2><table><thead><tr>{heads}</tr></thead><tbody>{rows}</tbody></table>
<footer>Report branches/monthly. Questions? Write to sales@acme.example</footer></body></html>"""


def is_whole(folder: Path, count: int) -> bool:
    """Return whether each file is one page with its recipient's last row."""
    import pypdfium2 as pdfium

    for number in range(count):
        with pdfium.PdfDocument(folder / f"{number:03d}.pdf") as document:
            if len(document) != 1 or f"{number:03d}-{ROWS - 1:02d}" not in document[0].get_textpage().get_text_range():
                return False
    return True


if __name__ == "__main__":
    if sys.argv[1:2] == ["--"]:
        _one(sys.argv[2], Path(sys.argv[3]), int(sys.argv[4]))
    else:
        main()
