"""The text around a finding, for those who show it."""

from kgen.source import Source
from kgen.validate.document import Document


def source(path: str, document: Document) -> dict[str, Source]:
    """Return the text of ``document`` as a part of the file ``path``, by its name."""
    chunk = document.chunk
    if chunk is None:
        return {}
    text = chunk.text.decode(errors="replace")
    if chunk.after:  # the finding is on the separator itself
        return {path: Source(name=path, text=f"--- {chunk.after}\n{text}", first_line=chunk.line)}
    return {path: Source(name=path, text=text, first_line=chunk.line + 1)}
