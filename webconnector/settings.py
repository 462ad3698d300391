"""The settings, read from the environment once, when the program starts.

Owns their names, defaults and limits, and what is wrong with a value. Must not open the database
nor know who uses a setting. Every setting is described in docs/settings.md; a test compares.
"""

from __future__ import annotations

import difflib
import os
import secrets
import stat
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, Final, Literal
from urllib.parse import urlsplit

from pydantic import Field, SecretStr, ValidationError, ValidationInfo, field_validator
from pydantic_core import ErrorDetails
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict

from qwc.document import InvalidQwc, public_urls
from webconnector import proxies

PREFIX: Final = "WEBCONNECTOR_"
FILE_SUFFIX: Final = "_FILE"
SECRETS: Final = ("database_url", "secret_key", "mail_password")
SECRET_CHARACTERS_MIN: Final = 32
SECRET_KEY_FILE_NAME: Final = "secret-key"  # noqa: S105 - a file's name
DATABASE_FILE_NAME: Final = "webconnector.sqlite3"

# One per application, the same for all companies and for ever: QuickBooks keeps our stamp under it.
OWNER_ID: Final = "{6d7a3f0e-2c51-4b89-9a64-f1c0d8e5b372}"

_GUID = r"^\{[0-9A-Fa-f]{8}-[0-9A-Fa-f]{4}-[0-9A-Fa-f]{4}-[0-9A-Fa-f]{4}-[0-9A-Fa-f]{12}\}$"
# What a value with a pattern looks like, for people.
_FORMS = {
    "owner_id": f"a GUID in braces, like {OWNER_ID}",
    "support_email": "an e-mail address, like help@example.com",
    "mail_from": "an e-mail address, like webconnector@example.com",
    "mail_support": "an e-mail address, like help@example.com",
    "mail_host": "a host name without a scheme and a port, like mail.example.com",
    "support_phone": "a telephone number: digits, blanks, + ( ) . / - and x for an extension",
}
_MAILBOX = r"^$|^[^@\s<>,;]+@[^@\s<>,;]+$"
_LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})
_DATABASES = ("sqlite:///", "postgresql://", "postgresql+psycopg://")


class SettingsError(Exception):
    """The environment is wrong; the text names every wrong setting and its cure."""


class Settings(BaseSettings):
    """All settings; immutable. Make one with `load`."""

    model_config = SettingsConfigDict(env_prefix=PREFIX, frozen=True, hide_input_in_errors=True)

    data_dir: Path = Field(
        default=Path("var"),
        description="Folder for what a single machine keeps: SQLite file, secret key, demo.",
    )
    database_url: SecretStr = Field(
        default=SecretStr(""),
        validate_default=True,
        description="`sqlite:///FILE` or `postgresql://USER:PASSWORD@HOST/NAME`.",
    )
    public_url: str = Field(
        default="http://localhost:8000",
        description="Address of this server as QuickBooks' machines see it, without a path.",
    )
    secret_key: SecretStr | None = Field(
        default=None,
        description="Keys the hashes of connector passwords and tickets; at least 32 characters.",
    )
    log_format: Literal["text", "json"] = Field(
        default="text", description="One line per event: `text` to read, `json` to collect."
    )
    log_level: Literal["debug", "info", "warning", "error"] = Field(
        default="info", description="The least serious events that are written."
    )
    keep_exchanges_days: Annotated[int, Field(ge=1, le=3650)] = Field(
        default=90, description="Days that raw requests and replies are kept."
    )
    owner_id: Annotated[str, Field(pattern=_GUID)] = Field(
        default=OWNER_ID,
        description="This application's GUID in braces. Never change it: connected companies would have to be bound again.",  # noqa: E501
    )
    session_silence_seconds: Annotated[int, Field(ge=10, le=3600)] = Field(
        default=60,
        description="A session is given up after this silence when the Web Connector is awaited.",
    )
    reply_silence_seconds: Annotated[int, Field(ge=60, le=86_400)] = Field(
        default=900,
        description="A session is given up after this silence while QuickBooks owes a reply.",
    )
    page_records_max: Annotated[int, Field(ge=1, le=1000)] = Field(
        default=100, description="Most records that QuickBooks is asked for in one page."
    )
    api_calls_per_minute: Annotated[int, Field(ge=1, le=100_000)] = Field(
        default=600, description="Most calls of one API token in a minute."
    )
    trusted_proxies: str = Field(
        default="",
        description="Addresses of the proxies in front whose X-Forwarded-For is believed.",
    )
    support_email: Annotated[str, Field(max_length=254, pattern=r"^$|^[^@\s<>]+@[^@\s<>]+$")] = (
        Field(default="", description="Address for help, shown on the public support page.")
    )
    support_phone: Annotated[str, Field(max_length=40, pattern=r"^[0-9+() ./x-]*$")] = Field(
        default="", description="Telephone for help, shown on the public support page."
    )
    mail_host: Annotated[str, Field(max_length=253, pattern=r"^[A-Za-z0-9.:_-]*$")] = Field(
        default="", description="The mail server that takes alerts; without one none are sent."
    )
    mail_port: Annotated[int, Field(ge=1, le=65_535)] = Field(
        default=587, description="The port of the mail server."
    )
    mail_security: Literal["starttls", "tls", "none"] = Field(
        default="starttls", description="How the way to the mail server is kept secret."
    )
    mail_user: str = Field(
        default="", description="Name of the account at the mail server; none: no login."
    )
    mail_password: SecretStr = Field(
        default=SecretStr(""), description="Password of the account at the mail server."
    )
    mail_from: Annotated[str, Field(max_length=254, pattern=_MAILBOX)] = Field(
        default="",
        validate_default=True,
        description="Address that alerts and the digest come from.",
    )
    mail_support: Annotated[str, Field(max_length=254, pattern=_MAILBOX)] = Field(
        default="",
        validate_default=True,
        description="Address that gets every company's alerts and the daily digest.",
    )
    mail_digest_hour: Annotated[int, Field(ge=0, le=23)] = Field(
        default=6, description="Hour of the day, UTC, from which on the daily digest is sent."
    )

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],  # noqa: ARG003 - pydantic-settings' signature
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,  # noqa: ARG003
        dotenv_settings: PydanticBaseSettingsSource,  # noqa: ARG003
        file_secret_settings: PydanticBaseSettingsSource,  # noqa: ARG003
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Only what `load` read: it knows `_FILE` and refuses misspelt names."""
        return (init_settings,)

    @field_validator("data_dir")
    @classmethod
    def _absolute(cls, value: Path) -> Path:
        return value.expanduser().absolute()

    @field_validator("database_url")
    @classmethod
    def _known_database(cls, value: SecretStr, info: ValidationInfo) -> SecretStr:
        url = value.get_secret_value()
        if not url:
            folder: Path = info.data.get("data_dir", Path("var").absolute())
            return SecretStr(f"sqlite:///{folder / DATABASE_FILE_NAME}")
        if not url.startswith(_DATABASES):
            raise ValueError(f"must begin with one of {', '.join(_DATABASES)}")
        if url == "sqlite:///" or ":memory:" in url:
            raise ValueError("must name a file: the server's processes share the database")
        return value

    @field_validator("public_url")
    @classmethod
    def _reachable_address(cls, value: str) -> str:
        value = value.rstrip("/")
        try:
            public_urls(value)
        except InvalidQwc as error:
            raise ValueError(" ".join(found.text for found in error.findings)) from None
        if urlsplit(value).path:
            raise ValueError("it has a path; keep only scheme, host name and port")
        return value

    @field_validator("trusted_proxies")
    @classmethod
    def _proxies(cls, value: str) -> str:
        proxies.networks(value)
        return value

    @field_validator("secret_key")
    @classmethod
    def _long_enough(cls, value: SecretStr | None) -> SecretStr | None:
        if value is not None and len(value.get_secret_value()) < SECRET_CHARACTERS_MIN:
            raise ValueError(
                f"must have at least {SECRET_CHARACTERS_MIN} characters; "
                "`openssl rand -hex 32` makes a good one"
            )
        return value

    @field_validator("mail_user")
    @classmethod
    def _not_in_the_clear(cls, value: str, info: ValidationInfo) -> str:
        host = info.data.get("mail_host", "")
        if value and info.data.get("mail_security") == "none" and host not in _LOOPBACK:
            raise ValueError(
                f"its password would travel in the clear; set {PREFIX}MAIL_SECURITY to "
                "starttls or tls"
            )
        return value

    @field_validator("mail_from", "mail_support")
    @classmethod
    def _needed_for_mail(cls, value: str, info: ValidationInfo) -> str:
        if info.data.get("mail_host") and not value:
            raise ValueError(f"must be set when {PREFIX}MAIL_HOST is")
        return value

    @property
    def database(self) -> str:
        """The database's URL. Holds a password: never log it."""
        return self.database_url.get_secret_value()

    @property
    def embedded(self) -> bool:
        """Whether the database is an SQLite file that belongs to this machine."""
        return self.database.startswith("sqlite")

    @property
    def secret_key_path(self) -> Path:
        """Where the generated key is kept when none is set and the database is SQLite."""
        return self.data_dir / SECRET_KEY_FILE_NAME

    @property
    def secret_key_bytes(self) -> bytes:
        """The secret key; made and kept in the data folder at first use on SQLite.

        Raises SettingsError when it is missing on PostgreSQL, or its file is open to others.
        """
        if self.secret_key is not None:
            return self.secret_key.get_secret_value().encode()
        if not self.embedded:
            raise SettingsError(
                f"{PREFIX}SECRET_KEY is missing: with PostgreSQL all machines need the same one. "
                f"Set it, or {PREFIX}SECRET_KEY_FILE; `openssl rand -hex 32` makes a good one."
            )
        return _kept_key(self.secret_key_path)

    @property
    def sqlite_path(self) -> Path | None:
        """The SQLite file; None with PostgreSQL."""
        if not self.embedded:
            return None
        return Path(self.database.removeprefix("sqlite:///").partition("?")[0]).absolute()

    def make_files(self) -> None:
        """Create the data folder and an empty SQLite file, for their owner only.

        Raises SettingsError when that fails.
        """
        try:
            self.data_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
            if self.sqlite_path is not None:
                self.sqlite_path.touch(mode=0o600)
        except OSError as error:
            raise SettingsError(
                f"{PREFIX}DATA_DIR: cannot create {error.filename}: {error.strerror}."
            ) from error


def load(environ: Mapping[str, str] | None = None) -> Settings:
    """The settings in `environ` (default: the process's own).

    Raises SettingsError naming every wrong or unknown `WEBCONNECTOR_` variable at once.
    """
    found, wrong = _read(os.environ if environ is None else environ)
    if not wrong:
        try:
            return Settings(**found)
        except ValidationError as error:
            wrong = [_sentence(str(item["loc"][0]), item) for item in error.errors()]
    raise SettingsError(" ".join(wrong))


def variables() -> dict[str, Any]:
    """Every variable and the description of its setting."""
    return {
        f"{PREFIX}{name.upper()}": field.description
        for name, field in Settings.model_fields.items()
    }


def _read(environ: Mapping[str, str]) -> tuple[dict[str, Any], list[str]]:
    found: dict[str, Any] = {}
    wrong: list[str] = []
    for variable in sorted(name for name in environ if name.startswith(PREFIX)):
        name = variable.removeprefix(PREFIX).lower()
        secret = name.removesuffix(FILE_SUFFIX.lower())
        if name in Settings.model_fields:
            if environ[variable]:  # an empty variable means: the default
                found[name] = environ[variable]
        elif name != secret and secret in SECRETS:
            if environ.get(PREFIX + secret.upper()):
                wrong.append(f"{variable}: {PREFIX}{secret.upper()} is set too; keep one of them.")
                continue
            try:
                found[secret] = Path(environ[variable]).read_text("utf-8").strip()
            except (OSError, ValueError) as error:
                reason = getattr(error, "strerror", None) or "not UTF-8 text"
                wrong.append(f"{variable}: cannot read {environ[variable]}: {reason}.")
        else:
            wrong.append(_unknown(variable))
    return found, wrong


def _unknown(variable: str) -> str:
    near = difflib.get_close_matches(variable, variables(), n=1)
    hint = f" Is {near[0]} meant?" if near else " docs/settings.md lists them all."
    return f"{variable}: there is no such setting.{hint}"


def _sentence(name: str, error: ErrorDetails) -> str:
    reason = error["msg"].removeprefix("Value error, ").removesuffix(".")
    if error["type"] == "string_pattern_mismatch":
        reason = f"must be {_FORMS[name]}"
    return f"{PREFIX}{name.upper()}: {reason[:1].lower()}{reason[1:]}."


def _kept_key(path: Path) -> bytes:
    """The key in the file; the first of several processes to come makes it."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    if not path.exists():
        draft = path.with_name(f"{path.name}.{secrets.token_hex(8)}")
        descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w") as file:
            file.write(secrets.token_hex(32))
        try:
            os.link(draft, path)  # complete or not at all, and never over another's key
        except FileExistsError:
            pass
        finally:
            draft.unlink()
    if stat.S_IMODE(path.stat().st_mode) & 0o077:
        raise SettingsError(f"{path} is open to other users. Run `chmod 600 {path}`.")
    key = path.read_text().strip()
    if len(key) < SECRET_CHARACTERS_MIN:
        raise SettingsError(
            f"{path} holds no key of {SECRET_CHARACTERS_MIN} characters. Restore it from a backup; "
            "without it every connector needs a new password."
        )
    return key.encode()
