"""`webconnector company`, `qwc`, `db`: as interfaces.md has them."""

from __future__ import annotations

from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import click
import pytest

from tests.webconnector.command_line import CommandLine
from webconnector.cli import webconnector as root

ZONE = ("--time-zone", "America/New_York")


def added(webconnector: CommandLine, name: str = "Acme Ltd", *options: str) -> dict[str, Any]:
    found: dict[str, Any] = webconnector.done("company", "add", name, *ZONE, *options)
    return found


def values(path: str | Path) -> dict[str, str]:
    return {node.tag: node.text or "" for node in ET.parse(path).getroot().iter()}  # noqa: S314


def commands() -> list[tuple[str, click.Command]]:
    found: list[tuple[str, click.Command]] = []

    def walk(prefix: str, group: click.Group) -> None:
        for name, command in group.commands.items():
            if isinstance(command, click.Group):
                walk(f"{prefix}{name} ", command)
            else:
                found.append((f"{prefix}{name}", command))

    walk("", root)
    return found


@pytest.mark.parametrize(("name", "command"), commands())
def test_every_command_takes_json_and_its_help_has_examples(
    webconnector: CommandLine, name: str, command: click.Command
) -> None:
    assert "--json" in {option for one in command.params for option in one.opts}
    said = webconnector(*name.split(), "--help")
    assert said.code == 0
    assert "Examples:\n" in said.out
    assert "webconnector " in said.out or "make " in said.out


def test_without_a_command_the_help_is_shown(webconnector: CommandLine) -> None:
    said = webconnector()
    assert said.code == 2
    assert "company" in said.out


def test_wrong_usage_is_exit_code_2(webconnector: CommandLine) -> None:
    assert "company add" in webconnector.refused("company", "add", "Acme", code=2)
    assert "no such command" in webconnector.refused("companies", code=2).lower()


def test_add_prints_the_contracts_fields_and_writes_the_qwc_file(
    webconnector: CommandLine, tmp_path: Path
) -> None:
    path = tmp_path / "acme.qwc"
    made = added(webconnector, "Acme Ltd", "--qwc", str(path), "--every", "30")
    assert set(made) == {"id", "name", "username", "password", "qwc"}
    assert made["qwc"] == str(path)
    found = values(path)
    assert found["UserName"] == made["username"]
    assert found["AppURL"] == "http://localhost:8000/qbwc"
    assert found["AppSupport"] == "http://localhost:8000/support"
    assert found["RunEveryNMinutes"] == "30"
    assert found["PersonalDataPref"] == "pdpOptional"
    assert made["password"] not in path.read_text()


def test_the_qwc_file_goes_to_the_data_folder_when_nobody_says_where(
    webconnector: CommandLine, tmp_path: Path
) -> None:
    made = added(webconnector)
    assert Path(made["qwc"]).is_relative_to(tmp_path)
    assert Path(made["qwc"]).is_file()


def test_two_companies_never_share_a_name_or_an_id_in_the_web_connector(
    webconnector: CommandLine,
) -> None:
    one, other = (values(added(webconnector, name)["qwc"]) for name in ("Acme", "Best"))
    assert one["OwnerID"] == other["OwnerID"]
    for element in ("AppName", "AppUniqueName", "FileID", "UserName"):
        assert one[element] != other[element]


def test_a_file_that_cannot_be_written_leaves_no_company(
    webconnector: CommandLine, tmp_path: Path
) -> None:
    (tmp_path / "file").write_text("x")
    wrong = str(tmp_path / "file" / "acme.qwc")
    webconnector.refused("company", "add", "Acme", *ZONE, "--qwc", wrong)
    assert webconnector.done("company", "list") == []


@pytest.mark.parametrize(
    ("arguments", "part"),
    [
        (("Acme", "--time-zone", "Mars/Base"), "time_zone"),
        (("", *ZONE), "name"),
        (("Acme", *ZONE, "--every", "0"), "every"),
    ],
)
def test_wrong_facts_of_a_company_are_named(
    webconnector: CommandLine, arguments: tuple[str, ...], part: str
) -> None:
    assert part in webconnector.refused("company", "add", *arguments)


def test_qwc_gives_the_same_file_again(webconnector: CommandLine, tmp_path: Path) -> None:
    made = added(webconnector)
    first = Path(made["qwc"]).read_bytes()
    again = tmp_path / "again.qwc"
    assert webconnector.done("qwc", made["id"], "-o", str(again))["qwc"] == str(again)
    assert again.read_bytes() == first
    assert webconnector("qwc", made["id"]).out.encode() == first


def test_qwc_follows_the_public_address(webconnector: CommandLine) -> None:
    made = added(webconnector)
    webconnector.set(PUBLIC_URL="https://connect.example.com")
    assert "https://connect.example.com/qbwc" in webconnector("qwc", made["id"]).out


def test_a_company_is_found_by_id_beginning_or_exact_name(webconnector: CommandLine) -> None:
    made = added(webconnector)
    for typed in (made["id"], made["id"].upper(), made["id"][:13], "Acme Ltd"):
        assert webconnector.done("company", "show", typed)["id"] == made["id"]
    for typed in ("acme", made["id"][:3], "Best"):
        assert "no company" in webconnector.refused("company", "show", typed)


def test_an_ambiguous_name_is_refused(webconnector: CommandLine) -> None:
    added(webconnector)
    added(webconnector)
    assert "2 companies match" in webconnector.refused("company", "show", "Acme Ltd")


def test_show_knows_preview_and_preferences(webconnector: CommandLine) -> None:
    made = added(webconnector, "Acme Ltd", "--two-way-bills")
    shown = webconnector.done("company", "show", made["id"])
    assert shown["preview"] is True
    assert shown["preferences"]["two_way_bills"] is True
    assert added(webconnector, "Best", "--no-preview")["id"] != made["id"]
    assert webconnector.done("company", "show", "Best")["preview"] is False
    assert "password" not in webconnector("company", "show", "Best").out


def test_preferences_are_set_together_or_not_at_all(webconnector: CommandLine) -> None:
    made = added(webconnector)
    after = webconnector.done(
        "company", "set", made["id"], "two_way_bills=true", "push_bills=approved"
    )
    assert (after["two_way_bills"], after["push_bills"]) == (True, "approved")
    line = webconnector.refused("company", "set", made["id"], "push_bills=saved", "two_way=x")
    assert "two_way_bills" in line
    shown = webconnector.done("company", "show", made["id"])["preferences"]
    assert shown["push_bills"] == "approved"
    webconnector.refused("company", "set", made["id"], "push_bills", code=2)


def test_setting_a_preference_says_what_it_does(webconnector: CommandLine) -> None:
    made = added(webconnector)
    assert "Bills" in webconnector("company", "set", made["id"], "two_way_bills=true").out


def test_pause_resume_and_start(webconnector: CommandLine) -> None:
    made = added(webconnector)
    assert webconnector.done("company", "pause", made["id"])["state"] == "paused"
    assert webconnector.done("company", "resume", made["id"])["state"] == "active"
    assert webconnector.done("company", "start", made["id"])["preview"] is False
    assert "confirmed" in webconnector.refused("company", "confirm-file", made["id"])


def test_a_new_password_differs_and_belongs_to_the_same_user(webconnector: CommandLine) -> None:
    made = added(webconnector)
    renewed = webconnector.done("company", "password", made["id"])
    assert renewed["username"] == made["username"]
    assert renewed["password"] != made["password"]


def test_list_shows_every_company(webconnector: CommandLine) -> None:
    assert "no company yet" in webconnector("company", "list").out
    names = {added(webconnector, name)["name"] for name in ("Acme", "Best")}
    assert {row["name"] for row in webconnector.done("company", "list")} == names
    assert "Best" in webconnector("company", "list").out


def test_db_upgrades_once_and_tells_the_version(webconnector: CommandLine) -> None:
    before = webconnector.done("db", "current")
    assert (before["version"], before["migrated"]) == (None, False)
    upgraded = webconnector.done("db", "upgrade")
    assert upgraded["before"] is None
    assert webconnector.done("db", "current")["migrated"] is True
    assert "already" in webconnector("db", "upgrade").out


@pytest.mark.postgresql
@pytest.mark.parametrize("database_kind", ["postgresql"], indirect=True)
def test_commands_refuse_an_unmigrated_postgresql(
    webconnector: CommandLine, empty_database_url: str
) -> None:
    webconnector.set(DATABASE_URL=empty_database_url, SECRET_KEY="k" * 40)
    assert "webconnector db upgrade" in webconnector.refused("company", "list")
    webconnector.done("db", "upgrade")
    assert webconnector.done("company", "list") == []
    assert added(webconnector)["name"] == "Acme Ltd"


def test_a_wrong_setting_is_one_line(webconnector: CommandLine) -> None:
    webconnector.set(LOG_FORMAT="xml")
    assert "WEBCONNECTOR_LOG_FORMAT" in webconnector.refused("company", "list")
