"""The programs that are compared, and the inputs that they get."""

import shutil
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import schema_folder
from every_field import VERSION

BIN = Path(sys.executable).parent
SCHEMA_ONLY = Path(__file__).with_name("schema_only.py")
PLAIN, EVERY = "plain", "every-field-set"
"""The sorts of documents. What is filled in at random is valid for schemas, and for none of the other rules."""

EMPTY = "python -c pass"
READ = "CSafeLoader, reads only"
KGEN = "kgen"
SCHEMAS = "kgen, schemas only"
ALONE = "kgen -j 1 --no-cache"
COLD, WARM = "kgen, cold", "kgen, warm"
COLD_ALONE, WARM_ALONE = "kgen -j 1, cold", "kgen -j 1, warm"
UPSTREAM = "kubernetes-validate"
KUBECONFORM = "kubeconform"

READER = """\
import glob, yaml
for name in sorted(glob.glob("*.yaml")):
    with open(name, "rb") as file:
        for value in yaml.load_all(file, Loader=yaml.CSafeLoader):
            pass
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Input:
    """Documents in a folder of their own, which is a workspace."""

    sort: str
    count: int
    folder: Path
    is_one_file: bool

    def files(self) -> list[str]:
        """Return the names of the files."""
        return sorted(path.name for path in self.folder.glob("*.yaml"))

    @property
    def caches(self) -> bool:
        """Whether there are enough files for kgen to look into its cache."""
        return len(self.files()) >= 8  # noqa: PLR2004  # kgen.commands.validate


def written(folder: Path, sort: str, texts: Sequence[str], *, one_file: bool = False) -> Input:
    """Write documents and return them as an input."""
    (folder / ".git").mkdir(parents=True)
    files = ["---\n".join(text.removeprefix("---\n") for text in texts)] if one_file else texts
    for index, text in enumerate(files):
        (folder / f"{index:05}.yaml").write_text(text, "utf-8")
    return Input(sort=sort, count=len(texts), folder=folder, is_one_file=one_file)


@dataclass(frozen=True, slots=True, kw_only=True)
class Tool:
    """A program, what it is asked to do, and what has to be done before each run."""

    name: str
    command: Sequence[str]
    prepare: Callable[[], None] = lambda: None


def kubeconform_options(folder: Path) -> tuple[str, ...]:
    """Return the options for kubeconform and write what they name; nothing if it is not on this machine."""
    return schema_folder.write(folder) if shutil.which(KUBECONFORM) else ()


def tools(given: Input, *, most_upstream: int, kubeconform: Sequence[str]) -> list[Tool]:
    """
    Return the tools for one input, in the order in which they take turns: a warm run comes after a cold one.

    Args:
        most_upstream: Documents that kubernetes-validate is given; for more, it takes minutes.
        kubeconform: Options; none if there is no kubeconform.
    """
    python = sys.executable
    made = [Tool(name=EMPTY, command=(python, "-c", "pass"))] if given.count == 1 else []
    made += [
        Tool(name=READ, command=(python, "-c", READER)),
        Tool(name=SCHEMAS, command=(python, str(SCHEMA_ONLY), VERSION)),
        *(_commands(given) if given.sort == PLAIN else ()),
    ]
    if given.count <= most_upstream:
        options = ("--strict", "--quiet", "-k", VERSION)
        made.append(Tool(name=UPSTREAM, command=(str(BIN / UPSTREAM), *options, *given.files())))
    if kubeconform:
        made.append(Tool(name=KUBECONFORM, command=(str(shutil.which(KUBECONFORM)), *kubeconform, ".")))
    return made


def _commands(given: Input) -> list[Tool]:
    """Return the ways to run ``kgen validate``."""
    kgen = (str(BIN / "kgen"), "validate", "-k", VERSION)
    alone = (*kgen, "-j", "1")
    made = [Tool(name=ALONE, command=(*alone, "--no-cache", "."))]
    if given.caches:

        def forget() -> None:
            shutil.rmtree(given.folder / ".kgen", ignore_errors=True)

        made += [
            Tool(name=COLD_ALONE, command=(*alone, "."), prepare=forget),
            Tool(name=WARM_ALONE, command=(*alone, ".")),
            Tool(name=COLD, command=(*kgen, "."), prepare=forget),
            Tool(name=WARM, command=(*kgen, ".")),
        ]
    elif not given.is_one_file:
        made.append(Tool(name=KGEN, command=(*kgen, ".")))
    return made
