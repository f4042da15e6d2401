"""The short way and the command line proper: both understand the same, or the short way leaves it to the other."""

from typing import Any

import pytest
from typer.testing import CliRunner

import kgen.commands.compile
import kgen.commands.init
import kgen.commands.validate
from kgen import arguments, cli

VALIDATE: list[list[str]] = [
    [],
    ["a.yaml", "b"],
    ["-"],
    ["-k", "1.33", "a.yaml", "-k", "1.34"],
    ["--kubernetes", "1.33"],
    ["--profile", "server", "."],
    ["--crds", "x", "--crds", "y", "a"],
    ["--format", "json"],
    ["a", "--format", "github", "--no-cache"],
    ["-j", "2", "a"],
    ["--jobs", "0"],
    ["--format", "text", "--format", "junit"],
    ["--profile", "server", "--profile", "default"],
    ["-j", "1", "-j", "3"],
    ["--kubernetes=1.33"],
    ["-k1.33"],
    ["-j2", "a"],
    ["--", "-a"],
    ["--format", "sarif"],
]

COMPILE: list[list[str]] = [
    [],
    ["a", "b/app.yaml"],
    ["", "-"],
    ["-e", "production", "a", "--env", "staging"],
    ["--out", "x", "-o", "y"],
    ["--set", "image.tag=1", "--set", "components.web.image.tag=2", "."],
    ["--check", "a", "--check"],
    ["--diff"],
    ["--stdout", "--env", "x"],
    ["--force", "--format", "json"],
    ["--check", "--format", "junit"],
    ["--stdout", "--format", "text"],
    ["--env=x"],
    ["-ex"],
    ["--", "-a"],
    ["--format", "sarif"],
]

INIT: list[list[str]] = [
    [],
    ["."],
    ["services/api", "--yes"],
    ["-y", "--force", "--stdout"],
    ["--format", "json", "--yes", "-y", "a"],
    ["--format", "text"],
    ["--format=json"],
    ["--", "-a"],
]

LEFT = ("=", "--", "sarif", "-k1.33", "-j2", "-ex")
"""What tells that arguments are not plain."""


@pytest.mark.parametrize(
    ("command", "words"),
    [
        *(("validate", each) for each in VALIDATE),
        *(("compile", each) for each in COMPILE),
        *(("init", each) for each in INIT),
    ],
    ids=lambda each: each if isinstance(each, str) else " ".join(each),
)
def test_both_ways_in_understand_the_same(command: str, words: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[Any] = []

    def note(request: object, *_: object) -> int:
        asked.append(request)
        return 0

    module = getattr(kgen.commands, command)
    monkeypatch.setattr(module, "run", note)
    result = CliRunner().invoke(cli.app, [command, *words])
    assert result.exit_code == 0, result.output
    terminal = {"is_terminal": False} if command == "init" else {}
    short = getattr(arguments, f"{command}_request")(words, colour=False, **terminal)
    is_left = any(word in LEFT or (word.startswith("--") and "=" in word) for word in words)
    assert (short is None) == is_left
    for name in module.Request.__slots__ if short else ():
        one, other = getattr(short, name), getattr(asked[0], name)
        assert (tuple(one) == tuple(other)) if isinstance(one, list | tuple) else one == other, name


@pytest.mark.parametrize(
    "words",
    [["--help"], ["--format", "xml"], ["--profile", "x"], ["-j", "x"], ["-j", "-1"], ["-k"], ["--nope"], ["-kj", "1"]],
    ids=" ".join,
)
def test_what_is_not_plain_for_validate_is_left_to_the_command_line(words: list[str]) -> None:
    assert arguments.validate_request(words, colour=False) is None


@pytest.mark.parametrize(
    "words",
    [
        ["--help"],
        ["--format", "xml"],
        ["--out"],
        ["--set", "-x"],
        ["--check", "--diff"],
        ["--diff", "--format", "json"],
    ],
    ids=" ".join,
)
def test_what_is_not_plain_for_compile_is_left_to_the_command_line(words: list[str]) -> None:
    assert arguments.compile_request(words, colour=False) is None


@pytest.mark.parametrize(
    "words", [["--help"], ["a", "b"], ["--format", "github"], ["--format"], ["--nope"], ["-yy"]], ids=" ".join
)
def test_what_is_not_plain_for_init_is_left_to_the_command_line(words: list[str]) -> None:
    assert arguments.init_request(words, colour=False, is_terminal=False) is None
