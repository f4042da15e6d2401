"""The shell scripts of a stage: what RUN gives to which shell."""

from __future__ import annotations

import re

from kgen.check.dockerfile.shell import pipelines
from kgen.dockerfile import Word

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from kgen.check.dockerfile.shell import Command
    from kgen.check.dockerfile.stages import Stage
    from kgen.check.dockerfile.variables import Scope
    from kgen.dockerfile import Instruction

_NOT_POSIX = frozenset({"cmd", "cmd.exe", "powershell", "powershell.exe", "pwsh", "pwsh.exe"})
_SHELLS = re.compile(r"#!\s*(?:/usr)?/bin/(?:env\s+(?:-S\s+)?)?(?:ba|da|a|k|z)?sh\b[^\n]*")
_ONLY_HEREDOC = re.compile(r"\d*<<-?\s*\S+")


class Script:
    """What one ``RUN`` gives to a shell."""

    __slots__ = ("_heredoc", "_instruction", "has_pipefail", "pipelines", "scope", "text")

    def __init__(self, instruction: Instruction, scope: Scope, heredoc: Word | None, *, has_pipefail: bool) -> None:
        self._instruction = instruction
        self._heredoc = heredoc
        self.scope = scope
        self.text = instruction.text if heredoc is None else heredoc.text
        self.has_pipefail = has_pipefail
        """Whether the shell is told to fail with any command of a pipe."""

        self.pipelines = [*pipelines(self.text)]

    @property
    def commands(self) -> Iterator[Command]:
        for pipeline in self.pipelines:
            yield from pipeline.commands

    def word(self, command: Command) -> Word:
        """Return where a command stands."""
        if self._heredoc is not None:
            return self._heredoc.part(command.start, command.end)
        rest = self._instruction.rest
        return self._instruction.line.word(rest + command.start, rest + command.end)

    def has_mount(self, path: str) -> bool:
        """Tell whether a cache, or a folder in memory, is mounted at a path with ``path`` in it."""
        return any(
            re.search(r"type=(?:cache|tmpfs)", mount.text) and path in mount.text
            for mount in self._instruction.values("mount")
        )


def of(stage: Stage) -> Iterator[Script]:
    """Yield the scripts of a stage that are for a POSIX shell."""
    shell = stage.parent.last("SHELL") if stage.parent is not None else None
    words = [word.text for word in shell[1].words] if shell is not None else []
    for instruction, scope in stage.steps:
        if instruction.name == "SHELL":
            words = [word.text for word in instruction.words]
        if instruction.name != "RUN" or instruction.is_json or not instruction.words:
            continue
        name = re.split(r"[/\\]", words[0])[-1].lower() if words else ""
        is_windows = stage.escape == "`" or (stage.root.image is not None and stage.root.image.is_windows)
        if name in _NOT_POSIX or (is_windows and not words):
            continue
        heredoc, is_shell = _heredoc(instruction)
        if is_shell:
            has_pipefail = any("pipefail" in word for word in words)
            yield Script(instruction, scope, heredoc, has_pipefail=has_pipefail)


def _heredoc(instruction: Instruction) -> tuple[Word | None, bool]:
    """Return the lines that are the script, if not the instruction itself is, and whether a shell reads it."""
    if not instruction.heredocs or not _ONLY_HEREDOC.fullmatch(instruction.text):
        return None, True
    body = instruction.heredocs[0].body
    return body, not body.text.startswith("#!") or bool(_SHELLS.match(body.text))
