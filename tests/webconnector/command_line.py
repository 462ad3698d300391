"""For the tests of the command line: run a command in this process, read what it said."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from webconnector.cli import main


@dataclass(frozen=True)
class Said:
    """What a command left: exit code, stdout, stderr."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        """stdout, which must be one JSON document."""
        return json.loads(self.out)


class CommandLine:
    """`webconnector` with a data folder of its own."""

    def __init__(
        self, folder: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        self.folder = folder
        self._capsys = capsys
        self._monkeypatch = monkeypatch
        self.set(DATA_DIR=str(folder))

    def set(self, **settings: str) -> None:
        """Set WEBCONNECTOR_ variables."""
        for name, value in settings.items():
            self._monkeypatch.setenv(f"WEBCONNECTOR_{name}", value)

    def __call__(self, *arguments: str, stdin: str | None = None) -> Said:
        """Run a command; never raises for what the command refuses."""
        self._capsys.readouterr()
        if stdin is not None:
            path = self.folder / "stdin.json"
            path.write_text(stdin, "utf-8")
            arguments = tuple(str(path) if one == "-" else one for one in arguments)
        code = main(arguments)
        written = self._capsys.readouterr()
        return Said(code, written.out, written.err)

    def done(self, *arguments: str, stdin: str | None = None) -> Any:
        """The JSON of a command that must succeed."""
        said = self(*arguments, "--json", stdin=stdin)
        assert said.code == 0, said.err
        return said.json

    def refused(self, *arguments: str, code: int = 1, stdin: str | None = None) -> str:
        """The one line of a command that must be refused, told the same way to programs."""
        said = self(*arguments, "--json", stdin=stdin)
        assert said.code == code, said
        assert said.err.count("\n") == 1
        line = said.err.strip().removeprefix("Error: ")
        assert said.json == {"error": line}
        return line
