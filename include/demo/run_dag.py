"""Run one DAG of the demo through Airflow, in this process: `python -m demo.run_dag DAG_ID MOMENT [--force]`.

It is `dag.test()`: Airflow's own task runner, execution API, connections, XCom and mapping, without a scheduler.
The last line printed is the run's id.
"""

from __future__ import annotations

import datetime as dt
import sys

from scheduled_reports.dag import build_dags


def main(dag_id: str, moment: str, *options: str) -> int:
    """Run `dag_id` as of `moment` (ISO 8601); return 0 where the run succeeded."""
    dag = build_dags()[dag_id]
    run = dag.test(
        run_after=dt.datetime.fromisoformat(moment),
        logical_date=None,
        run_conf={"force": "--force" in options},
    )
    print(run.run_id)
    return 0 if run.state == "success" else 1


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
