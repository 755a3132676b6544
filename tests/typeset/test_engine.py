"""WeasyPrint is imported without processes, and with the same libraries."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

import scheduled_reports

PROGRAM = """
import ctypes.util, sys
find, started = ctypes.util.find_library, []
sys.addaudithook(lambda event, facts: started.append(facts[0]) if event == "subprocess.Popen" else None)
{imported}
assert ctypes.util.find_library is find
from weasyprint.text import ffi
names = "gobject", "pango", "harfbuzz", "harfbuzz_subset", "harfbuzz_vector", "fontconfig", "pangoft2"
print(len(started))
print([name for name in names if getattr(ffi, name, None) is not None])
lines = open("/proc/self/maps") if sys.platform == "linux" else []
print(sorted({{line.split()[-1] for line in lines if ".so" in line}}))
"""
OURS = "from scheduled_reports.typeset.engine import weasyprint; assert weasyprint() is sys.modules['weasyprint']"


def test_it_loads_the_libraries_that_weasyprint_finds_by_itself() -> None:
    started, *ours = told(OURS)
    _, *theirs = told("import weasyprint, scheduled_reports")

    assert started == "0"
    assert "'harfbuzz'" in ours[0]
    assert ours == theirs


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere looking for libraries starts no process")
def test_without_it_processes_are_started() -> None:
    assert int(told("import weasyprint")[0]) > 0


def told(imported: str) -> list[str]:
    """Return how many processes an import starts, and which libraries it loads."""
    program = PROGRAM.format(imported=imported)
    folder = Path(scheduled_reports.__file__).parents[1]
    done = subprocess.run([sys.executable, "-c", program], cwd=folder, capture_output=True, text=True, check=True)
    return done.stdout.splitlines()
