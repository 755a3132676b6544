"""Run one DAG of the demo through Airflow, in this process: `python -m demo.run_dag DAG_ID DAY [--force]`.

It is `dag.test()`: Airflow's own task runner, execution API, connections, XCom and mapping, without a scheduler.
The last line printed is the run's id.
"""

from __future__ import annotations

import sys

from scheduled_reports.dag import build_dags


def main(dag_id: str, day: str, *options: str) -> int:
    """Run `dag_id` for the period that contains `day` (ISO 8601); return 0 where the run succeeded."""
    dag = build_dags()[dag_id]
    run = dag.test(logical_date=None, run_conf={"period": day, "force": "--force" in options})
    print(run.run_id)
    return 0 if run.state == "success" else 1


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
