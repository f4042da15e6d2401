"""What can be wrong with the text of a Kubernetes object, beside what can be wrong with any YAML."""

from kgen.diag import Rule, Severity

ALIAS_TO_ITSELF = Rule(
    code="KG1019",
    name="alias-inside-its-anchor",
    explain="A value that contains itself has no end.",
)
EXCESSIVE_ALIASING = Rule(
    code="KG1020",
    name="excessive-aliasing",
    explain="Aliases of aliases make a few lines fill the memory of whoever reads them; the API server refuses them.",
)
BAD_MERGE = Rule(
    code="KG1021",
    name="merge-of-no-mapping",
    explain="`<<` adds the keys of other mappings to this one, so it takes nothing else.",
)
WRONG_TAG = Rule(
    code="KG1022",
    name="value-unlike-its-tag",
    explain="The tag asks for a type that the text cannot be read as, so the API server refuses the document.",
)
TEXT_AFTER_SEPARATOR = Rule(
    code="KG1023",
    name="text-after-separator",
    explain="kubectl splits a file at its `---` lines, and accepts nothing but a comment after them.",
)
DOCUMENT_TOO_LARGE = Rule(
    code="KG1024",
    name="document-too-large",
    explain="The API server refuses requests above 3 MiB, and stores no object above 1.5 MiB.",
)
MERGED_AGAIN = Rule(
    code="KG1025",
    name="merged-key-set-again",
    explain="The API server reads YAML strictly: a key that `<<` sets may not be set again, as other readers allow.",
)
KEY_CHANGED = Rule(
    code="KG1026",
    name="key-changed-by-yaml",
    severity=Severity.WARNING,
    explain=(
        "YAML 1.1 takes some words and numbers for something else than text, as keys too: `on:` becomes `true:`, and "
        "`1.10:` becomes `1.1:`. Whoever looks for the key as it was written does not find it."
    ),
)

RULES = (
    ALIAS_TO_ITSELF,
    EXCESSIVE_ALIASING,
    BAD_MERGE,
    WRONG_TAG,
    MERGED_AGAIN,
    KEY_CHANGED,
    TEXT_AFTER_SEPARATOR,
    DOCUMENT_TOO_LARGE,
)
