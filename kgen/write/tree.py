"""
A folder as it is, and as it should be.

Only what the lock file lists is ever replaced or removed, and only while it is what kgen left there: everything
else in the folder is somebody's own work. Nothing in this module writes; ``save`` does.
"""

import os
import re
import stat
from collections.abc import Iterator, Mapping
from pathlib import Path, PurePosixPath

from kgen.diag import Diagnostic
from kgen.record import dataclass
from kgen.write import lock, rules


@dataclass(frozen=True, slots=True, kw_only=True)
class Tree:
    """All that kgen makes in one folder. A tree without files is one that is to be removed."""

    root: Path
    files: Mapping[str, str]
    """Relative POSIX path → text."""

    inputs: Mapping[str, str]
    """Name of an input → its SHA-256, for the lock file only."""

    owner: str = ""
    """Which of the inputs the tree belongs to: another app's output is not overwritten."""

    out: Path | None = None
    """Folder that the root is below: no symbolic link between the two is followed out of it."""

    lock: str = lock.NAME
    """Name of the lock file. Trees that share a folder, and are not always made together, need one each."""

    def __post_init__(self) -> None:
        for path in (*self.files, self.lock):
            if not lock.is_inside(path):
                raise ValueError(f"no path inside a tree: {path!r}")
        if self.lock in self.files or "/" in self.lock:
            raise ValueError(f"no name for a lock file: {self.lock!r}")

    @property
    def texts(self) -> dict[str, str]:
        """The files with the lock file among them; nothing at all if there are no files."""
        if not self.files:
            return {}
        hashes = {path: lock.digest(text.encode()) for path, text in self.files.items()}
        return {**self.files, self.lock: lock.dump(hashes, self.inputs)}


@dataclass(frozen=True, slots=True, kw_only=True)
class Changes:
    """What a save would do. All paths are relative to the root and sorted; the lock file is one of them."""

    tree: Tree
    force: bool
    created: tuple[str, ...]
    changed: tuple[str, ...]
    removed: tuple[str, ...]
    unchanged: tuple[str, ...]
    before: Mapping[str, bytes]
    """What the changed and removed files hold now."""

    found: tuple[Diagnostic, ...]
    """Why it must not be done. Hand edits are among ``changed`` and ``removed``, so that a diff shows them."""

    @property
    def is_clean(self) -> bool:
        """Whether the folder is as it should be."""
        return not (self.created or self.changed or self.removed or self.found)


def compare(tree: Tree, *, force: bool = False) -> Changes:
    """
    Find out what has to change on disk for ``tree``, and what forbids it.

    Args:
        tree: What should be there.
        force: Take files that were edited by hand, or not made by kgen, for kgen's own. Symbolic links, and folders
            in the place of files, stay findings.

    Raises:
        OSError: A file or folder cannot be read.
    """
    if blocked := tuple(_ways_out(tree)):
        return _impossible(tree, blocked, force=force)
    listed = _listed(tree)
    if not force and tree.owner and listed.inputs and tree.owner not in listed.inputs:
        return _impossible(tree, (rules.anothers(tree.root, tree.owner),), force=force)
    texts = tree.texts
    found = [] if force else list(listed.found)
    before: dict[str, bytes] = {}
    sorts: dict[str, list[str]] = {"created": [], "changed": [], "removed": [], "unchanged": []}
    for path in sorted({*texts, *listed.owned, tree.lock}):
        now = _standing(tree.root, path)
        wanted = texts.get(path)
        if isinstance(now, Diagnostic):
            found.append(now)
            continue
        if sort := _sort(now, wanted):
            sorts[sort].append(path)
        if now is None or sort == "unchanged":
            continue
        before[path] = now
        if not force and not listed.found and path != tree.lock:
            found += _somebodys_own(tree.root / path, now, listed.owned.get(path), unwanted=wanted is None)
    return Changes(
        tree=tree,
        force=force,
        created=tuple(sorts["created"]),
        changed=tuple(sorts["changed"]),
        removed=tuple(sorts["removed"]),
        unchanged=tuple(sorts["unchanged"]),
        before=before,
        found=tuple(dict.fromkeys(found)),
    )


def diff(changes: Changes) -> str:
    """Return what a save would do as a unified diff that ``git apply`` takes. The lock file is left out of it."""
    import difflib  # noqa: PLC0415  (only ``--diff`` needs it, and it takes time to import)

    parts: list[str] = []
    texts = changes.tree.texts
    for path in sorted({*changes.created, *changes.changed, *changes.removed} - {changes.tree.lock}):
        shown = (changes.tree.root / path).as_posix().lstrip("/")
        old = changes.before[path].decode(errors="replace") if path in changes.before else None
        new = texts.get(path)
        lines = difflib.unified_diff(
            _lines(old),
            _lines(new),
            "/dev/null" if old is None else f"a/{shown}",
            "/dev/null" if new is None else f"b/{shown}",
        )
        parts += (line if line.endswith("\n") else f"{line}\n\\ No newline at end of file\n" for line in lines)
    return "".join(parts)


def _lines(text: str | None) -> list[str]:
    """Split at LF alone: ``str.splitlines`` also splits at U+2028, form feeds and the like, which Git does not."""
    return [] if text is None else re.findall(r"[^\n]*\n|[^\n]+", text.replace("\r\n", "\n"))


def _sort(now: bytes | None, wanted: str | None) -> str:
    """Name what has to happen to a file; nothing, if it neither is there nor should be."""
    if wanted is None:
        return "" if now is None else "removed"
    if now is None:
        return "created"
    return "unchanged" if lock.digest(now) == lock.digest(wanted.encode()) else "changed"


def _somebodys_own(path: Path, now: bytes, known: frozenset[str] | None, *, unwanted: bool) -> Iterator[Diagnostic]:
    """Yield why the file at ``path`` is not kgen's to replace; ``known`` are its hashes in the lock file, if listed."""
    if known is None:
        yield rules.not_made_by_kgen(path)
    elif lock.digest(now) not in known:
        yield rules.hand_edited(path, unwanted=unwanted)


def _impossible(tree: Tree, found: tuple[Diagnostic, ...], *, force: bool) -> Changes:
    return Changes(tree=tree, force=force, created=(), changed=(), removed=(), unchanged=(), before={}, found=found)


def _ways_out(tree: Tree) -> Iterator[Diagnostic]:
    """Yield what is in the way between the folder of all output and the root: symbolic links, and files."""
    if tree.out is None:
        return
    if tree.out.exists() and not tree.out.is_dir():  # a link in place of the whole folder is the user's own choice
        yield rules.taken(tree.out, wanted="folder")
        return
    steps = tree.root.relative_to(tree.out).parts[:-1]
    for depth in range(1, len(steps) + 1):
        folder = tree.out.joinpath(*steps[:depth])
        mode = _mode(folder)
        if mode is not None and stat.S_ISLNK(mode):
            yield rules.symlink(folder)
        elif mode is not None and not stat.S_ISDIR(mode):
            yield rules.taken(folder, wanted="folder")


def _listed(tree: Tree) -> lock.Lock:
    match _standing(tree.root, tree.lock):
        case None:
            return lock.Lock({})
        case bytes() as content:
            return lock.parse(content, tree.root / tree.lock)
        case finding:
            return lock.Lock({}, (finding,))


def _standing(root: Path, path: str) -> bytes | Diagnostic | None:
    """Return what is at ``path`` below ``root``: the bytes of a file, nothing, or why no file can be there."""
    for folder in reversed(PurePosixPath(path).parents):  # the first is ``root`` itself
        mode = _mode(root / folder)
        if mode is None:
            return None
        if stat.S_ISLNK(mode):
            return rules.symlink(root / folder)
        if not stat.S_ISDIR(mode):
            return rules.taken(root / folder, wanted="folder")
    return _read(root / path)


def _read(path: Path) -> bytes | Diagnostic | None:
    mode = _mode(path)
    if mode is None:
        return None
    if stat.S_ISLNK(mode):
        return rules.symlink(path)
    if not stat.S_ISREG(mode):
        return rules.taken(path, wanted="file")
    try:
        return path.read_bytes()
    except FileNotFoundError:  # removed this very moment, by another run
        return None


def _mode(path: Path) -> int | None:
    """Return what ``path`` is, without following a symbolic link."""
    try:
        return os.lstat(path).st_mode
    except FileNotFoundError:
        return None
