"""The README's examples are valid, and what it names exists."""

import re
from pathlib import Path

import pytest

from scheduled_reports import settings
from scheduled_reports.spec.load import Report, load
from session import ROOT
from specs import write

README = (ROOT / "README.md").read_text(encoding="utf-8")
SPECS = re.findall(r"```yaml\n(.*?)```", README, re.DOTALL)


@pytest.mark.parametrize("text", SPECS, ids=range(len(SPECS)))
def test_every_spec_in_the_readme_is_valid(tmp_path: Path, text: str) -> None:
    loaded = load(write(tmp_path, text, "readme"), tmp_path / "include")

    assert isinstance(loaded, Report), [str(problem) for problem in loaded.problems]


def test_the_example_is_as_short_as_it_says() -> None:
    assert len(SPECS[0].splitlines()) <= 25


def test_every_make_target_it_names_exists() -> None:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")

    assert set(re.findall(r"`?make ([a-z-]+)", README)) <= set(re.findall(r"^([a-z-]+):", makefile, re.MULTILINE))


def test_every_picture_and_file_it_names_exists() -> None:
    pictures = re.findall(r"!\[[^]]*\]\(([^)]+)\)", README)

    assert pictures
    assert [path for path in pictures if not (ROOT / path).is_file()] == []


def test_every_setting_is_documented() -> None:
    code = Path(settings.__file__).read_text(encoding="utf-8")

    assert set(re.findall(r'_setting\("(\w+)"\)', code)) == set(re.findall(r"^\| `(\w+)` \|", README, re.MULTILINE))
