"""The deployment files keep their promises: valid Compose, no default secrets, pinned images, health checks.

`compose-spec.json` is the Compose Specification's own JSON Schema (Apache-2.0; its origin is in
compose-spec.LICENSE.txt). It knows every keyword used here, recent ones too: `required`, `dockerfile_inline`.
"""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml

from deploy.compose import (
    COMPOSE,
    COMPOSE_TEXT,
    DEMO,
    DOCUMENTED,
    INTERPOLATION,
    REQUIRED,
    RESOLVED,
    ROOT,
    SERVICES,
    interpolations,
    resolve,
)

LONG_RUNNING = sorted(name for name, service in SERVICES.items() if service.get("restart") != "no")
DEMO_ONLY = {"demo-warehouse", "mail-catcher", "partners", "sftp", "shop-api"}

SECRET_NAME = re.compile(r"PASSWORD|SECRET|KEY|TOKEN|FERNET")
PINNED = re.compile(r"^[\w./-]+:v?\d+\.\d+(\.\d+)?[\w.-]*$")


def _connections(spec: Path) -> list[dict[str, str]]:
    """Return the parts of a sample spec that name an Airflow connection."""
    data = yaml.safe_load(spec.read_text("utf-8"))
    return [part for part in (*data["sources"].values(), *data["deliver"]) if "connection" in part]


def _environment(service: str) -> dict[str, str]:
    return dict(SERVICES[service].get("environment", {}))


@pytest.mark.parametrize("document", [COMPOSE, RESOLVED], ids=["as written", "with the demo's values"])
def test_the_compose_file_is_valid_under_the_compose_specification(document: dict[str, Any]) -> None:
    schema = json.loads((Path(__file__).parent / "compose-spec.json").read_text("utf-8"))
    validator = jsonschema.validators.validator_for(schema)
    validator.check_schema(schema)
    problems = [f"{error.json_path}: {error.message}" for error in validator(schema).iter_errors(document)]
    assert problems == []


def test_a_team_gets_every_process_that_airflow_with_celery_needs() -> None:
    needed = {"api-server", "scheduler", "dag-processor", "triggerer", "worker", "init", "postgres", "redis"}
    always = {name for name, service in SERVICES.items() if "profiles" not in service}
    assert always == needed | {"ledger-database"}


@pytest.mark.parametrize("name", LONG_RUNNING)
def test_every_long_running_service_has_a_health_check_and_restarts(name: str) -> None:
    assert SERVICES[name]["healthcheck"]["test"][0] in {"CMD", "CMD-SHELL"}
    assert SERVICES[name]["restart"] == "unless-stopped"


def test_every_other_service_runs_once_and_is_waited_for_until_it_succeeded() -> None:
    once = set(SERVICES) - set(LONG_RUNNING)
    waited_for = {
        other
        for service in SERVICES.values()
        for other, how in service.get("depends_on", {}).items()
        if how["condition"] == "service_completed_successfully"
    }
    assert once == waited_for == {"init", "ledger-database", "archive-bucket", "demo-warehouse"}


@pytest.mark.parametrize("name", sorted(SERVICES))
def test_every_dependency_names_an_existing_service_and_waits_for_its_health_or_its_end(name: str) -> None:
    for other, how in SERVICES[name].get("depends_on", {}).items():
        assert other in SERVICES
        expected = "service_healthy" if other in LONG_RUNNING else "service_completed_successfully"
        assert how["condition"] == expected


def test_a_service_depends_on_one_of_another_profile_only_if_it_can_start_without_it() -> None:
    for name, service in SERVICES.items():
        for other, how in service.get("depends_on", {}).items():
            where_it_runs = set(SERVICES[other].get("profiles", []))
            always_together = not where_it_runs or set(service.get("profiles", ["always"])) <= where_it_runs
            assert always_together or how.get("required") is False, f"{name} needs {other}"


def test_tasks_start_only_after_the_execution_api_answers() -> None:
    for name in ("scheduler", "worker", "triggerer", "dag-processor"):
        assert SERVICES[name]["depends_on"]["api-server"] == {"condition": "service_healthy"}
    port = SERVICES["api-server"]["ports"][0].rpartition(":")[2]
    url = _environment("worker")["AIRFLOW__CORE__EXECUTION_API_SERVER_URL"]
    assert url == f"http://api-server:{port}/execution/"


def test_no_secret_has_a_default() -> None:
    secrets = [match for match in interpolations() if SECRET_NAME.search(match["name"])]
    assert secrets
    assert {match["name"] for match in secrets if match["operator"] != ":?"} == set()


@pytest.mark.parametrize("name", sorted(SERVICES))
def test_no_secret_is_written_into_the_file(name: str) -> None:
    for variable, value in _environment(name).items():
        if SECRET_NAME.search(variable) and not variable.endswith("_FILE"):
            assert re.fullmatch(r"\$\{\w+:\?[^{}]+\}", value), variable
        for password in re.findall(r'://[^:/@{}]*:(.+?)@\w|"password": "(.*?)"', value):
            assert re.fullmatch(r"\$\{\w+:\?[^{}]+\}", "".join(password)), variable


def test_a_missing_value_is_answered_with_what_to_set() -> None:
    for match in interpolations():
        if match["operator"] == ":?":
            assert re.match(r"(set|say) \w+", match["word"]), match[0]


def test_the_same_variable_is_asked_for_with_the_same_words() -> None:
    words: dict[str, set[str]] = {}
    for match in interpolations():
        words.setdefault(match["name"], set()).add(match[0])
    assert {name: said for name, said in words.items() if len(said) > 1} == {}


def test_the_table_at_the_top_lists_every_variable_and_no_other() -> None:
    assert set(DOCUMENTED) == {match["name"] for match in interpolations()}
    assert sorted(name for name, needed in DOCUMENTED.items() if needed == "yes") == REQUIRED


def test_the_table_at_the_top_tells_the_defaults_that_the_file_uses() -> None:
    for match in interpolations():
        if match["operator"] == ":-" and match["name"] != "AIRFLOW_AUTH_MANAGER":
            assert DOCUMENTED[match["name"]] == match["word"]


def test_the_demo_gives_every_required_variable() -> None:
    assert [name for name in REQUIRED if not DEMO.get(name)] == []


def test_the_demo_gives_nothing_that_nobody_reads() -> None:
    samples = {entry["connection"] for path in (ROOT / "report_specs").glob("*.yaml") for entry in _connections(path)}
    read_by_containers = {"DEMO_SFTP_PASSWORD", *(f"AIRFLOW_CONN_{name.upper()}" for name in samples)}
    assert set(DEMO) - set(DOCUMENTED) == read_by_containers


@pytest.mark.parametrize("missing", REQUIRED)
def test_compose_stops_when_one_required_variable_is_missing(missing: str) -> None:
    with pytest.raises(KeyError, match=missing):
        resolve(COMPOSE, {name: value for name, value in DEMO.items() if name != missing})


def test_demo_servers_are_marked_and_started_by_the_demo_profile_alone() -> None:
    assert (ROOT / "include/demo/compose.env").read_text("utf-8").startswith("# DEMO ONLY.")
    assert {name for name, service in SERVICES.items() if service.get("profiles") == ["demo"]} == DEMO_ONLY
    for name in DEMO_ONLY:
        above = COMPOSE_TEXT.partition(f"\n  {name}:\n")[0].rpartition("\n\n")[2]
        assert "DEMO ONLY" in above, f"{name} is not marked"


def test_the_demos_own_secrets_are_asked_from_nobody_else() -> None:
    """Compose interpolates services of inactive profiles too: a ${...:?} here would stop every deployment."""
    for name in DEMO_ONLY:
        assert "?" not in "".join(match[0] for match in INTERPOLATION.finditer(json.dumps(SERVICES[name])))


@pytest.mark.parametrize("name", sorted(SERVICES))
def test_every_image_is_pinned_to_a_version(name: str) -> None:
    image = SERVICES[name]["image"]
    assert PINNED.fullmatch(image), image


def test_every_image_that_is_built_here_starts_from_a_pinned_one() -> None:
    recipes = [(ROOT / "Dockerfile").read_text("utf-8"), SERVICES["sftp"]["build"]["dockerfile_inline"]]
    bases = re.findall(r"^FROM (.+)$", "\n".join(recipes), re.MULTILINE)
    assert len(bases) == 2
    assert [base for base in bases if not PINNED.fullmatch(base)] == []


def test_the_image_holds_celery_below_the_version_that_breaks_airflow() -> None:
    dockerfile = (ROOT / "Dockerfile").read_text("utf-8")
    assert "[postgres,celery,s3]" in dockerfile
    assert "--constraint" in dockerfile
    assert "from celery.backends.database import retry" in dockerfile
    assert "<5.7" in (ROOT / "pyproject.toml").read_text("utf-8")


def test_ports_are_published_to_this_machine_alone() -> None:
    ports = {name: service["ports"] for name, service in RESOLVED["services"].items() if "ports" in service}
    assert ports == {
        "api-server": ["127.0.0.1:8080:8080"],
        "mail-catcher": ["127.0.0.1:8025:8025"],
        "sftp": ["127.0.0.1:2222:22"],
    }


def test_what_people_edit_is_mounted_read_only_and_every_named_volume_is_declared() -> None:
    used = set()
    for service in SERVICES.values():
        for volume in service.get("volumes", []):
            source, target, *options = volume.split(":")
            assert target.startswith("/")
            if source.startswith("./"):
                assert options == ["ro"], volume
                assert source in {"./dags", "./report_specs", "./include"}
            else:
                used.add(source)
    assert used == set(COMPOSE["volumes"])


@pytest.mark.parametrize("name", ["api-server", "scheduler", "dag-processor", "triggerer", "worker", "init"])
def test_every_airflow_process_is_given_the_same_settings(name: str) -> None:
    common = COMPOSE["x-airflow"]["environment"]
    assert {key: _environment(name).get(key) for key in common} == common
    assert SERVICES[name]["image"] == COMPOSE["x-airflow"]["image"]
    assert SERVICES[name]["env_file"] == COMPOSE["x-airflow"]["env_file"]


def test_the_settings_of_reports_name_connections_that_exist() -> None:
    environment = _environment("worker")
    settings = ("LEDGER_CONN_ID", "OWNER_MAIL_CONN_ID")
    named = [environment[f"AIRFLOW__SCHEDULED_REPORTS__{setting}"] for setting in settings]
    archive = RESOLVED["services"]["worker"]["environment"]["AIRFLOW__SCHEDULED_REPORTS__ARCHIVE"]
    assert archive == "s3://archive_s3@reports/"
    for conn_id in [*named, "archive_s3"]:
        assert f"AIRFLOW_CONN_{conn_id.upper()}" in environment


def test_the_archive_is_object_storage_and_the_file_says_when_it_must_be() -> None:
    sentence = "Where tasks run on different hosts the archive must be object storage"
    assert sentence in COMPOSE_TEXT.replace("\n# ", " ")


def test_the_ledger_is_a_database_of_its_own_with_a_password_of_its_own() -> None:
    environment = _environment("worker")
    ledger = environment["AIRFLOW_CONN_REPORTS_LEDGER"]
    assert ledger.endswith("@postgres/reports_ledger")
    assert "LEDGER_PASSWORD" in ledger
    assert "LEDGER_PASSWORD" not in environment["AIRFLOW__DATABASE__SQL_ALCHEMY_CONN"]


def test_every_connection_of_the_demo_is_json_or_a_url_and_names_a_service_of_the_file() -> None:
    everything = {**DEMO, **RESOLVED["services"]["worker"]["environment"]}
    connections = {key: value for key, value in everything.items() if key.startswith("AIRFLOW_CONN_")}
    warehouse = json.loads(connections.pop("AIRFLOW_CONN_DEMO_WAREHOUSE"))
    assert warehouse["host"] in json.dumps(SERVICES["demo-warehouse"]["command"])
    assert connections.pop("AIRFLOW_CONN_REPORTS_MASKING") == f"generic://:{DEMO['MASKING_KEY']}@/"  # of no host
    hosts = {}
    for key, value in connections.items():
        if value.startswith("{"):
            fields = json.loads(value)
            assert fields["conn_type"]
            hosts[key] = fields.get("host") or re.sub(r"^\w+://|:\d+$", "", fields["extra"]["endpoint_url"])
        else:
            hosts[key] = re.sub(r"^.*@|/.*$", "", value)
    assert hosts == {
        "AIRFLOW_CONN_ARCHIVE_S3": "object-store",
        "AIRFLOW_CONN_REPORTS_LEDGER": "postgres",
        "AIRFLOW_CONN_DEMO_AIRFLOW": "api-server",
        "AIRFLOW_CONN_DEMO_MAIL": "mail-catcher",
        "AIRFLOW_CONN_DEMO_SHOP_API": "shop-api",
        "AIRFLOW_CONN_DEMO_SFTP": "sftp",
        "AIRFLOW_CONN_SMTP_DEFAULT": "mail-catcher",
    }
    assert set(hosts.values()) <= set(SERVICES)


def test_every_user_of_the_demo_has_a_role_that_airflow_knows_and_a_password() -> None:
    users = dict(user.split(":") for user in DEMO["AIRFLOW_USERS"].split(","))
    assert set(users.values()) <= {"viewer", "user", "op", "admin"}
    assert set(json.loads(DEMO["AIRFLOW_PASSWORDS"])) == set(users)
