"""Rows of a table in a mail: few bytes, and everything that is data escaped."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from sample_document import document, write
from scheduled_reports.brands import HOUSE, Brand, brand_of
from scheduled_reports.brands.color import contrast
from scheduled_reports.document import Table, TableBlock
from scheduled_reports.language import ENGLISH
from scheduled_reports.mail_body.inks import STEPS, inks_of, step_of
from scheduled_reports.mail_body.rows import rows_of

INCLUDE = Path(__file__).parents[2] / "include"
BRANDS = [HOUSE, brand_of("northwind", INCLUDE), brand_of("alder", INCLUDE)]


def rows(folder: Path, values: dict[str, list[Any]], *columns: dict[str, Any]) -> list[str]:
    write(folder, "t", values)
    block = TableBlock.model_validate(
        {"type": "table", "dataset": "t", "columns": columns or [{"name": name} for name in values]}
    )
    (table,) = document(folder, block).blocks
    assert isinstance(table, Table)
    return [row.html for lines in table.lines() for row in rows_of(lines, inks_of(HOUSE), ENGLISH)]


def test_a_cell_takes_few_bytes(tmp_path: Path) -> None:
    (row,) = rows(tmp_path, {"name": ["Anna"], **{f"n{place}": [12] for place in range(10)}})
    assert len(row) < 60 + 10 * 40


def test_markup_in_texts_and_links_is_text(tmp_path: Path) -> None:
    hostile = "\"'><script>alert(1)</script>"
    (row,) = rows(tmp_path, {"name": [hostile]}, {"name": "name", "link": "https://x.example/?q={name}"})
    assert "<script" not in row
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in row
    assert row.count("<a ") == 1


def test_a_link_of_another_scheme_in_the_data_is_none(tmp_path: Path) -> None:
    found = rows(tmp_path, {"name": ["a", "b"], "url": ["javascript:alert(1)", "https://x.example/b"]},
                 {"name": "name", "link": "{url}"})  # fmt: skip
    assert ["<a " in row for row in found] == [False, True]


def test_a_bar_is_a_small_table_with_widths_for_outlook(tmp_path: Path) -> None:
    found = rows(tmp_path, {"n": [-50, 0, 50, 100]}, {"name": "n", "bar": True})
    assert 'width="24"></td><td class="bar" width="24"' not in found[0]
    assert '<tr><td class="bar" width="24" height="4"' in found[0], "from the left edge to zero"
    assert 'class="bar"' not in found[1]
    assert '<td width="24"></td><td class="bar" width="24" height="4"' in found[2]
    assert '<td width="24"></td><td class="bar" width="48" height="4"' in found[3]
    assert all('role="presentation"' in row for row in found)


def test_tones_are_bold_too_and_a_scale_has_names_that_dark_mode_changes(tmp_path: Path) -> None:
    rule = {"name": "n", "highlight": [{"below": 0, "tone": "bad"}]}
    first, second = rows(tmp_path, {"n": [-1, 1]}, rule)
    assert f'class="f bad" align="right" nowrap style="font-weight:600;color:{HOUSE.colors["bad"]}"' in first
    assert 'style="font-weight' not in second
    shaded = rows(tmp_path, {"n": [0, 5, 10]}, {"name": "n", "scale": True})
    assert ["bgcolor" in row for row in shaded] == [False, True, True]
    assert '<td class="f s" align="right" nowrap>0</td>' in shaded[0], "its figure stands below the others"
    assert f'class="f s s{STEPS - 1}" align="right" nowrap bgcolor="{HOUSE.colors["shade"]}"' in shaded[2]


@pytest.mark.parametrize("brand", BRANDS, ids=lambda brand: brand.key)
def test_text_can_be_read_on_every_ground_of_a_scale_light_and_dark(brand: Brand) -> None:
    inks = inks_of(brand)
    assert all(contrast(inks.light["ink"], ground) >= 4.5 for ground in inks.steps)
    assert all(contrast(inks.dark["ink"], ground) >= 4.5 for ground in inks.dark_steps)
    assert len(set(inks.steps)) == len(set(inks.dark_steps)) == STEPS


@pytest.mark.parametrize(("share", "step"), [(None, None), (0.0, None), (0.05, None), (0.07, 0), (0.5, 3), (1.0, 7)])
def test_shades_become_steps(share: float | None, step: int | None) -> None:
    assert step_of(share) == step
