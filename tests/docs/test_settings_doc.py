"""docs/settings.md lists every setting, no other, with its default."""

from __future__ import annotations

import re
from pathlib import Path

from webconnector.settings import PREFIX, SECRETS, Settings, variables

TEXT = (Path(__file__).parents[2] / "docs" / "settings.md").read_text("utf-8")
ROWS = dict(re.findall(r"^\| `(WEBCONNECTOR_\w+)` \| (.+?) \| .+ \|$", TEXT, re.MULTILINE))


def test_every_setting_has_one_row_and_every_row_is_a_setting() -> None:
    assert set(ROWS) == set(variables())


def test_the_defaults_are_the_programs() -> None:
    for name, field in Settings.model_fields.items():
        row = ROWS[f"{PREFIX}{name.upper()}"]
        if name in SECRETS:
            continue  # theirs depend on the database, in words
        wanted = f"`{field.default}`" if field.default != "" else "none"
        assert row == wanted, name


def test_secrets_are_said_to_come_from_files_too() -> None:
    for name in SECRETS:
        assert f"`{PREFIX}{name.upper()}_FILE`" in TEXT


def test_every_setting_describes_itself() -> None:
    assert all(len(text) > 20 for text in variables().values())
