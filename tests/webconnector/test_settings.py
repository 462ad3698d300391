"""Settings: defaults, secrets in files, and that whatever is wrong is said by name."""

from __future__ import annotations

import stat
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from webconnector.settings import PREFIX, Settings, SettingsError, load

KEY = "k" * 32


def refusal(**variables: str) -> str:
    with pytest.raises(SettingsError) as caught:
        load({PREFIX + name: value for name, value in variables.items()})
    return str(caught.value)


def test_without_any_variable_a_single_machine_works() -> None:
    settings = load({})
    assert settings.public_url == "http://localhost:8000"
    assert settings.embedded
    assert settings.database == f"sqlite:///{Path('var').absolute()}/webconnector.sqlite3"
    assert (settings.session_silence_seconds, settings.reply_silence_seconds) == (60, 900)


def test_the_sqlite_file_lies_in_the_data_folder(tmp_path: Path) -> None:
    settings = load({"WEBCONNECTOR_DATA_DIR": str(tmp_path)})
    assert settings.sqlite_path == tmp_path / "webconnector.sqlite3"


def test_other_programs_variables_are_left_alone() -> None:
    assert load({"PATH": "/bin", "WEB": "x"}) == load({})


def test_an_empty_variable_means_the_default() -> None:
    assert load({"WEBCONNECTOR_LOG_FORMAT": ""}).log_format == "text"


def test_a_misspelt_variable_is_refused_with_the_name_that_was_meant() -> None:
    assert "Is WEBCONNECTOR_PUBLIC_URL meant?" in refusal(PUBLC_URL="https://a.example")


def test_every_wrong_value_is_named_at_once() -> None:
    text = refusal(LOG_FORMAT="xml", KEEP_EXCHANGES_DAYS="0", OWNER_ID="x")
    for name in ("LOG_FORMAT", "KEEP_EXCHANGES_DAYS", "OWNER_ID"):
        assert PREFIX + name in text


@pytest.mark.parametrize(
    ("url", "part"),
    [
        ("http://connect.example.com", "https://"),
        ("https://192.0.2.7", "IP address"),
        ("https://2130706433", "IP address"),
        ("https://connect.example.com/app", "path"),
        ("https://me:secret@connect.example.com", "user name"),
        ("connect.example.com", "no address"),
        ("ftp://connect.example.com", "https://"),
    ],
)
def test_a_public_address_that_the_web_connector_refuses_is_refused_here(
    url: str, part: str
) -> None:
    text = refusal(PUBLIC_URL=url)
    assert text.startswith("WEBCONNECTOR_PUBLIC_URL: ")
    assert part in text


@pytest.mark.parametrize("url", ["https://connect.example.com", "http://localhost:9000"])
def test_a_good_public_address_loses_its_closing_slash(url: str) -> None:
    assert load({"WEBCONNECTOR_PUBLIC_URL": f"{url}/"}).public_url == url


@pytest.mark.parametrize("url", ["mysql://u:p@h/d", "sqlite:///", "sqlite:///:memory:"])
def test_a_database_that_cannot_be_used_is_refused_without_showing_its_password(url: str) -> None:
    text = refusal(DATABASE_URL=url)
    assert "WEBCONNECTOR_DATABASE_URL" in text
    assert "u:p" not in text


def test_secrets_come_from_files_too(tmp_path: Path) -> None:
    file = tmp_path / "key"
    file.write_text(f"{KEY}\n")
    assert load({"WEBCONNECTOR_SECRET_KEY_FILE": str(file)}).secret_key_bytes == KEY.encode()


def test_a_secret_given_twice_is_refused(tmp_path: Path) -> None:
    assert "keep one" in refusal(SECRET_KEY=KEY, SECRET_KEY_FILE=str(tmp_path / "key"))


def test_a_missing_secret_file_is_named(tmp_path: Path) -> None:
    missing = str(tmp_path / "nothing")
    assert missing in refusal(SECRET_KEY_FILE=missing)


def test_a_short_key_is_refused() -> None:
    text = refusal(SECRET_KEY="short")
    assert "at least 32 characters" in text
    assert "short" not in text.replace("shorter", "")


def test_only_secrets_may_stand_in_files(tmp_path: Path) -> None:
    assert "no such setting" in refusal(LOG_LEVEL_FILE=str(tmp_path / "level"))


def at(folder: Path) -> Settings:
    return load({"WEBCONNECTOR_DATA_DIR": str(folder)})


def test_the_key_is_made_once_and_for_its_owner_only(tmp_path: Path) -> None:
    folder = tmp_path / "data"
    key = at(folder).secret_key_bytes
    assert len(key) == 64
    assert at(folder).secret_key_bytes == key
    assert stat.S_IMODE((folder / "secret-key").stat().st_mode) == 0o600
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert [path.name for path in folder.iterdir()] == ["secret-key"]


def test_processes_that_start_together_agree_on_one_key(tmp_path: Path) -> None:
    with ThreadPoolExecutor(8) as pool:
        keys = set(pool.map(lambda _: at(tmp_path).secret_key_bytes, range(32)))
    assert len(keys) == 1


def test_a_key_that_others_can_read_is_refused(tmp_path: Path) -> None:
    _ = at(tmp_path).secret_key_bytes
    (tmp_path / "secret-key").chmod(0o644)
    with pytest.raises(SettingsError, match="chmod 600"):
        _ = at(tmp_path).secret_key_bytes


def test_postgresql_needs_a_key_that_all_machines_share() -> None:
    settings = load({"WEBCONNECTOR_DATABASE_URL": "postgresql://u:p@h/d"})
    with pytest.raises(SettingsError, match="WEBCONNECTOR_SECRET_KEY is missing"):
        _ = settings.secret_key_bytes


def test_secrets_do_not_show_when_settings_are_printed() -> None:
    settings = load(
        {
            "WEBCONNECTOR_DATABASE_URL": "postgresql://u:hidden-word@h/d",
            "WEBCONNECTOR_SECRET_KEY": KEY,
        }
    )
    assert "hidden-word" not in repr(settings)
    assert KEY not in repr(settings)


def test_the_database_file_is_made_for_its_owner_only(tmp_path: Path) -> None:
    settings = at(tmp_path / "data")
    settings.make_files()
    path = settings.sqlite_path
    assert path is not None
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
