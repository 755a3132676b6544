"""`reports show` prints the whole of a spec, whatever files it is put together from."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from specs import SALES, write

TEMPLATE = "needs: {site: }\n" + SALES.replace("title: Sales", "title: '[${site}] :x:'")


def template(project: Path, text: str = TEMPLATE) -> None:
    folder = project / "include" / "templates"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "standard.yaml").write_text(text)


def test_the_whole_spec_is_shown_and_is_a_valid_spec(project: Path, reports: Callable) -> None:
    template(project)
    write(project, "extends: standard\nwith: {site: Berlin}\nenabled: false\n")

    result = reports("show", "sales")

    assert (result.exit_code, result.stderr) == (0, "")
    lines = result.stdout.splitlines()
    assert lines[:2] == ["# include/templates/standard.yaml:2", "title: '[Berlin] :x:'"]
    assert lines[-2:] == ["# report_specs/sales.yaml:3", "enabled: false"]
    write(project, result.stdout, "whole")
    assert reports("check", "whole").exit_code == 0


def test_a_spec_that_is_one_file_is_shown_as_it_is(project: Path, reports: Callable) -> None:
    path = write(project, f"# mine\n{SALES}")

    assert reports("show", path).stdout == f"# mine\n{SALES}"


def test_what_the_models_refuse_is_shown_all_the_same(project: Path, reports: Callable) -> None:
    template(project)
    write(project, "extends: standard\nwith: {site: Berlin}\nformats: 3\n")

    result = reports("show", "sales")

    assert result.exit_code == 0
    assert "# report_specs/sales.yaml:3\nformats: 3\n" in result.stdout


def test_what_cannot_be_put_together_is_told_and_the_rest_shown(project: Path, reports: Callable) -> None:
    template(project)
    write(project, "extends: standard\nsources: {others: {use: others}}\n")

    result = reports("show", "sales")

    assert result.exit_code == 1
    assert "title: '[${site}] :x:'" in result.stdout
    assert "sales.yaml:1:10: include/templates/standard.yaml needs the parameter 'site'; add it" in result.stderr
    assert "sales.yaml:2:25: there is no include/sources/others.yaml; nothing is defined here" in result.stderr


def test_a_spec_that_is_not_there_is_told(project: Path, reports: Callable) -> None:
    write(project)

    result = reports("show", "sale")

    assert (result.exit_code, result.stdout) == (2, "")
    assert "there is no spec sale" in result.stderr
    assert "is a folder of 1 specs" in reports("show", "report_specs").stderr


def test_check_tells_a_fault_of_a_template_once_and_who_uses_it(project: Path, reports: Callable) -> None:
    template(project, TEMPLATE.replace("type: html_email", "type: hmtl"))
    for number in range(14):
        write(project, "extends: standard\nwith: {site: Berlin}\n", f"report_{number:02d}")

    result = reports("check")

    assert result.exit_code == 1
    place = f"{project}/include/templates/standard.yaml:26:12"
    used = "used by report_specs/report_00.yaml, report_specs/report_01.yaml and 12 others"
    first, last = result.stderr.splitlines()
    assert first.startswith(f"{place}: formats[1]: unknown type 'hmtl' ({used}); did you mean 'html'?")
    assert last == "14 of 14 specs broken, 1 problem"


def test_check_tells_what_is_wrong_in_files_that_no_spec_uses(project: Path, reports: Callable) -> None:
    write(project)
    template(project, "needs: {site: }\ntitle: ${sit}\n")

    result = reports("check")

    assert result.exit_code == 1
    assert "standard.yaml:2:8: there is no parameter 'sit'; did you mean 'site'?" in result.stderr
    assert "standard.yaml:1:9: warning: the parameter 'site' is declared, and ${site} stands nowhere" in result.stderr


def test_reports_that_wait_in_a_circle_are_told_where_it_is_closed(project: Path, reports: Callable) -> None:
    waiting = TEMPLATE.replace("needs: {site: }", "needs: {site: , other: }").replace(
        'when: "30 6 * * *"', 'when: {type: assets, all_of: ["${other}"]}'
    )
    template(project, waiting)
    write(project, "extends: standard\nwith: {site: x, other: 'report:two:daily'}\n", "one")
    write(project, "extends: standard\nwith: {site: x, other: 'report:one:daily'}\n", "two")

    result = reports("check")

    assert result.exit_code == 1
    assert "one.yaml:2:24: one:daily waits for two:daily, which waits for one:daily" in result.stderr


def test_a_warning_about_a_schedule_in_a_template_is_told_there(project: Path, reports: Callable) -> None:
    template(project, TEMPLATE.replace("  orders:\n", "  orders:\n    ready_at: '09:00'\n"))
    write(project, "extends: standard\nwith: {site: Berlin}\n", "one")
    write(project, "extends: standard\nwith: {site: Ulm}\n", "two")

    result = reports("check")

    assert result.exit_code == 0, result.stderr
    assert "specs are valid, 2 warnings" in result.stdout, "one of the schedule, one of the mail without a text"
    assert f"{project}/include/templates/standard.yaml:36:" in result.stderr
    assert "(used by report_specs/one.yaml, report_specs/two.yaml)" in result.stderr
