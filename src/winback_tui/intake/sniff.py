"""From a file of unknown make to one text: opened, unpacked, and told what it is.

A text may be larger than memory: it stays in its file, or in a nameless temporary one.
"""

import codecs
import hashlib
import io
import re
import sys
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import IO, Final, NamedTuple

from winback_tui.errors import BadInputError
from winback_tui.intake import unpack
from winback_tui.intake.decoding import CHUNK, chunks, decoded, size_of, spool
from winback_tui.words.printable import printable

STDIN: Final = "-"
_SAMPLE: Final = 65_536
#: No header is longer (bytes).
_HEAD: Final = 1 << 20
#: How binary files that are never read begin, and what to do about them.
_BINARY: Final = (
    (b"SQLite format 3\x00", "is a database, not a table of text; export it as CSV first"),
    (b"%PDF", "is a PDF document; export the data as CSV instead"),
    (b"BZh", "is packed with bzip2; unpack it first"),
    (b"\xfd7zXZ\x00", "is packed with xz; unpack it first"),
    (b"\x28\xb5\x2f\xfd", "is packed with zstd; unpack it first"),
)
#: How texts begin that are no tables, and what to do about them.
_OTHER_TEXTS: Final = (
    (
        re.compile(rb"(?i)\s*<(?:!doctype html|html|body|table|head|meta|div)\b"),
        "is a web page, whatever its name says; "
        "open it in a spreadsheet program and save it as CSV or XLSX",
    ),
    (re.compile(rb"\s*<[?!a-zA-Z]"), "is XML, not a table; export CSV or XLSX instead"),
    (re.compile(rb"\s*(?:\{1:|:20:)"), "is an MT940 statement; get the statement as CSV instead"),
)
#: How a JSON array of objects begins; a table may have a bracket there as well.
_ARRAY: Final = re.compile(rb"\s*\[\s*\{\s*[\"}]")

#: Says of a line's cells whether they are the header that is looked for.
Accepts = Callable[[Sequence[str]], bool]


class Raw(NamedTuple):
    """A file as it was read: the name people know it by, and its text in UTF-8 in a file.

    `text` holds the text of `size` bytes, of which `start` come before it; `layout` is what the
    file was ("CSV", "Excel", "Parquet", "JSON", "JSON Lines"), `line` the number of the text's
    first line, `left_out` what else the file holds (other sheets).
    """

    name: str
    sha256: str
    text: IO[bytes]
    size: int
    encoding: str
    start: int = 0
    layout: str = "CSV"
    line: int = 1
    left_out: tuple[str, ...] = ()

    @classmethod
    def of(cls, name: str, text: bytes) -> "Raw":
        """Return a text that is in memory already."""
        return cls(name, "", io.BytesIO(text), len(text), "UTF-8")

    def head(self) -> bytes:
        """Return the first whole lines of the text."""
        self.text.seek(self.start)
        head = self.text.read(_SAMPLE)
        while len(head) < self.size - self.start and b"\n" not in head and len(head) < _HEAD:
            head += self.text.read(_SAMPLE)
        if len(head) < self.size - self.start:
            head = head[: head.rfind(b"\n") + 1] or head
        return head


class Source(NamedTuple):
    """A file as it lies there: the name people know it by, its content, and that one's SHA-256."""

    name: str
    file: IO[bytes]
    sha256: str


def source(where: str | Path) -> Source:
    """Return the file at `where`, or, for "-", what comes on standard input.

    Raises BadInputError for what cannot be read.
    """
    name, file = _open(where)
    try:
        return Source(name, file, digest(file))
    except OSError as error:
        raise BadInputError(f"{name} could not be read: {error.strerror or error}.") from error


def _open(where: str | Path) -> tuple[str, IO[bytes]]:
    if str(where) == STDIN:
        return "standard input", spool(iter(lambda: sys.stdin.buffer.read(CHUNK), b""))
    path = Path(where)
    try:
        if not path.is_file() and not path.is_dir() and path.exists():
            # A pipe can be read but once.
            with path.open("rb") as pipe:
                return printable(path.name), spool(iter(lambda: pipe.read(CHUNK), b""))
        return printable(path.name) or "file", path.open("rb")
    except FileNotFoundError as error:
        raise BadInputError(f"There is no file {path}; check its name.") from error
    except IsADirectoryError as error:
        raise BadInputError(f"{path} is a directory; name a file in it.") from error
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or "its name is none"
        raise BadInputError(f"{path} could not be read: {reason}.") from error


def digest(file: IO[bytes]) -> str:
    """Return the SHA-256 of a file's whole content, and go back to its start."""
    file.seek(0)
    found = hashlib.sha256()
    for part in chunks(file):
        found.update(part)
    file.seek(0)
    return found.hexdigest()


def take(
    where: str | Path | Source,
    accepts: Accepts = lambda _: False,
    sheet: str | None = None,
) -> Raw:
    """Return what is in a file: a path, "-" for standard input, or what `source` returned.

    `accepts` and `sheet` choose among a workbook's sheets. Raises BadInputError for what cannot
    be read or holds no text.
    """
    name, file, sha256 = where if isinstance(where, Source) else source(where)
    try:
        file.seek(0)
        if file.read(2) == b"\x1f\x8b":
            file.seek(0)
            file = spool(unpack.gunzip(chunks(file), name))
        raw = _table(file, name, accepts, sheet)
    except OSError as error:
        raise BadInputError(f"{name} could not be read: {error.strerror or error}.") from error
    return raw._replace(sha256=sha256)


def _table(file: IO[bytes], name: str, accepts: Accepts, sheet: str | None) -> Raw:
    """Return the text of a file that is not packed, whatever its format."""
    file.seek(0)
    start = file.read(16)
    file.seek(0)
    for mark, what in _BINARY:
        if start.startswith(mark):
            raise BadInputError(f"{name} {what}.")
    if start.startswith(unpack.ZIP) and (member := unpack.only_member(file, name)) is not None:
        return _table(spool(member), name, accepts, sheet)
    if start.startswith((unpack.ZIP, unpack.OLE)):
        from winback_tui.intake import workbook

        text, left_out = workbook.text(file, name, accepts, sheet)
        return _made(name, text, "Excel", 1)._replace(left_out=left_out)
    if sheet is not None:
        raise BadInputError(f"{name} is no workbook with sheets; leave --sheet out.")
    if start.startswith(b"PAR1"):
        from winback_tui.intake import columnar

        return _made(name, columnar.parquet(file, name), "Parquet", 0)
    text_of = decoded(file, name)
    raw = Raw(name, "", text_of.file, text_of.size, text_of.encoding, start=text_of.start)
    _refuse_other(raw, name)
    if start.lstrip(codecs.BOM_UTF8 + b" \t\r\n")[:1] == b"{" or _ARRAY.match(raw.head()):
        return _json(raw, name)
    return raw


def _json(raw: Raw, name: str) -> Raw:
    """Return the text of JSON: an array, one object that wraps the rows, or an object per line."""
    from winback_tui.intake import columnar, wrapped

    array = bool(_ARRAY.match(raw.head()))
    inner = None if array else wrapped.rows(raw, name)
    raw.text.seek(raw.start)
    if array:
        return _made(name, columnar.json_array(raw.text, name), "JSON", 0)
    if inner is not None:
        return _made(name, columnar.json_lines(inner, name), "JSON", 0)
    return _made(name, columnar.json_lines(raw.text, name), "JSON Lines", 0)


def _refuse_other(raw: Raw, name: str) -> None:
    """Raise BadInputError for texts that are no tables: web pages, XML, bank messages."""
    start = raw.head()[:200]
    for pattern, what in _OTHER_TEXTS:
        if pattern.match(start):
            raise BadInputError(f"{name} {what}.")


def _made(name: str, parts: Iterator[bytes], layout: str, line: int) -> Raw:
    """Return a text that was made from a file of another layout."""
    text = spool(parts)
    return Raw(name, "", text, size_of(text), "UTF-8", layout=layout, line=line)
