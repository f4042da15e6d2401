"""Read the lock file of base images."""

from collections.abc import Mapping
from pathlib import Path

from kgen.diag import Diagnostic, Label, Rule
from kgen.filenames import IMAGE_LOCK
from kgen.image_lock import parse
from kgen.load.text import text_of
from kgen.record import dataclass

DAMAGED = Rule(
    code="KG3296",
    name="damaged-image-lock",
    explain="Without the digests of the lock file, images would be built from whatever a tag means on that day.",
)
RULES = (DAMAGED,)


@dataclass(frozen=True, slots=True, kw_only=True)
class ImageLock:
    """The lock file of a repository."""

    path: Path
    digests: Mapping[str, str]
    """Image → digest."""

    found: tuple[Diagnostic, ...] = ()


def look(root: Path) -> ImageLock | None:
    """Return what the lock file in ``root`` says; ``None`` if there is none."""
    path = root / IMAGE_LOCK
    if not path.exists():
        return None
    text = text_of(path)
    content = "it cannot be read as text" if text is None else parse(text)
    if not isinstance(content, str):
        return ImageLock(path=path, digests=content)
    found = Diagnostic(
        rule=DAMAGED,
        message=f"`{path.as_posix()}` is no lock file of images: {content}",
        at=Label(file=path.as_posix()),
        help="make it anew: `kgen lock`",
    )
    return ImageLock(path=path, digests={}, found=(found,))
