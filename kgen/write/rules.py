"""Why a tree cannot be written: somebody else's work is in the way."""

from pathlib import Path

from kgen.diag import Diagnostic, Label, Rule

NOT_WRITABLE = Rule(code="KG1104", name="output-not-writable", explain="The operating system did not let kgen write.")
HAND_EDITED_OUTPUT = Rule(
    code="KG4001",
    name="hand-edited-output",
    explain="A file that kgen made was changed by somebody else since, and writing it again would lose that change.",
)
FILE_NOT_MADE_BY_KGEN = Rule(
    code="KG4002",
    name="file-not-made-by-kgen",
    explain="kgen replaces only files that its lock file lists; this one is not listed, so it is somebody's own work.",
)
SYMLINK_IN_OUTPUT = Rule(
    code="KG4003",
    name="symlink-in-output",
    explain="Writing through a symbolic link would change a file outside the folder that kgen was told to write to.",
)
OUTPUT_PATH_TAKEN = Rule(
    code="KG4004",
    name="output-path-taken",
    explain="A file cannot be written where a folder is, nor a folder made where a file is.",
)
DAMAGED_LOCK = Rule(
    code="KG4005",
    name="damaged-lock",
    explain="The lock file says which files are kgen's to replace or remove; if it cannot be trusted, none is.",
)
NEWER_LOCK = Rule(
    code="KG4006",
    name="newer-lock",
    explain="The lock file was written by a newer kgen and may say things that this one does not understand.",
)
OUTPUT_OF_ANOTHER_APP = Rule(
    code="KG4007",
    name="output-of-another-app",
    explain="Two apps of one name would overwrite each other's output, run by run.",
)

_KEPT = {
    "Dockerfile": "to build with it, say `build: {dockerfile: Dockerfile}`; to keep it beside kgen's, say "
    "`build: {output: Dockerfile.kgen}`; to replace it, run with `--force`",
    ".dockerignore": "to keep it, say `build: {output: Dockerfile.kgen}`, which has an ignore file of its own; "
    "to replace it, run with `--force`",
    ".env.example": "to keep it, say `compose: {envExample: .env.kgen.example}`; to replace it, run with `--force`",
    "compose.yaml": "to keep it, say `compose: {output: compose.kgen.yaml}`, or `compose: false`; "
    "to replace it, run with `--force`",
}
"""How the files that people often have already are kept."""

RULES = (
    NOT_WRITABLE,
    HAND_EDITED_OUTPUT,
    FILE_NOT_MADE_BY_KGEN,
    SYMLINK_IN_OUTPUT,
    OUTPUT_PATH_TAKEN,
    DAMAGED_LOCK,
    NEWER_LOCK,
    OUTPUT_OF_ANOTHER_APP,
)


def anothers(root: Path, owner: str) -> Diagnostic:
    """Report that the folder was made from another app file than ``owner``."""
    shown = root.as_posix()
    return Diagnostic(
        rule=OUTPUT_OF_ANOTHER_APP,
        message=f"`{shown}` was not made from `{owner}`, but from another app file",
        at=Label(file=shown),
        help="give the apps different names; if the app file has moved, run once with `--force`",
    )


def hand_edited(path: Path, *, unwanted: bool) -> Diagnostic:
    """Report that the file at ``path`` is not what kgen left there; ``unwanted``: it is to be removed."""
    shown = path.as_posix()
    what = ", and it is no longer made" if unwanted else ""
    way = "remove" if unwanted else "overwrite"
    return Diagnostic(
        rule=HAND_EDITED_OUTPUT,
        message=f"`{shown}` was edited by hand{what}",
        at=Label(file=shown),
        help=f"put the change into the app file, or run with `--force` to {way} it",
    )


def not_made_by_kgen(path: Path) -> Diagnostic:
    shown = path.as_posix()
    return Diagnostic(
        rule=FILE_NOT_MADE_BY_KGEN,
        message=f"`{shown}` exists and was not made by kgen",
        at=Label(file=shown),
        help=_KEPT.get(path.name, "move it away, or run with `--force` to overwrite it"),
    )


def symlink(path: Path) -> Diagnostic:
    shown = path.as_posix()
    return Diagnostic(
        rule=SYMLINK_IN_OUTPUT,
        message=f"`{shown}` is a symbolic link, which kgen does not write through",
        at=Label(file=shown),
        help="replace it with what it points to, or remove it",
    )


def taken(path: Path, *, wanted: str) -> Diagnostic:
    """Report that what stands at ``path`` is not of the sort that is ``wanted``: ``file`` or ``folder``."""
    shown = path.as_posix()
    return Diagnostic(
        rule=OUTPUT_PATH_TAKEN,
        message=f"`{shown}` has to be a {wanted}, but something else is there",
        at=Label(file=shown),
        help="move it away",
    )


def damaged_lock(path: Path, why: str) -> Diagnostic:
    shown = path.as_posix()
    return Diagnostic(
        rule=DAMAGED_LOCK,
        message=f"`{shown}` {why}",
        at=Label(file=shown),
        help="restore it from Git, or run with `--force` to start a new one",
    )


def newer_lock(path: Path, version: int) -> Diagnostic:
    shown = path.as_posix()
    return Diagnostic(
        rule=NEWER_LOCK,
        message=f"`{shown}` has version {version}, newer than this kgen knows",
        at=Label(file=shown),
        help="update kgen, or run with `--force` to start a new one",
    )


def not_writable(path: Path, error: OSError) -> Diagnostic:
    shown = path.as_posix()
    return Diagnostic(
        rule=NOT_WRITABLE,
        message=f"`{shown}` cannot be read or written: {(error.strerror or str(error)).lower()}",
        at=Label(file=shown),
        help="check that the folder may be written, and that the disk has room",
    )
