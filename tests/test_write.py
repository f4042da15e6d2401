"""What kgen does to a folder, and above all what it does not do."""

import contextlib
import errno
import hashlib
import itertools
import json
import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any
from unittest import mock

import pytest

import kgen
from kgen.write import rules
from kgen.write import save as saving
from kgen.write.lock import NAME
from kgen.write.save import save
from kgen.write.tree import Changes, Tree, compare, diff

OLD = {"a.yaml": "a: 1\n", "b.yaml": "b: 1\n", "gone/c.yaml": "c: 1\n", "same.yaml": "same: 1\n"}
NEW = {"a.yaml": "a: 2\n", "b.yaml": "b: 2\n", "fresh/d.yaml": "d: 2\n", "same.yaml": "same: 1\n"}
LATER = {"a.yaml": "a: 3\n", "b.yaml": "b: 1\n", "e.yaml": "e: 3\n", "same.yaml": "same: 1\n"}


def tree(root: Path, files: dict[str, str], **inputs: str) -> Tree:
    return Tree(root=root, files=files, inputs=inputs or {"app.yaml": "0" * 64})


def write(root: Path, files: dict[str, str], *, force: bool = False) -> Changes:
    changes = compare(tree(root, files), force=force)
    save(changes)
    return changes


def files(root: Path) -> dict[str, str]:
    """All files below ``root`` but the lock files; links are shown as such."""
    return {
        path.relative_to(root).as_posix(): f"-> {path.readlink()}" if path.is_symlink() else path.read_text("utf-8")
        for path in sorted(root.rglob("*"))
        if (path.is_symlink() or path.is_file()) and path.name != NAME
    }


def names(changes: Changes) -> list[str]:
    return [diagnostic.rule.name for diagnostic in changes.found]


def snapshot(root: Path) -> dict[str, tuple[int, int, bytes]]:
    return {
        path.as_posix(): (path.stat().st_ino, path.stat().st_mtime_ns, path.read_bytes() if path.is_file() else b"")
        for path in (root, *root.rglob("*"))
    }


@pytest.fixture(params=["own", "shared"])
def root(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    """A folder for a tree: one that is all kgen's, and one in which somebody else has a file."""
    root = tmp_path / "prod" / "shop"
    if request.param == "shared":
        root.mkdir(parents=True)
        (root / "app.yaml").write_text("name: shop\n")
    return root


def made(root: Path) -> dict[str, str]:
    return {path: text for path, text in files(root).items() if path != "app.yaml"}


def test_a_new_tree_is_created_with_its_lock(root: Path) -> None:
    changes = write(root, OLD)
    assert changes.created == (".kgen.lock", "a.yaml", "b.yaml", "gone/c.yaml", "same.yaml")
    assert (changes.changed, changes.removed, changes.unchanged, changes.found) == ((), (), (), ())
    assert made(root) == OLD
    assert (root / NAME).read_text() == (
        "{\n"
        '  "files": {\n'
        + ",\n".join(f'    "{path}": "{hashlib.sha256(text.encode()).hexdigest()}"' for path, text in OLD.items())
        + '\n  },\n  "inputs": {\n'
        f'    "app.yaml": "{"0" * 64}"\n'
        '  },\n  "version": 1\n}\n'
    )


def test_a_changed_tree_replaces_creates_and_removes(root: Path) -> None:
    write(root, OLD)
    changes = write(root, NEW)
    assert changes.created == ("fresh/d.yaml",)
    assert changes.changed == (".kgen.lock", "a.yaml", "b.yaml")
    assert changes.removed == ("gone/c.yaml",)
    assert changes.unchanged == ("same.yaml",)
    assert made(root) == NEW
    assert not (root / "gone").exists()
    assert compare(tree(root, NEW)).is_clean


def test_an_unchanged_tree_is_not_touched(root: Path) -> None:
    write(root, OLD)
    before = snapshot(root)
    changes = write(root, OLD)
    assert changes.is_clean
    assert snapshot(root) == before


def test_changed_inputs_change_the_lock_only(root: Path) -> None:
    write(root, OLD)
    changes = compare(tree(root, OLD, **{"app.yaml": "1" * 64}))
    assert changes.changed == (NAME,)
    assert diff(changes) == ""
    save(changes)
    assert json.loads((root / NAME).read_text())["inputs"] == {"app.yaml": "1" * 64}


def test_compare_writes_nothing(root: Path) -> None:
    compare(tree(root, OLD))
    assert not (root / NAME).exists()
    write(root, OLD)
    before = snapshot(root)
    compare(tree(root, NEW))
    compare(tree(root, NEW), force=True)
    assert snapshot(root) == before


def test_nothing_is_left_beside_the_tree(root: Path) -> None:
    write(root, OLD)
    write(root, NEW)
    assert [path.name for path in root.parent.iterdir()] == ["shop"]
    assert not [path for path in root.rglob("*") if path.name.startswith(".kgen-new-")]


def test_files_get_ordinary_modes(root: Path) -> None:
    write(root, OLD)
    umask = os.umask(0)
    os.umask(umask)
    for path in (root / "a.yaml", root / "gone" / "c.yaml", root / NAME):
        assert path.stat().st_mode & 0o777 == 0o666 & ~umask


def test_a_tree_without_files_is_removed(root: Path, tmp_path: Path) -> None:
    write(root, OLD)
    changes = write(root, {})
    assert changes.removed == (".kgen.lock", "a.yaml", "b.yaml", "gone/c.yaml", "same.yaml")
    left = {path.relative_to(tmp_path).as_posix() for path in tmp_path.rglob("*")}
    assert left <= {"prod", "prod/shop", "prod/shop/app.yaml"}
    assert compare(tree(root, {})).is_clean


def test_foreign_files_stay(root: Path) -> None:
    write(root, OLD)
    (root / "gone" / "notes.md").write_text("mine")
    (root / "empty").mkdir()
    write(root, NEW)
    assert made(root) == {**NEW, "gone/notes.md": "mine"}
    assert (root / "empty").is_dir()


def test_a_file_deleted_by_hand_is_made_again(root: Path) -> None:
    write(root, OLD)
    (root / "a.yaml").unlink()
    changes = write(root, OLD)
    assert changes.created == ("a.yaml",)
    assert made(root) == OLD


def test_a_file_deleted_by_hand_and_no_longer_wanted_is_no_matter(root: Path) -> None:
    write(root, OLD)
    shutil.rmtree(root / "gone")
    assert write(root, NEW).removed == ()
    assert made(root) == NEW


@pytest.mark.parametrize(("path", "wanted"), [("a.yaml", True), ("gone/c.yaml", False)])
def test_a_hand_edit_is_a_finding(root: Path, path: str, wanted: bool) -> None:  # noqa: FBT001  (a parameter)
    write(root, OLD)
    (root / path).write_text("edited: true\n")
    changes = compare(tree(root, NEW))
    [finding] = changes.found
    assert finding.rule is rules.HAND_EDITED_OUTPUT
    assert finding.at.file == (root / path).as_posix()
    assert f"`{(root / path).as_posix()}` was edited by hand" in finding.message
    assert f"run with `--force` to {'overwrite' if wanted else 'remove'} it" in finding.help
    assert not changes.is_clean
    with pytest.raises(ValueError, match="findings"):
        save(changes)
    assert made(root) == {**OLD, path: "edited: true\n"}
    write(root, NEW, force=True)
    assert made(root) == NEW


def test_a_hand_edit_that_says_the_same_is_none(root: Path) -> None:
    write(root, OLD)
    (root / "a.yaml").write_text(NEW["a.yaml"])
    assert not write(root, NEW).found
    assert made(root) == NEW


def test_line_ends_of_windows_are_no_edit(root: Path) -> None:
    write(root, OLD)
    for path in (*OLD, NAME):
        (root / path).write_bytes((root / path).read_bytes().replace(b"\n", b"\r\n"))
    assert compare(tree(root, OLD)).is_clean
    assert not write(root, NEW).found
    assert made(root) == NEW


def test_a_file_not_made_by_kgen_is_a_finding(root: Path) -> None:
    root.mkdir(parents=True, exist_ok=True)
    (root / "a.yaml").write_text("mine: true\n")
    changes = compare(tree(root, OLD))
    assert names(changes) == ["file-not-made-by-kgen"]
    assert changes.found[0].at.file == (root / "a.yaml").as_posix()
    assert "mine: true" in diff(changes)
    write(root, OLD, force=True)
    assert made(root) == OLD


def test_identical_files_are_adopted(root: Path) -> None:
    (root / "gone").mkdir(parents=True)
    for path, text in OLD.items():
        (root / path).write_text(text)
    changes = write(root, OLD)
    assert (changes.created, changes.unchanged) == ((NAME,), tuple(OLD))
    assert not write(root, NEW).found
    assert made(root) == NEW


def test_paths_are_shown_as_they_were_given(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "Dockerfile").write_text("FROM scratch\n")
    for given, shown in (".", "Dockerfile"), ("../" + tmp_path.name, f"../{tmp_path.name}/Dockerfile"):
        [finding] = compare(tree(Path(given), {"Dockerfile": "FROM a\n"})).found
        assert finding.at.file == shown


def test_the_folder_one_stands_in_is_not_exchanged(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    write(Path(), OLD)
    write(Path(), NEW)
    assert files(Path.cwd()) == NEW
    assert files(Path()) == NEW


def test_two_trees_may_share_a_folder(tmp_path: Path) -> None:
    one = Tree(root=tmp_path, files={"one.yaml": "a: 1\n"}, inputs={}, lock=".kgen-one.lock")
    two = Tree(root=tmp_path, files={"two.yaml": "b: 1\n"}, inputs={}, lock=".kgen-two.lock")
    for each in (one, two, one):
        save(compare(each))
    assert compare(one).is_clean
    assert compare(two).is_clean
    save(compare(Tree(root=tmp_path, files={}, inputs={}, lock=".kgen-one.lock")))
    assert sorted(path.name for path in tmp_path.iterdir()) == [".kgen-two.lock", "two.yaml"]


@pytest.mark.parametrize("path", ["../x", "/x", "", "a//b", "a/", "./a", "a/../b", "C:x", "a\\b", ".kgen-new-1", NAME])
def test_a_tree_holds_only_paths_inside(path: str) -> None:
    with pytest.raises(ValueError, match=r"tree|lock"):
        tree(Path("x"), {path: ""})


# Locks that cannot be trusted


def lock_text(**values: Any) -> str:
    return json.dumps({"version": 1, "inputs": {}, "files": {}, **values})


SHA = hashlib.sha256(b"secret").hexdigest()


@pytest.mark.parametrize(
    ("content", "rule"),
    [
        ("", rules.DAMAGED_LOCK),
        ("<<<<<<< HEAD\n", rules.DAMAGED_LOCK),
        ("\xff", rules.DAMAGED_LOCK),
        ("[" * 100_000, rules.DAMAGED_LOCK),
        ("[]", rules.DAMAGED_LOCK),
        ("{}", rules.DAMAGED_LOCK),
        (lock_text(version="1"), rules.DAMAGED_LOCK),
        (lock_text(version=True), rules.DAMAGED_LOCK),
        (lock_text(version=0), rules.DAMAGED_LOCK),
        (lock_text(files=[]), rules.DAMAGED_LOCK),
        (lock_text(files={"a.yaml": 1}), rules.DAMAGED_LOCK),
        (lock_text(pending=None), rules.DAMAGED_LOCK),
        (lock_text(files={"../outside": SHA}), rules.DAMAGED_LOCK),
        (lock_text(files={"a/../../outside": SHA}), rules.DAMAGED_LOCK),
        (lock_text(pending={"../outside": SHA}), rules.DAMAGED_LOCK),
        (lock_text(files={"/etc/passwd": SHA}), rules.DAMAGED_LOCK),
        (lock_text(files={"a\x00": SHA}), rules.DAMAGED_LOCK),
        (lock_text(files={"\ud800": SHA}), rules.DAMAGED_LOCK),
        (lock_text(version=2, files=None), rules.NEWER_LOCK),
    ],
)
def test_a_lock_that_cannot_be_trusted_is_a_finding(root: Path, content: str, rule: Any) -> None:
    write(root, OLD)
    outside = root.parent / "outside"
    outside.write_text("secret")
    (root / NAME).write_text(content, "latin-1")
    changes = compare(tree(root, NEW))
    assert [finding.rule for finding in changes.found] == [rule]
    assert changes.found[0].at.file == (root / NAME).as_posix()
    write(root, NEW, force=True)
    assert outside.read_text() == "secret"
    assert made(root) == {**NEW, "gone/c.yaml": OLD["gone/c.yaml"]}  # nobody knows any more whose it is


def test_a_lock_listing_an_absolute_path_never_removes_it(root: Path, tmp_path: Path) -> None:
    (victim := tmp_path / "victim").write_text("secret")
    root.mkdir(parents=True, exist_ok=True)
    (root / NAME).write_text(lock_text(files={victim.as_posix(): SHA}))
    assert names(compare(tree(root, OLD))) == ["damaged-lock"]
    write(root, OLD, force=True)
    assert victim.read_text() == "secret"


# Links and folders in the way


@pytest.mark.parametrize("force", [False, True])
@pytest.mark.parametrize("place", ["", "a.yaml", NAME, "gone", "gone/c.yaml"])
def test_a_link_in_the_way_is_not_followed(tmp_path: Path, place: str, force: bool) -> None:  # noqa: FBT001  (a parameter)
    root, elsewhere = tmp_path / "prod" / "shop", tmp_path / "elsewhere"
    write(root, OLD)
    shutil.copytree(root, elsewhere)
    (root / place).rename(tmp_path / "old")
    (root / place).symlink_to(elsewhere / place)
    before = snapshot(elsewhere)
    for wanted in (OLD, LATER, {}):
        changes = compare(tree(root, wanted), force=force)
        assert names(changes) == ["symlink-in-output"]
        assert changes.found[0].at.file == (root / place).as_posix()
        with pytest.raises(ValueError, match="findings"):
            save(changes)
    assert snapshot(elsewhere) == before


def test_a_link_to_nowhere_is_in_the_way_too(root: Path, tmp_path: Path) -> None:
    root.mkdir(parents=True, exist_ok=True)
    (root / "a.yaml").symlink_to(tmp_path / "nowhere")
    assert names(compare(tree(root, OLD), force=True)) == ["symlink-in-output"]


def test_a_foreign_link_beside_the_files_stays(tmp_path: Path) -> None:
    write(tmp_path / "shop", OLD)
    (tmp_path / "shop" / "link").symlink_to(tmp_path)
    write(tmp_path / "shop", NEW)
    assert made(tmp_path / "shop") == {**NEW, "link": f"-> {tmp_path}"}


@pytest.mark.parametrize("force", [False, True])
def test_a_folder_where_a_file_goes_is_a_finding(root: Path, force: bool) -> None:  # noqa: FBT001  (a parameter)
    (root / "a.yaml").mkdir(parents=True)
    changes = compare(tree(root, OLD), force=force)
    assert names(changes) == ["output-path-taken"]
    assert "has to be a file" in changes.found[0].message


@pytest.mark.parametrize("place", ["gone", ""])
def test_a_file_where_a_folder_goes_is_a_finding(tmp_path: Path, place: str) -> None:
    (tmp_path / "shop" / place).parent.mkdir(exist_ok=True)
    (tmp_path / "shop" / place).write_text("mine")
    changes = compare(tree(tmp_path / "shop", OLD), force=True)
    assert names(changes) == ["output-path-taken"]
    assert "has to be a folder" in changes.found[0].message


def test_a_pipe_is_not_read(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "a.yaml")
    assert names(compare(tree(tmp_path, OLD))) == ["output-path-taken"]


# Diff


def test_diff(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    write(Path("out"), {"a.yaml": "one\ntwo\u2028\nthree\n", "gone.yaml": "x: 1\n"})
    (Path("out") / "a.yaml").write_bytes(b"one\r\ntwo\xe2\x80\xa8\r\nend")
    changes = compare(tree(Path("out"), {"a.yaml": "one\ntwo\u2028\nfour\n", "new.yaml": "y: 1\n"}))
    assert names(changes) == ["hand-edited-output"]
    assert diff(changes) == (
        "--- a/out/a.yaml\n+++ b/out/a.yaml\n@@ -1,3 +1,3 @@\n one\n two\u2028\n"
        "-end\n\\ No newline at end of file\n+four\n"
        "--- a/out/gone.yaml\n+++ /dev/null\n@@ -1 +0,0 @@\n-x: 1\n"
        "--- /dev/null\n+++ b/out/new.yaml\n@@ -0,0 +1 @@\n+y: 1\n"
    )


def test_a_diff_can_be_printed_whatever_the_file_held(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_bytes(b"\xff\xfe")
    assert "-\ufffd\ufffd\n" in diff(compare(tree(tmp_path, OLD)))


def test_git_takes_the_diff(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    write(Path("out"), OLD)
    patch = diff(compare(tree(Path("out"), NEW)))
    subprocess.run(["git", "apply", "-"], input=patch.encode(), check=True, env={**os.environ, "GIT_DIR": "/nowhere"})
    assert files(Path("out")) == NEW


# Disks that fail


def test_a_disk_that_is_full_leaves_the_old_tree(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(root, OLD)
    before = snapshot(root)

    def full(_handle: int) -> None:
        raise OSError(errno.ENOSPC, "no space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="no space"):
        write(root, NEW)
    assert {path: value[2] for path, value in snapshot(root).items()} == {k: value[2] for k, value in before.items()}
    assert [path.name for path in root.parent.iterdir()] == ["shop"]
    monkeypatch.undo()
    write(root, NEW)
    assert made(root) == NEW


def test_a_folder_that_cannot_be_written_is_an_error_of_the_system(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(OSError, match="file"):
        write(tmp_path / "file" / "prod" / "shop", OLD)


@pytest.mark.parametrize("way", ["two renames", "one by one"])
def test_systems_that_cannot_exchange_folders(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, way: str) -> None:
    root = tmp_path / "shop"
    write(root, OLD)
    monkeypatch.setattr(saving, "_EXCHANGE", {})
    if way == "one by one":  # as for a mount point

        def busy(path: Path, _to: Path) -> None:
            raise OSError(errno.EBUSY, "busy", str(path))

        monkeypatch.setattr(Path, "rename", busy)
    write(root, NEW)
    assert files(root) == NEW
    write(root, {})
    assert not root.exists()


def test_disks_that_know_no_second_names(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def no_links(_path: Path, _to: Path) -> None:
        raise OSError(errno.EPERM, "no links here")

    monkeypatch.setattr(Path, "hardlink_to", no_links)
    write(root, OLD)
    write(root, NEW)
    assert made(root) == NEW


def test_somebody_who_writes_meanwhile_is_noticed(root: Path) -> None:
    write(root, OLD)
    changes = compare(tree(root, NEW))
    (root / "a.yaml").write_text("edited: true\n")
    with pytest.raises(OSError, match="changed while kgen was at work"):
        save(changes)
    assert made(root) == {**OLD, "a.yaml": "edited: true\n"}


def test_what_a_killed_run_left_is_cleaned(root: Path) -> None:
    write(root, OLD)
    for place in (root.parent / ".kgen-new-shop-123", root / ".kgen-new-123"):
        (place / "new").mkdir(parents=True)
        (place / "new" / "a.yaml").write_text("half")
    kept = [root.parent / ".kgen-new-shop-web-123", root.parent / ".kgen-new-shop-x"]
    for place in kept:  # another tree's, and nobody's
        place.mkdir()
    assert compare(tree(root, OLD)).is_clean
    write(root, NEW)
    assert made(root) == NEW
    assert sorted(root.parent.iterdir()) == sorted([root, *kept])
    assert not (root / ".kgen-new-123").exists()


def test_a_leftover_that_is_a_link_is_not_followed(tmp_path: Path) -> None:
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "a").write_text("mine")
    (tmp_path / ".kgen-new-shop-1").symlink_to(tmp_path / "mine")
    write(tmp_path / "shop", OLD)
    assert files(tmp_path / "mine") == {"a": "mine"}
    assert not (tmp_path / ".kgen-new-shop-1").is_symlink()


# Crashes at every point: a child process per point, in a driver of its own that has no threads


CRASHES = ("kill", "error", "interrupt")
NOT_REACHED = 0
CALLS = ("mkdir", "rename", "remove", "rmdir", "link", "listdir", "scandir")
EVENTS = {"open", "ctypes.dlsym", *(f"os.{call}" for call in CALLS)}


@pytest.mark.parametrize(
    ("sort", "crash"),
    [*itertools.product(["own", "shared"], CRASHES), ("first", "kill"), ("first", "error"), ("removed", "kill")],
)
def test_a_crash_at_any_point_leaves_a_tree_from_which_kgen_goes_on(tmp_path: Path, sort: str, crash: str) -> None:
    run = _driver("crashes", str(tmp_path), sort, crash)
    assert run.wait(60) == 0


def test_runs_at_the_same_time_do_not_mix(tmp_path: Path) -> None:
    root = tmp_path / "prod" / "shop"
    writers = [_driver("writes", str(root), str(which)) for which in range(3)]
    assert [writer.wait(60) for writer in writers] == [0, 0, 0]
    assert files(root) in (OLD, NEW, LATER)
    assert compare(tree(root, files(root))).is_clean
    assert list(root.parent.iterdir()) == [root]


def _driver(*arguments: str) -> subprocess.Popen[bytes]:
    path = os.pathsep.join([str(Path(kgen.__file__).parent.parent), os.environ.get("PYTHONPATH", "")])
    return subprocess.Popen([sys.executable, __file__, *arguments], env={**os.environ, "PYTHONPATH": path})


def _writes(root: Path, which: int) -> None:
    for turn in range(10):
        wanted = (OLD, NEW, LATER)[(which + turn) % 3]
        changes = compare(tree(root, wanted))
        while changes.found:  # seen in the middle of somebody's exchange
            changes = compare(tree(root, wanted))
        try:
            save(changes)
        except OSError as fault:
            if fault.errno != errno.EBUSY:
                raise


def _crashes(folder: Path, sort: str, crash: str) -> None:
    old, new = {"own": (OLD, NEW), "shared": (OLD, NEW), "first": ({}, NEW), "removed": (OLD, {})}[sort]
    for point in range(1, 1000):
        root = folder / str(point) / "shop"
        if sort == "shared":
            root.mkdir(parents=True)
            (root / "app.yaml").write_text("name: shop\n")
        write(root, old)
        code = _crash(root, new, point, crash)
        left = {path: text for path, text in made(root).items() if not path.startswith(".kgen-new-")}
        if (sort, crash) == ("shared", "kill"):
            assert all(text in {old.get(path), new.get(path)} for path, text in left.items()), (point, left)
        else:
            assert left in (old, new), (point, left)
        write(root, LATER)  # no finding, whatever came before
        assert files(root) == {**LATER, **({"app.yaml": "name: shop\n"} if sort == "shared" else {})}, point
        assert [path.name for path in root.parent.iterdir()] == ["shop"], point
        assert not [path for path in root.iterdir() if path.name.startswith(".kgen-new-")], point
        if code == NOT_REACHED:
            assert left == new
            assert point > 20
            return
    raise AssertionError("it never ends")


def _crash(root: Path, new: dict[str, str], point: int, crash: str) -> int:
    """Write ``new`` in a process of its own that fails at its ``point``-th word to the disk."""
    if child := os.fork():
        return os.waitpid(child, 0)[1]
    count = 0

    def hook(event: str, _arguments: tuple[Any, ...]) -> None:
        nonlocal count
        count += event in EVENTS
        if event in EVENTS and count == point:
            match crash:
                case "kill":
                    os.kill(os.getpid(), signal.SIGKILL)
                case "error":
                    raise OSError(errno.EIO, "broken")
                case _:
                    raise KeyboardInterrupt

    sys.addaudithook(hook)
    with contextlib.suppress(OSError, KeyboardInterrupt):
        write(root, new)
    os._exit(0 if count < point else 1)


if __name__ == "__main__":
    import ctypes
    import fcntl

    assert ctypes
    assert fcntl  # so that no crash falls into an import
    if sys.argv[1] == "crashes":
        with mock.patch.object(os, "fsync"):  # slow, and of no use unless the power fails
            _crashes(Path(sys.argv[2]), sys.argv[3], sys.argv[4])
    else:
        _writes(Path(sys.argv[2]), int(sys.argv[3]))
