"""Draw docs/calendar.png: what `reports calendar` shows of the sample reports and a few richer schedules.

.venv/bin/python docs/calendar_picture.py        (Chromium takes the picture)
"""

from __future__ import annotations

import datetime as dt
import io
import shutil
import subprocess
import tempfile
from pathlib import Path

from rich.console import Console
from rich.terminal_theme import TerminalTheme

from scheduled_reports.cli.calendar import Asked, days_asked, show_calendar

ROOT = Path(__file__).parents[1]
WIDTH = 118
NOW = dt.datetime(2026, 12, 14, 6, 0, tzinfo=dt.timezone(dt.timedelta(hours=1)))
BERLIN = "timezone: Europe/Berlin, calendar: northwind"
MOVED = f"{BERLIN}, on_closed: previous"
SCHEDULES = {
    "hourly_ops": [
        f"id: hours, when: {{type: hourly, from: '08:00', until: '20:00'}}, {BERLIN}, covers: last 1 hour",
    ],
    "month_end": [
        f"id: flash, when: {{type: monthly, on: last, at: '18:00'}}, {MOVED}, covers: month_to_date",
        f"id: close, when: {{type: monthly, on: 3rd business day, at: '09:00'}}, {BERLIN}, covers: previous_month",
    ],
    "pipeline": [
        "id: daily, when: {type: weekdays, at: '06:30'}, timezone: America/New_York",
        "id: month, when: {type: monthly, on: 31, at: '02:30'}, timezone: America/New_York, covers: month_to_date",
    ],
    "friday_mail": [
        f"id: fridays, when: {{type: weekly, on: friday, at: '16:00'}}, {MOVED}, covers: week_to_date",
    ],
}
BLACK, RED, GREEN, YELLOW = (86, 101, 115), (255, 123, 114), (126, 211, 141), (235, 191, 104)
BLUE, MAGENTA, CYAN, WHITE = (121, 174, 255), (214, 157, 233), (96, 205, 218), (220, 227, 232)
COLORS = [BLACK, RED, GREEN, YELLOW, BLUE, MAGENTA, CYAN, WHITE]
THEME = TerminalTheme((24, 30, 36), WHITE, COLORS, COLORS)
PAGE = """<!doctype html><meta charset="utf-8"><style>
body {{ margin: 0; background: {background}; color: {foreground}; }}
pre {{ margin: 0; padding: 18px 22px; font: 15px/1.17 "DejaVu Sans Mono", monospace; width: max-content; }}
</style><pre>{code}</pre>"""


def main() -> None:
    """Draw the picture."""
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        _make_project(folder)
        console = Console(record=True, width=WIDTH, force_terminal=True, file=io.StringIO(), highlight=False,
                          markup=False, emoji=False, soft_wrap=True, color_system="standard")  # fmt: skip
        console.print("$ reports calendar --days 12", style="bold")
        asked = Asked(folder / "report_specs", days_asked(None, 12, NOW), pool_slots=128)
        show_calendar(asked, console, console)
        page = folder / "calendar.html"
        text = console.export_html(theme=THEME, code_format=PAGE, inline_styles=True)
        page.write_text(text.replace(f"{folder}/", ""), encoding="utf-8")
        _take_picture(page, len(text.splitlines()))


def _make_project(folder: Path) -> None:
    shutil.copytree(ROOT / "report_specs", folder / "report_specs")
    for beside in ("sql", "calendars"):
        shutil.copytree(ROOT / "include" / beside, folder / "include" / beside)
    sample = (ROOT / "report_specs" / "weekly_scorecard.yaml").read_text(encoding="utf-8").partition("schedules:")[0]
    for name, schedules in SCHEDULES.items():
        entries = "".join(f"  - {{{schedule}}}\n" for schedule in schedules)
        (folder / "report_specs" / f"{name}.yaml").write_text(f"{sample}schedules:\n{entries}", encoding="utf-8")


def _take_picture(page: Path, lines: int) -> None:
    size = f"--window-size={WIDTH * 9 + 56},{int(lines * 17.55)}"
    picture = f"--screenshot={ROOT / 'docs' / 'calendar.png'}"
    command = [shutil.which("chromium") or "chromium", "--headless", "--no-sandbox", "--hide-scrollbars", size, picture]
    subprocess.run([*command, page.as_uri()], check=True, capture_output=True)


if __name__ == "__main__":
    main()
