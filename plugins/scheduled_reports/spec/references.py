"""Check what the parts of a spec say of each other: names of tables and formats, bind values, files, templates."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from scheduled_reports.audience.findings import masked_addresses, recipient_findings
from scheduled_reports.audience.tenant import tenant_of
from scheduled_reports.brands import BrandError, brand_findings
from scheduled_reports.datasets.python_function import defined_in, file_of
from scheduled_reports.document.picture_file import PictureError, check_picture
from scheduled_reports.errors import ReportError, SettingError
from scheduled_reports.file_names import RULE, fault_in
from scheduled_reports.language import language_of
from scheduled_reports.models.load import ModelError, load_model, model_path
from scheduled_reports.run import template_words
from scheduled_reports.spec.dataset_order import circles
from scheduled_reports.spec.earlier_runs import own_run_findings
from scheduled_reports.spec.failovers import failover_findings
from scheduled_reports.spec.judgements import judgement_findings
from scheduled_reports.spec.marks import Finding, Loc, Mark, marked
from scheduled_reports.spec.places import path_text
from scheduled_reports.spec.problems import did_you_mean
from scheduled_reports.spec.roles import shared_places, unknown_roles
from scheduled_reports.spec.secrets import secrets_in
from scheduled_reports.spec.sensitive import shown_directly
from scheduled_reports.spec.sql import RUN_BINDS, binds_in
from scheduled_reports.templates import data_used, fill

if TYPE_CHECKING:
    from scheduled_reports.spec.load import Report
    from scheduled_reports.spec.yaml import Source

RUN_FIELDS = {"period", "period_start", "period_end", "force", "deliver", "ignore_conditions"}
"""What every DAG's trigger form asks for."""


def findings(report: Report, source: Source) -> Iterator[Finding]:
    """Yield everything in a validated spec that refers to something which is not there."""
    names = _Names(report)
    yield from names.clashes()
    yield from names.files()
    yield from names.language()
    for loc, message, hint in (
        *unknown_roles(report.spec),
        *shared_places(report.spec),
        *shown_directly(report),
        *failover_findings(report.spec),
        *masked_addresses(report.spec),
    ):
        yield loc, f"{path_text(source.known(loc))}: {message}", hint
    for loc, message, hint in own_run_findings(report):
        yield loc, f"{path_text(source.known(loc))}: {message}", hint
    for name, dataset in report.spec.datasets.items():
        for loc, message, hint in dataset.findings(report.include):
            place = ("datasets", name, *loc)
            yield place, f"{path_text(source.known(place))}: {message}", hint
    for loc, message, hint in judgement_findings(report, source):
        yield loc, f"{path_text(source.known(loc))}: {message}", hint
    for loc, mark, text in marked(report.spec):
        for message, hint in names.check(mark, loc, text):
            yield loc, f"{path_text(source.known(loc))}: {message}", hint
    yield from circles(report)


@dataclass(frozen=True)
class _Names:
    """All that a spec defines, for looking names up."""

    report: Report

    def clashes(self) -> Iterator[Finding]:
        spec = self.report.spec
        taken = {table: f"a table of the source {name!r}" for name, source in spec.sources.items()
                 for table in source.tables(name)[1:]}  # fmt: skip
        taken |= dict.fromkeys(spec.sources, "also a source")
        for name, dataset in spec.datasets.items():
            for table in dataset.tables(name):
                if table in taken:
                    yield ("datasets", name), f"{table!r} is {taken[table]}", "give the dataset another name"
        for name in sorted(set(spec.parameters) & {*RUN_BINDS, *RUN_FIELDS}):
            yield ("parameters", name), f"{name!r} is a value that every run has", "give the parameter another name"

    def files(self) -> Iterator[Finding]:
        """Yield formats whose file would have the name of another's, or a name that no file can have."""
        taken: dict[str, str] = {}
        for index, entry in enumerate(self.report.spec.formats):
            with suppress(ReportError):  # a template that cannot be filled is told by itself
                name = f"{fill(entry.file_name, self._words)}.{entry.file_extension}"
                what = f"the file of {entry.key!r} is called {name!r}"
                if fault := fault_in(name):
                    yield ("formats", index), f"{what}: {fault}", f"a name has {RULE}"
                end = f".{entry.file_extension}".lower()
                if name.lower().endswith(end * 2):
                    hint = f"leave {end!r} out of its 'file_name': it is added"
                    yield ("formats", index), f"{what}, its extension twice", hint
                if name in taken:
                    hint = "give one of them another 'file_name'"
                    yield ("formats", index), f"{what}, as that of {taken[name]!r}", hint
                taken.setdefault(name, entry.key)

    def language(self) -> Iterator[Finding]:
        """Yield what is wrong with the texts of the report's language."""
        spec = self.report.spec
        try:
            language_of(spec.language, spec.locale, self.report.include)
        except ReportError as error:
            yield ("language",), f"{error.what}{f': {error.why}' if error.why else ''}", error.fix

    def check(self, mark: Mark, loc: Loc, text: str) -> Iterator[tuple[str, str]]:
        checks: dict[str, Callable[[Loc, str], Iterator[tuple[str, str]]]] = {
            "table": self._table,
            "format": self._format,
            "body": self._body,
            "sql_file": self._file,
            "sql": self._sql,
            "python": self._python,
            "model": self._model,
            "brand": self._brand,
            "picture": self._picture,
            "template": self._template,
            "content": self._content,
            "recipient": self._recipient,
        }
        return checks[mark.kind](loc, text)

    def _table(self, _: Loc, text: str) -> Iterator[tuple[str, str]]:
        allowed = self.report.spec.tables()
        if text not in allowed:
            yield f"there is no source or dataset {text!r}", did_you_mean(text, allowed)

    def _format(self, _: Loc, text: str) -> Iterator[tuple[str, str]]:
        allowed = {entry.key for entry in self.report.spec.formats}
        if text not in allowed:
            yield f"there is no format {text!r}", did_you_mean(text, allowed)

    def _body(self, loc: Loc, text: str) -> Iterator[tuple[str, str]]:
        yield from self._format(loc, text)
        for entry in self.report.spec.formats:
            if entry.key == text and not entry.is_mail_body:
                what = "is a page for browsers" if entry.media_type == "text/html" else f"is {entry.media_type}"
                hint = f"name a format of type html_email or text in `body`, and {text} in `attach`"
                yield f"{text!r} cannot be the text of a mail: it {what}", hint

    def _file(self, loc: Loc, text: str) -> Iterator[tuple[str, str]]:
        folder = (self.report.include / "sql").absolute()
        path = Path(folder / text)
        if not path.resolve().is_relative_to(folder.resolve()):
            yield f"{text!r} lies outside {folder}", "name a file below include/sql/"
            return
        if not path.is_file():
            present = sorted(str(found.relative_to(folder)) for found in folder.rglob("*.sql"))
            yield f"there is no file {path}", did_you_mean(text, present)
            return
        try:
            sql = path.read_text(encoding="utf-8")
        except UnicodeDecodeError as error:
            yield f"{path} cannot be read: {error}", "save it as UTF-8 text"
        except OSError as error:
            yield f"{path} cannot be read: {error.strerror}", "check its permissions"
        else:
            yield from self._sql(loc, sql, f" ({path.name})")
            yield from ((f"{path.name}:{found.line}: {found.message}", found.hint) for found in secrets_in(path, sql))

    def _sql(self, _: Loc, text: str, where: str = "") -> Iterator[tuple[str, str]]:
        allowed = {*RUN_BINDS, *self.report.spec.parameters}
        for name, start in binds_in(text):
            if name not in allowed:
                line = text.count("\n", 0, start) + 1
                hint = rf"{did_you_mean(name, allowed)}; where it is no bind value, write \:{name}"
                yield f"unknown bind value ':{name}' in line {line} of the SQL{where}", hint

    def _model(self, _: Loc, text: str) -> Iterator[tuple[str, str]]:
        try:
            load_model(text, self.report.include)
        except ModelError as error:
            missing = not model_path(text, self.report.include).is_file()
            for found in error.problems:
                where = "" if missing else f"{found.path.name}:{found.line}:{found.column}: "
                yield f"{where}{found.message}", found.hint

    def _brand(self, _: Loc, text: str) -> Iterator[tuple[str, str]]:
        yield from brand_findings(text, self.report.include)

    def _picture(self, _: Loc, text: str) -> Iterator[tuple[str, str]]:
        try:
            check_picture(text, self.report.include)
        except PictureError as error:
            yield error.message, error.hint

    def _recipient(self, _: Loc, text: str) -> Iterator[tuple[str, str]]:
        try:
            tenant = tenant_of(self.report.spec.brand, self.report.include)
        except BrandError:  # which is told where the brand is named
            tenant = None
        except SettingError as error:
            tenant = None
            yield f"{error.what}{f': {error.why}' if error.why else ''}", error.fix
        yield from recipient_findings(text, self.report.include, tenant)

    def _python(self, _: Loc, text: str) -> Iterator[tuple[str, str]]:
        path, name = file_of(self.report.include, text), text.partition(":")[2]
        if not path.is_file():
            folder = self.report.include / "python"
            present = sorted(str(found.relative_to(folder)) for found in folder.rglob("*.py"))
            yield f"there is no file {path}", did_you_mean(str(path.relative_to(folder)), present)
            return
        try:
            defined = defined_in(path)
        except (SyntaxError, UnicodeDecodeError, OSError) as error:
            line = f":{error.lineno}" if isinstance(error, SyntaxError) else ""
            yield f"{path.name}{line} cannot be read: {getattr(error, 'msg', error)}", "mend it"
            return
        if name not in defined.names:
            yield f"{path.name} has no function {name!r}", did_you_mean(name, defined.functions)

    def _content(self, loc: Loc, text: str) -> Iterator[tuple[str, str]]:
        try:
            used = list(data_used(text))
        except ReportError as error:
            yield f"{error.what}{': ' + error.why if error.why else ''}", error.fix
            return
        for table, _ in used:
            yield from self._table(loc, table)
        if not used:  # what uses data, only a run can fill
            yield from self._template(loc, text)

    def _template(self, _: Loc, text: str) -> Iterator[tuple[str, str]]:
        try:
            fill(text, self._words)
        except ReportError as error:
            yield f"{error.what}: {error.why}", error.fix

    @cached_property
    def _words(self) -> dict[str, object]:
        """Words of a run that never was, to try templates on."""
        spec, schedule = self.report.spec, self.report.spec.schedules[0]
        values = {name: parameter.value(parameter.default) for name, parameter in spec.parameters.items()}
        return template_words(
            self.report, schedule, self.report.timing(schedule).period_of(dt.date(2026, 1, 15)), values
        )
