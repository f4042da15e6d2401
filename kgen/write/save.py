"""
Write a tree so that a crash leaves the old one or the new one.

Two ways, because a folder can be exchanged as a whole only if all in it is kgen's:

- **A folder of kgen's own** (``deploy/<env>/<app>``): the new folder is made beside it, then the two change places in
  one system call. Whenever the process is killed, the old folder or the new one is there, complete.
- **A shared folder** (the app's source): the files are made ready first, then renamed into place one by one. If
  anything fails, the old files are put back. Only a process killed in those microseconds leaves some files old and
  some new; for that case a lock file that knows both is put there first, so that the next run takes all of them for
  kgen's own and finishes the work.

Saves in one parent folder wait for each other, so that two runs cannot mix. What a killed run left behind is deleted
by the next one.
"""

import contextlib
import errno
import os
import shutil
import sys
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path, PurePosixPath

from kgen.write import lock
from kgen.write.durable import sync_names
from kgen.write.tree import Changes, compare

_EXCHANGE = {"linux": ("renameat2", -100), "darwin": ("renameatx_np", -2)}
"""The call that swaps two paths, and its word for the current folder. Both take the flag 2 for a swap."""


def save(changes: Changes) -> None:
    """
    Do what ``changes`` says; nothing is touched if there is nothing to change.

    Raises:
        ValueError: ``changes`` has findings. A bug of the caller.
        OSError: The disk does not let us, or somebody wrote to the folder meanwhile. The old tree is still there.
    """
    if changes.found:
        raise ValueError("a tree with findings is not written")
    if changes.is_clean:
        return
    root = changes.tree.root.resolve()
    root.parent.mkdir(parents=True, exist_ok=True)
    with _alone_in(root.parent):
        now = compare(changes.tree, force=changes.force)  # another run may have been faster
        if now.found:
            raise OSError(errno.EBUSY, "changed while kgen was at work", now.found[0].at.file)
        if now.is_clean:
            return
        _clean(root)
        if not (_is_own(root, now) and _swap(root, now)):
            _replace(root, now)


@contextlib.contextmanager
def _alone_in(folder: Path) -> Iterator[None]:
    """Wait until no other run saves in ``folder``. Where folders cannot be locked, unique names have to do."""
    with contextlib.ExitStack() as stack:
        with contextlib.suppress(ImportError, OSError):  # Windows, some network drives
            import fcntl  # noqa: PLC0415  (there is none on Windows)

            handle = os.open(folder, os.O_RDONLY)
            stack.callback(os.close, handle)
            fcntl.flock(handle, fcntl.LOCK_EX)
        yield


def _clean(root: Path) -> None:
    """Delete what killed runs left beside ``root`` and in it. No other run is alive here: see ``_alone_in``."""
    for folder, prefix in ((root.parent, f"{lock.STAGE}{root.name}-"), (root, lock.STAGE)):
        with contextlib.suppress(FileNotFoundError):
            for path in list(folder.iterdir()):
                if path.name.startswith(prefix) and path.name.removeprefix(prefix).isdigit():
                    _discard(path)


def _discard(stage: Path) -> None:
    """Delete ``stage`` as far as possible: the tree is what counts, and the next save tries again."""
    if stage.is_dir() and not stage.is_symlink():
        shutil.rmtree(stage, ignore_errors=True)
    else:
        with contextlib.suppress(OSError):
            stage.unlink()


def _is_own(root: Path, changes: Changes) -> bool:
    """Tell whether nothing but kgen's files is in ``root``, and nobody stands in it."""
    files = {*changes.changed, *changes.removed, *changes.unchanged}
    folders = {folder.as_posix() for path in files for folder in PurePosixPath(path).parents}
    for place, names, leaves in os.walk(root, onerror=_fail):
        below = PurePosixPath(Path(place).relative_to(root).as_posix())
        if not folders.issuperset((below / name).as_posix() for name in names):
            return False
        if not files.issuperset((below / name).as_posix() for name in leaves):
            return False
    return not Path.cwd().is_relative_to(root)


def _fail(error: OSError) -> None:
    """Stop a walk that would otherwise leave out what it cannot read; what is not there may be left out."""
    if not isinstance(error, FileNotFoundError):
        raise error


def _swap(root: Path, changes: Changes) -> bool:
    """Put the whole new folder in the place of ``root``; ``False`` if the system does not let us."""
    stage = root.parent / f"{lock.STAGE}{root.name}-{os.getpid()}"
    texts = changes.tree.texts
    try:
        stage.mkdir()
        if texts:
            _fill(stage / "new", texts)
            _exchange(root, stage / "new", stage / "old")
        else:
            root.rename(stage / "old")
    except OSError:  # a mount point, a full disk: the other way works, or says what is wrong
        return False
    else:
        sync_names(root.parent)
        return True
    finally:
        _discard(stage)


def _exchange(root: Path, new: Path, old: Path) -> None:
    """Make ``new`` stand at ``root``, in one step if the system knows one."""
    if not root.exists():
        new.rename(root)
    elif not _exchanged(root, new):
        try:
            root.rename(old)
            new.rename(root)
        except BaseException:
            if old.exists() and not root.exists():
                old.rename(root)
            raise


def _exchanged(one: Path, other: Path) -> bool:
    """Swap two folders in one step; ``False`` if this system, or this disk, has no such step."""
    import ctypes  # noqa: PLC0415  (slow to import, and not needed for an unchanged tree)

    name, here = _EXCHANGE.get(sys.platform, ("", 0))
    call = getattr(ctypes.CDLL(None), name, None) if name else None
    return call is not None and call(here, os.fsencode(one), here, os.fsencode(other), 2) == 0


def _replace(root: Path, changes: Changes) -> None:
    """Rename each new file into its place, and put the old ones back if anything goes wrong."""
    is_new = not root.exists()
    root.mkdir(exist_ok=True)
    stage = root / f"{lock.STAGE}{os.getpid()}"
    texts = changes.tree.texts
    try:
        stage.mkdir()
        _fill(stage / "new", {path: texts[path] for path in (*changes.created, *changes.changed)})
        _keep(root, stage / "old", (*changes.changed, *changes.removed))
        try:
            _put(root, stage, changes)
        except BaseException:
            _restore(root, stage / "old", changes)
            raise
    finally:
        _discard(stage)
        _prune(root, (*changes.created, *changes.removed))
        if is_new or not texts:
            with contextlib.suppress(OSError):  # not empty: as it should be, or somebody's own
                root.rmdir()


def _put(root: Path, stage: Path, changes: Changes) -> None:
    """Move all files to where they belong, between a lock file that knows old and new and the final one."""
    name = changes.tree.lock
    if name in {*changes.created, *changes.changed, *changes.removed}:
        _fill(stage / "both", {name: _both(changes)})
        (stage / "both" / name).replace(root / name)
    for path in sorted({*changes.created, *changes.changed} - {name}):
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (stage / "new" / path).replace(root / path)
    for path in sorted({*changes.removed} - {name}):
        (root / path).unlink()
    if name in changes.removed:
        (root / name).unlink()
    elif name not in changes.unchanged:
        (stage / "new" / name).replace(root / name)
    sync_names(root)


def _both(changes: Changes) -> str:
    """Return a lock file that fits the files of before, those of after, and any mixture of them."""
    tree = changes.tree
    old = {path: lock.digest(content) for path, content in changes.before.items() if path != tree.lock}
    new = {path: lock.digest(text.encode()) for path, text in tree.files.items()}
    return lock.dump(old, tree.inputs, pending=new)


def _keep(root: Path, to: Path, paths: Iterable[str]) -> None:
    """Give the files at ``paths`` a second name below ``to``, or a copy where the disk knows no second names."""
    for path in paths:
        kept = to / path
        kept.parent.mkdir(parents=True, exist_ok=True)
        try:
            kept.hardlink_to(root / path)
        except OSError:
            shutil.copy2(root / path, kept)


def _restore(root: Path, kept: Path, changes: Changes) -> None:
    """Undo what ``_put`` did, however far it came."""
    for path in changes.created:
        with contextlib.suppress(OSError):
            (root / path).unlink()
    for path in (*changes.changed, *changes.removed):
        with contextlib.suppress(OSError):
            (kept / path).replace(root / path)


def _prune(root: Path, paths: Iterable[str]) -> None:
    """Remove the folders of ``paths`` that are empty now, but not ``root``."""
    folders = {folder for path in paths for folder in PurePosixPath(path).parents if folder.parts}
    for folder in sorted(folders, reverse=True):  # the deepest first
        with contextlib.suppress(OSError):
            (root / folder).rmdir()


def _fill(folder: Path, texts: Mapping[str, str]) -> None:
    """Write ``texts`` below ``folder``, and see to it that they are on the disk when they get their final names."""
    folder.mkdir()
    for path, text in texts.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        with (folder / path).open("xb") as file:
            file.write(text.encode())
            file.flush()
            os.fsync(file.fileno())
    for place, _, _ in os.walk(folder):
        sync_names(Path(place))
