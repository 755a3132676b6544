"""Each role's destinations get that role's files, and nothing that a mask hides is in any of them."""

from __future__ import annotations

import zipfile
from collections.abc import Callable, Iterator
from email import policy
from email.message import EmailMessage
from email.parser import BytesParser
from pathlib import Path

import pyarrow.parquet as pq
import pytest
from pypdf import PdfReader

from demo.mail_server import MailServer
from people import KEY, PEOPLE, people
from runs import NOW, connect_mail, ledger_of, rendered
from scheduled_reports.errors import DeliveryError, RenderError, SourceError
from scheduled_reports.run import Run
from scheduled_reports.steps.deliver import deliver
from scheduled_reports.steps.extract import extract
from scheduled_reports.steps.render import all_artifacts, render

FULL = "  - {type: csv, id: full, dataset: people, file_name: full}\n"


def words_of(path: Path) -> str:
    """Return all that can be read in a file, however it is stored."""
    if path.suffix == ".pdf":
        return "".join(page.extract_text() for page in PdfReader(path).pages).replace("\n", "")
    if path.suffix == ".xlsx":
        with zipfile.ZipFile(path) as book:
            return "".join(book.read(name).decode(errors="replace") for name in book.namelist())
    if path.suffix == ".parquet":
        return str(pq.read_table(path).to_pylist()) + str(pq.read_metadata(path))
    return path.read_text(encoding="utf-8")


def files(folder: Path) -> Iterator[Path]:
    yield from (path for path in sorted(folder.rglob("*")) if path.is_file())


def read_mail(path: Path) -> tuple[EmailMessage, str]:
    """Return a mail and the words of its body and its text attachments."""
    mail = BytesParser(policy=policy.default).parsebytes(path.read_bytes())
    assert isinstance(mail, EmailMessage)
    parts = [part for part in mail.walk() if part.get_content_maintype() == "text"]
    return mail, " ".join(str(part.get_content()) for part in parts)


def test_each_role_gets_a_mail_with_its_own_data_under_the_same_name(
    tmp_path: Path, connection: Callable, crm_run: Callable[..., Run]
) -> None:
    with MailServer(tmp_path / "inbox") as server:
        connect_mail(connection, server.port)
        run, ledger = crm_run(), ledger_of(tmp_path)
        rendered(run, ledger)
        for destination in ("everybody", "audit"):
            deliver(run, ledger, destination)
        mails = {mail["To"].partition("@")[0]: (mail, text) for mail, text in map(read_mail, server.messages())}

    names = {who: [part.get_filename() for part in mail.iter_attachments()] for who, (mail, _) in mails.items()}
    assert names == {"ann": ["sales_2026-10-01.csv", "sales_2026-10-01.pdf"], "aud": ["sales_2026-10-01.csv"]}
    assert "mail0@confidential0.example" not in mails["ann"][1]
    assert mails["aud"][1].count("mail0@confidential0.example") >= 2
    assert "70000" in mails["aud"][1]
    for _, text in mails.values():
        assert "Abernathy" not in text
        assert "555010000" not in text


def test_a_role_has_only_the_formats_that_it_gets(crm_run: Callable[..., Run]) -> None:
    run = crm_run()
    extract(run)

    render(run, NOW)

    assert [(artifact.role, artifact.path) for artifact in all_artifacts(run)] == [
        *((None, f"files/sales_2026-10-01{end}") for end in ("_mail.html", ".pdf", ".xlsx", ".json", ".csv")),
        *(("auditor", f"files/auditor/sales_2026-10-01{end}") for end in ("_mail.html", ".csv")),
    ]
    for artifact in all_artifacts(run):
        assert Path(run.folder.root.path, artifact.path).stat().st_size == artifact.size


def test_no_byte_of_a_masked_value_is_anywhere_in_the_archive(crm_run: Callable[..., Run], tmp_path: Path) -> None:
    masks = """\
        name: {mask: {type: pseudonym, prefix: "Person "}}
        email: {sensitive: true, mask: {default: hash, auditor: {type: pseudonym, digits: 20}}}
        phone: {sensitive: true, mask: partial}
        born: {type: date, mask: {type: generalise, to: decade}}
        income: {mask: "null"}
        """
    run = crm_run(people(masks))
    extract(run)
    render(run, NOW)

    found = list(files(tmp_path / "archive"))
    assert {path.suffix for path in found} == {".parquet", ".json", ".html", ".pdf", ".xlsx", ".csv"}
    assert len(found) == 1 + 2 * 3 + 5 + 2
    for path in found:
        told, content = words_of(path), path.read_bytes()
        for secret in ("confidential", "Abernathy", "Brzezinski", "55501", "-07-19", "71234", "71,234", KEY):
            assert secret not in told, (path, secret)
            assert secret.encode() not in content, (path, secret)


def test_a_sensitive_column_that_only_a_run_can_see_stops_it_before_any_file(crm_run: Callable[..., Run]) -> None:
    hidden = "SELECT COLUMNS('name|ema.*') FROM people"
    text = people("email: {sensitive: true}\n").replace(
        "SELECT name, email AS contact, phone, born, income FROM people ORDER BY id", hidden
    )
    run = crm_run(text)
    extract(run)

    with pytest.raises(RenderError) as caught:
        render(run, NOW)

    assert str(caught.value).startswith(
        "content[2] (sales.yaml:19:5) shows 'name', which may hold 'email' of source 'people' through dataset "
        "'contacts'; it is sensitive, and not masked for everybody"
    )
    assert not caught.value.retryable
    assert not Path(run.folder.root.path, "files").exists()


def test_what_only_counts_sensitive_values_is_rendered(crm_run: Callable[..., Run]) -> None:
    run = crm_run(people("email: {sensitive: true}\n").replace("email AS contact, ", ""))
    extract(run)

    assert len(render(run, NOW)) == 5


def test_a_role_may_see_what_everybody_may_not(crm_run: Callable[..., Run]) -> None:
    text = PEOPLE.replace("attach: csv}", "attach: full}").replace("deliver:", FULL + "deliver:")
    run = crm_run(people("email: {sensitive: true, mask: {default: 'null', auditor: keep}}\n", text))
    extract(run)
    render(run, NOW)

    found = {path.parent.name: path.read_text() for path in Path(run.folder.root.path, "files").rglob("full.csv")}
    assert found.keys() == {"files", "auditor"}
    assert "mail0@confidential0.example" in found["auditor"]
    assert "confidential" not in found["files"]


def test_masks_that_changed_since_the_extraction_are_told_and_nothing_is_rendered_or_sent(
    tmp_path: Path, connection: Callable, crm_run: Callable[..., Run]
) -> None:
    with MailServer(tmp_path / "inbox") as server:
        connect_mail(connection, server.port)
        run, ledger = crm_run(people("email: {mask: {default: keep, auditor: hash}}\n")), ledger_of(tmp_path)
        rendered(run, ledger)
        changed = crm_run(people("email: {mask: hash}\n"))

        with pytest.raises(SourceError, match="the run's data is not masked as the spec says") as caught:
            render(changed, NOW)
        with pytest.raises(SourceError, match="the run's data is not masked as the spec says"):
            deliver(changed, ledger, "audit")
        assert server.messages() == []

    assert caught.value.fix == "clear the task `extract`"


def test_a_destination_whose_role_came_after_rendering_is_not_sent_everybodys_files(
    tmp_path: Path, connection: Callable, crm_run: Callable[..., Run]
) -> None:
    with MailServer(tmp_path / "inbox") as server:
        connect_mail(connection, server.port)
        text = people("email: {mask: {default: keep, auditor: hash}}\n")
        run, ledger = crm_run(text), ledger_of(tmp_path)
        rendered(run, ledger)
        manifest = run.folder.manifest()
        run.folder.note(artifacts=[entry for entry in manifest["artifacts"] if entry["role"] is None])

        with pytest.raises(DeliveryError, match="the run has no file of format 'html_email'"):
            deliver(run, ledger, "audit")
        assert server.messages() == []


def test_what_a_function_makes_of_a_sensitive_column_is_taken_for_it(
    crm_run: Callable[..., Run], tmp_path: Path
) -> None:
    (tmp_path / "include" / "python").mkdir(parents=True)
    (tmp_path / "include" / "python" / "scores.py").write_text("def best(people):\n    return people[['name']]\n")
    text = people("email: {sensitive: true}\n").replace(
        "    sql: SELECT name, email AS contact, phone, born, income FROM people ORDER BY id\n",
        "    python: scores:best\n    inputs: people\n",
    )
    run = crm_run(text)
    extract(run)

    with pytest.raises(RenderError, match="shows 'name', which may hold 'email' of source 'people' through dataset"):
        render(run, NOW)
