"""Vega around a script is made once for a user, kept whole, and read only where nobody else may have written it."""

from __future__ import annotations

from pathlib import Path

import pytest
import vl_convert

from scheduled_reports.interactive.vega import FOLDER, vega_around

SCRIPT = "console.log(lodashDebounce)"


@pytest.fixture(autouse=True)
def _anew() -> None:
    vega_around.cache_clear()


@pytest.fixture
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    return tmp_path / FOLDER


def again(cache: Path, change: str) -> str:
    """Return what is given after the text that was kept has been changed."""
    (kept,) = cache.iterdir()
    kept.write_text(kept.read_text(encoding="utf-8").replace("console.log", change), encoding="utf-8")
    vega_around.cache_clear()
    return vega_around(SCRIPT)


def test_what_is_kept_is_what_vl_convert_makes(cache: Path) -> None:
    made = vega_around(SCRIPT)
    (kept,) = cache.iterdir()
    before = kept.stat().st_mtime_ns
    vega_around.cache_clear()
    assert made == vega_around(SCRIPT) == vl_convert.javascript_bundle(SCRIPT)
    assert kept.stat().st_mtime_ns == before
    assert cache.stat().st_mode & 0o077 == 0


def test_another_script_has_a_text_of_its_own(cache: Path) -> None:
    assert vega_around(SCRIPT) != vega_around("console.warn(lodashDebounce)")
    assert len(list(cache.iterdir())) == 2


def test_a_text_that_is_not_whole_is_made_anew(cache: Path) -> None:
    made = vega_around(SCRIPT)
    assert again(cache, "cut") == made


@pytest.mark.parametrize("mode", [0o777, 0o770])
def test_a_folder_that_others_may_write_to_is_not_read(cache: Path, mode: int) -> None:
    made = vega_around(SCRIPT)
    (kept,) = cache.iterdir()
    before = kept.stat().st_mtime_ns
    cache.chmod(mode)
    vega_around.cache_clear()
    assert vega_around(SCRIPT) == made
    assert next(cache.iterdir()).stat().st_mtime_ns != before, "it was made anew"


@pytest.mark.parametrize("place", ["file/below", "relative"])
def test_where_nothing_can_be_kept_it_is_made_all_the_same(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, place: str
) -> None:
    (tmp_path / "file").write_text("")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HOME", str(tmp_path / "file"))
    monkeypatch.setenv("XDG_CACHE_HOME", place if place == "relative" else str(tmp_path / place))
    assert vega_around(SCRIPT) == vl_convert.javascript_bundle(SCRIPT)
    assert not (tmp_path / "relative").exists()
