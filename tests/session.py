"""The tests' own AIRFLOW_HOME, and no other Airflow setting from outside.

It is set when this module is imported, once and before anything imports Airflow, which reads it at that moment.
"""

from __future__ import annotations

import os
import socket
import tempfile
from pathlib import Path

for _name in [name for name in os.environ if name.startswith("AIRFLOW_")]:
    del os.environ[_name]
HOME = Path(tempfile.mkdtemp(prefix="reports-tests-"))
ROOT = Path(__file__).parents[1]
os.environ.update(
    AIRFLOW_HOME=str(HOME),
    AIRFLOW__CORE__LOAD_EXAMPLES="False",
    AIRFLOW__CORE__DAGS_FOLDER=str(ROOT / "dags"),
    AIRFLOW__CORE__PLUGINS_FOLDER=str(ROOT / "plugins"),
    AIRFLOW__DATABASE__SQL_ALCHEMY_CONN=f"sqlite:///{HOME / 'airflow.db'}",
    AIRFLOW__SCHEDULED_REPORTS__RETRY_DELAY_SECONDS="0.1",
)


def free_port() -> int:
    """Return a port of this machine that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
