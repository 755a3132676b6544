"""What goes wrong while a database is asked, as errors that say what to do about it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from scheduled_reports.databases.base import Asked, Database, NotColumnarError
from scheduled_reports.databases.failures import Kind, failure, no_answer, took_too_long
from scheduled_reports.databases.session import CONNECT_SECONDS, NoAnswerError, Session, TooLongError
from scheduled_reports.errors import ReportError


@contextmanager
def explained(database: Database, asked: Asked, session: Session) -> Iterator[None]:
    """Turn what a driver or a session raises into a SourceError; what is no database's fault stays what it is."""
    what, where = asked.what, database.where
    try:
        yield
    except (ReportError, NotColumnarError):
        raise
    except TooLongError as error:
        raise took_too_long(what, session.timeout, where) from error
    except NoAnswerError as error:
        raise no_answer(what, min(CONNECT_SECONDS, session.timeout.total_seconds()), where) from error
    except Exception as error:
        if (kind := database.kind(error)) is None:
            raise
        if kind is Kind.TIMEOUT or session.over:
            raise took_too_long(what, session.timeout, where) from error
        raise failure(kind, what, database.reason(error), where) from error
