"""How long `reports check` takes on 100 specs, against a bare Python that reads them with PyYAML.

    .venv/bin/python benchmarks/check_specs.py

Both are whole processes, as a person or CI starts them; the median of five runs each.
"""

from __future__ import annotations

import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).parents[1]
SPECS, RUNS = 100, 5
BARE = (
    "import sys, yaml, pathlib; [yaml.safe_load(path.read_text()) for path in pathlib.Path(sys.argv[1]).glob('*.yaml')]"
)


def main() -> None:
    """Print both medians and their ratio."""
    with tempfile.TemporaryDirectory() as temporary:
        specs = Path(temporary) / "report_specs"
        specs.mkdir()
        for part in ("sql", "brands"):
            shutil.copytree(ROOT / "include" / part, Path(temporary) / "include" / part)
        for number in range(SPECS):
            shutil.copy(ROOT / "report_specs" / "morning_brief.yaml", specs / f"report_{number}.yaml")
        ours = _median([str(Path(sys.executable).parent / "reports"), "check", str(specs)])
        bare = _median([sys.executable, "-c", BARE, str(specs)])
    print(f"reports check, {SPECS} specs: {ours:.2f} s; PyYAML alone: {bare:.2f} s; ratio {ours / bare:.2f}")


def _median(command: list[str]) -> float:
    times = []
    for _ in range(RUNS):
        started = time.perf_counter()
        subprocess.run(command, check=True, capture_output=True)
        times.append(time.perf_counter() - started)
    return statistics.median(times)


if __name__ == "__main__":
    main()
