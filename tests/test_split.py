"""Files into documents, as kubectl splits them, whatever the sizes of the blocks that are read."""

import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kgen.read import split
from kgen.read.split import Chunk, chunks, stream

CASES = {
    "one document": (b"a: 1\n", [(b"a: 1\n", 0, "")]),
    "empty file": (b"", [(b"", 0, "")]),
    "two": (b"a: 1\n---\nb: 2\n", [(b"a: 1\n", 0, ""), (b"b: 2\n", 2, "")]),
    "separator first": (b"---\na: 1\n---\nb: 2", [(b"a: 1\n", 1, ""), (b"b: 2", 3, "")]),
    "comment above the first separator": (b"# licence\n\n---\na: 1\n", [(b"a: 1\n", 3, "")]),
    "comment after a separator": (b"--- # first\na: 1\n", [(b"a: 1\n", 1, "")]),
    "text after a separator": (b"--- a: 1\nb: 2\n", [(b"b: 2\n", 1, "a: 1")]),
    "four dashes": (b"a: 1\n----\nb: 2\n", [(b"a: 1\n", 0, ""), (b"b: 2\n", 2, "-")]),
    "empty documents count": (b"---\n---\na: 1\n---\n", [(b"", 1, ""), (b"a: 1\n", 2, ""), (b"", 4, "")]),
    "separator at the end without line break": (b"a: 1\n---", [(b"a: 1\n", 0, ""), (b"", 1, "")]),
    "windows": (b"a: 1\r\n---\r\nb: 2\r\n", [(b"a: 1\r\n", 0, ""), (b"b: 2\r\n", 2, "")]),
    "byte order mark": (b"\xef\xbb\xbf---\na: 1\n", [(b"a: 1\n", 1, "")]),
    "dashes inside a line": (b"a: x---\n ---\n", [(b"a: x---\n ---\n", 0, "")]),
}


def parts(data: bytes) -> list[tuple[bytes, int, str]]:
    return [(chunk.text, chunk.line, chunk.after) for chunk in chunks(data)]


def streamed(data: bytes) -> list[tuple[bytes, int, str]]:
    return [(chunk.text, chunk.line, chunk.after) for chunk in stream(io.BytesIO(data).read)]


@pytest.mark.parametrize(("data", "wanted"), CASES.values(), ids=CASES)
def test_a_file_is_split_at_its_separators(data: bytes, wanted: list[tuple[bytes, int, str]]) -> None:
    assert parts(data) == wanted
    assert streamed(data) == wanted


@given(
    st.lists(st.sampled_from([b"---\n", b"---", b"a: 1\n", b"\n", b"# x\n", b"--- #\r\n", b"--", b" "])),
    st.integers(4, 9),
)
def test_the_size_of_blocks_changes_nothing(pieces: list[bytes], block: int) -> None:
    data = b"".join(pieces)
    wanted = parts(data)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(split, "_BLOCK", block)
        assert streamed(data) == wanted


def test_a_document_without_end_takes_no_more_than_its_limit() -> None:
    data = b"a: 1\n---\nb: " + b"x" * 10_000_000 + b"\n---\nc: 3\n"
    first, large, last = list(stream(io.BytesIO(data).read))
    assert first.text == b"a: 1\n"
    assert large.size == 10_000_004
    assert len(large.text) <= split.LARGEST + 2 * (1 << 20)
    assert (last.text, last.line) == (b"c: 3\n", 4)


def test_a_stream_is_never_held_as_a_whole() -> None:
    document = b"---\na: 1\n"
    left = [1_000_000]

    def read(size: int) -> bytes:
        count = min(left[0], size // len(document))
        left[0] -= count
        return document * count

    seen: list[Chunk] = []
    for count, chunk in enumerate(stream(read)):
        if not count:
            assert left[0] > 0
            seen.append(chunk)
    assert count == 999_999
