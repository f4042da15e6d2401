"""From a project to its images: init, a person's changes, compile, build; and what an image must not hold."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path

from containers import buildah, files_of, remove, size_of
from images import PYTHON, build, cached, layers_of
from pods import remove_volumes
from projects import Compiled, initialised

TOOLS = ("gcc", "cc", "uv", "uvx", "poetry", "pdm", "pipenv", "git", "node")
LEFTOVERS = (
    *("root/.cache", "poetry", "pdm", "pipenv", "venv/bin/pip"),
    *("app/tests", "app/.git", "app/.venv", "app/deploy", "app/app.yaml", "app/Dockerfile", "app/compose.yaml"),
)
MEGABYTE = 1024 * 1024


@contextmanager
def made(
    name: str, folder: Path, edits: Mapping[str, str] | None = None, *, port: str = "", most: int, changed: str = ""
) -> Iterator[Compiled]:
    """
    Build the images of a project from nothing, and look into them.

    Args:
        name: The project.
        folder: Where its copy is made.
        edits: What a person changes in app.yaml.
        port: The port that init wrote, which becomes one that is free: pods share the host's network.
        most: Megabytes that an image may have on top of its base.
        changed: A file of the source; after a change of it, a second build has to take the packages from the cache.
    """
    app = initialised(name, folder, edits, port=port)
    said = []
    try:
        for image, dockerfile in app.builds.items():
            said.append(build(app.folder, image, dockerfile=dockerfile, layers=bool(changed)))
            with files_of(image) as files:
                assert_clean(files)
            size = (size_of(image) - size_of(PYTHON)) // MEGABYTE
            print(f"{image}: {size} MB")  # noqa: T201  # shown by `pytest -s`, or if it is too much
            assert size < most
        yield app
        if changed:
            said.append(_rebuilt(app, changed))
            _assert_packages_are_cached(said[-1])
    finally:
        for image in app.builds:
            remove(image)
        for layer in layers_of("\n".join(said)):
            with suppress(RuntimeError):  # most have gone with the image
                buildah("rmi", layer)
        remove_volumes(app)


def assert_clean(files: Path) -> None:
    """See that nothing is in an image that was only needed to build it, and nothing that its user could change."""
    places = ("bin", "usr/bin", "usr/local/bin", "venv/bin")
    assert [tool for tool in TOOLS if any((files / place / tool).exists() for place in places)] == []
    assert [name for name in LEFTOVERS if (files / name).exists()] == []
    for path in (files / "app").rglob("*"):
        mode = path.lstat().st_mode
        assert path.lstat().st_uid == 0, path
        assert (mode & 0o004, mode & 0o022) == (0o004, 0), path


def _rebuilt(app: Compiled, changed: str) -> str:
    """Build again after a change of the file ``changed``, and return what buildah says."""
    with (app.folder / changed).open("a", encoding="utf-8") as file:
        file.write(f"\n# changed in {app.folder}\n")  # which is another folder in every run
    ((image, dockerfile),) = app.builds.items()
    return build(app.folder, image, dockerfile=dockerfile, layers=True)


def _assert_packages_are_cached(said: str) -> None:
    """See that only what depends on the source was built again."""
    steps = cached(said)
    source = steps.index(("COPY . .", False))
    assert [step for step, is_cached in steps[:source] if not is_cached and not step.startswith("FROM")] == [], said
