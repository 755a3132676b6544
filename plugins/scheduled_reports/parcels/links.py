"""Where a file of a run can be fetched by those to whom it cannot be sent."""

from __future__ import annotations

import logging

from scheduled_reports.formats.base import Artifact
from scheduled_reports.run import Run
from scheduled_reports.steps.provenance import page_of

log = logging.getLogger(__name__)

LONGEST = 7 * 86_400
"""Seconds for which S3 signs a URL at most (Signature Version 4)."""


def link_to(run: Run, artifact: Artifact) -> str:
    """Return a URL: of the file itself where the archive's storage signs one, else of the run's page in Airflow.

    Empty where neither is known.
    """
    path = run.folder.root / artifact.path
    try:
        return str(path.fs.sign(path.path, expiration=LONGEST))
    except NotImplementedError:  # folders, and most storages that are none of a cloud
        return page_of(run)
    except Exception as error:  # storages' clients have no common base
        log.warning("%s cannot be signed, so the run's page is named: %s", path, error)
        return page_of(run)
