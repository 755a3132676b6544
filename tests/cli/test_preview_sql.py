"""SQL on a terminal is highlighted."""

from __future__ import annotations

import io
from pathlib import Path

from rich.console import Console

from runs import run_of
from scheduled_reports.cli.preview_sql import print_sql


def test_a_terminal_gets_the_sql_in_colours(tmp_path: Path) -> None:
    file = io.StringIO()

    files = print_sql(run_of(tmp_path), Console(file=file, force_terminal=True, color_system="truecolor", width=100))

    assert files == []
    assert "\x1b[" in file.getvalue()
    assert "SELECT" in file.getvalue()
