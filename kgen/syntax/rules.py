"""The rules of the syntax stage. kgen reads a narrow YAML: one document, one way to say a thing, string keys."""

from kgen.diag import Rule, Severity

SYNTAX_ERROR = Rule(
    code="KG1001",
    name="yaml-syntax-error",
    explain="The text is not YAML, so nothing after the fault can be read.",
)
UNREADABLE = Rule(
    code="KG1002",
    name="unreadable-file",
    explain="The file is missing, is a folder, is not text, is too large, or its permissions forbid reading it.",
)
NOT_UTF8 = Rule(
    code="KG1003",
    name="text-not-utf8",
    explain="kgen reads UTF-8 only, so that a file means the same on every machine.",
)
CONTROL_CHARACTER = Rule(
    code="KG1004",
    name="control-character",
    explain="The character cannot be seen, and YAML allows it only as an escape in double quotes.",
)
TAB_INDENTATION = Rule(
    code="KG1005",
    name="tab-indentation",
    explain="YAML is indented with spaces: how wide a tab is depends on the editor.",
)
DUPLICATE_KEY = Rule(
    code="KG1006",
    name="duplicate-key",
    explain="YAML readers disagree on which of the two values wins, so one of them would be lost unseen.",
)
YAML_ANCHOR = Rule(
    code="KG1007",
    name="yaml-anchor",
    explain="Anchors let one part of a file change another one far away; kgen has `environments` for what differs.",
)
YAML_ALIAS = Rule(
    code="KG1008",
    name="yaml-alias",
    explain="App files have `environments` for what differs; in Kubernetes objects, an alias needs an anchor above it.",
)
YAML_TAG = Rule(
    code="KG1009",
    name="yaml-tag",
    explain="The type of a value follows from its field; tags are read differently by every tool.",
)
MERGE_KEY = Rule(
    code="KG1010",
    name="merge-key",
    explain="`<<` is no part of YAML 1.2, and readers disagree on it.",
)
KEY_NOT_STRING = Rule(
    code="KG1011",
    name="key-not-a-string",
    explain="Kubernetes objects are JSON, where every key is a string.",
)
SEVERAL_DOCUMENTS = Rule(
    code="KG1012",
    name="several-documents",
    explain="A file holds one app, so that its name and its place in the repository say which.",
)
EMPTY_FILE = Rule(
    code="KG1013",
    name="empty-file",
    explain="There is nothing in the file but spaces and comments.",
)
ROOT_NOT_MAPPING = Rule(
    code="KG1014",
    name="root-not-a-mapping",
    explain="The file has to consist of `key: value` lines.",
)
NESTING_TOO_DEEP = Rule(
    code="KG1015",
    name="nesting-too-deep",
    explain="No field of Kubernetes lies that deep; the limit keeps broken or hostile files from exhausting memory.",
)
NUMBER_OUT_OF_RANGE = Rule(
    code="KG1016",
    name="number-out-of-range",
    explain="Kubernetes stores whole numbers in 64 bits, and JSON has neither infinity nor not-a-number.",
)
YAML_DIRECTIVE = Rule(
    code="KG1017",
    name="yaml-directive",
    explain="Directives change how the rest of the file is read; kgen always reads YAML 1.2.",
)
LEADING_ZERO = Rule(
    code="KG1018",
    name="number-with-leading-zero",
    severity=Severity.WARNING,
    explain="YAML 1.1 takes a number with a leading zero for octal, YAML 1.2 for decimal: `0644` is 420 or 644.",
)

RULES = (
    SYNTAX_ERROR,
    UNREADABLE,
    NOT_UTF8,
    CONTROL_CHARACTER,
    TAB_INDENTATION,
    DUPLICATE_KEY,
    YAML_ANCHOR,
    YAML_ALIAS,
    YAML_TAG,
    MERGE_KEY,
    KEY_NOT_STRING,
    SEVERAL_DOCUMENTS,
    EMPTY_FILE,
    ROOT_NOT_MAPPING,
    NESTING_TOO_DEEP,
    NUMBER_OUT_OF_RANGE,
    YAML_DIRECTIVE,
    LEADING_ZERO,
)

_LONGEST = 60


def code(text: str) -> str:
    """Return ``text`` as it is quoted in a message: in backticks, and shortened."""
    return f"`{text}`" if len(text) <= _LONGEST else f"`{text[: _LONGEST - 1]}…`"
