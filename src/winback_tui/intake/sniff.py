"""From a file of unknown make to one text: unpacked and decoded.

A text may be larger than memory: it stays in its file, or in a nameless temporary one.
"""

import codecs
import hashlib
import io
import re
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import IO, Final, NamedTuple

from winback_tui.errors import BadInputError
from winback_tui.intake import unpack
from winback_tui.words.printable import printable

STDIN: Final = "-"
_SAMPLE: Final = 65_536
#: No header is longer (bytes).
_HEAD: Final = 1 << 20
#: How much is read at once.
_CHUNK: Final = 1 << 20
#: A temporary text up to this size stays in memory.
_IN_MEMORY: Final = 32 << 20
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
#: The bytes that code page 1252 leaves undefined; text of other code pages and data holds them.
_UNDEFINED: Final = re.compile(rb"[\x81\x8d\x8f\x90\x9d]")
#: Letters of German and French inside words, as an old Mac and DOS wrote them, and Windows does.
_OLD: Final = {
    ("Mac Roman", "mac_roman"): re.compile(rb"[A-Za-z][\x8a\x9f][a-z\xa7]"),
    ("DOS (code page 850)", "cp850"): re.compile(rb"[A-Za-z][\x81\x84\x94][a-z\xe1]"),
}
_OF_WINDOWS: Final = re.compile(rb"[a-z][\xe0\xe2-\xf6\xf8-\xfe][a-z]")
#: The euro beside a number, as ISO 8859-15 writes it, and what that leaves undefined.
_EURO: Final = re.compile(rb"\d[ \xa0]?\xa4|\xa4[ \xa0]?\d")
_ONLY_WINDOWS: Final = re.compile(rb"[\x80-\x9f]")
#: Of so many letters beyond ASCII one must be UTF-8, or it is chance.
_OFTEN: Final = 20
#: What only UTF-8 writes so; ß, Ü or É before a quote is Windows', not Syriac, N'Ko or phonetics.
_SEQUENCE: Final = re.compile(
    rb"[\xc2-\xc8\xca-\xdb\xdd\xde][\x80-\xbf]|[\xe0-\xef][\x80-\xbf]{2}|[\xf0-\xf4][\x80-\xbf]{3}"
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
        return "standard input", spool(iter(lambda: sys.stdin.buffer.read(_CHUNK), b""))
    path = Path(where)
    try:
        if not path.is_file() and not path.is_dir() and path.exists():
            # A pipe can be read but once.
            with path.open("rb") as pipe:
                return printable(path.name), spool(iter(lambda: pipe.read(_CHUNK), b""))
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


def chunks(file: IO[bytes]) -> Iterator[bytes]:
    """Yield the rest of a file in parts."""
    while part := file.read(_CHUNK):
        yield part


def spool(parts: Iterator[bytes]) -> IO[bytes]:
    """Return a nameless temporary file with the parts in it, which is gone with the process."""
    file = tempfile.SpooledTemporaryFile(max_size=_IN_MEMORY)  # noqa: SIM115 - it is returned
    for part in parts:
        file.write(part)
    file.seek(0)
    return file


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
    raw = _decoded(file, name)
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
    return Raw(name, "", text, _size(text), "UTF-8", layout=layout, line=line)


def _size(text: IO[bytes]) -> int:
    size = text.seek(0, io.SEEK_END)
    text.seek(0)
    return size


def _decoded(file: IO[bytes], name: str) -> Raw:
    """Return the content as UTF-8 with line ends that hold a newline, and what it was before."""
    start = file.read(4)
    file.seek(0)
    wide = _utf16(start)
    if wide:
        file, encoding = spool(_recoded(chunks(file), name, wide)), "UTF-16"
    else:
        encoding = "UTF-8"
    seen = _look(file, name)
    if seen.blank:
        raise BadInputError(f"{name} is empty; name a file with a header and rows.")
    if not seen.utf8:
        encoding, decode = _other(file, name)
        file = spool(decode(line) for line in _parts(file))
    if not seen.newlines and seen.returns:
        file.seek(0)
        file = spool(part.replace(b"\r", b"\n") for part in chunks(file))
    begins = len(codecs.BOM_UTF8) if start.startswith(codecs.BOM_UTF8) else 0
    return Raw(name, "", file, _size(file) - seen.cut, encoding, start=begins)


class _Seen(NamedTuple):
    """What a look through all bytes found; `cut` are those of a last character cut off."""

    blank: bool
    utf8: bool
    newlines: bool
    returns: bool
    cut: int


def _look(file: IO[bytes], name: str) -> _Seen:
    """Look through all bytes. Raises BadInputError for a NUL byte, which no table has."""
    decoder = codecs.getincrementaldecoder("utf-8")()
    blank, utf8, newlines, returns, done = True, True, False, False, 0
    file.seek(0)
    for part in chunks(file):
        if (where := part.find(b"\x00")) >= 0:
            line = _line(file, done + where)
            raise BadInputError(
                f"{name} holds a NUL byte in line {line}, so it is not a text file or is damaged; "
                "export it once more as CSV."
            )
        done += len(part)
        blank = blank and not part.removeprefix(codecs.BOM_UTF8).strip()
        newlines = newlines or b"\n" in part
        returns = returns or b"\r" in part
        if utf8 and not (part.isascii() and decoder.getstate()[0] == b""):
            try:
                decoder.decode(part)
            except UnicodeDecodeError:
                utf8 = False
    return _Seen(blank, utf8, newlines, returns, len(decoder.getstate()[0]) if utf8 else 0)


def _line(file: IO[bytes], place: int) -> int:
    """Return the number of the line (from 1) in which a byte stands."""
    file.seek(0)
    line = 1
    for part in chunks(file):
        line += part.count(b"\n", 0, max(place, 0))
        place -= len(part)
    return line


def _other(file: IO[bytes], name: str) -> tuple[str, Callable[[bytes], bytes]]:
    """Return what a text that is no UTF-8 is written in, and how its lines become UTF-8."""
    wide = narrow = 0
    old = _old_code(file)
    if old is not None:
        title, codec = old
        return title, lambda part: part.decode(codec, "replace").encode()
    euros = of_windows = False
    for part in _parts(file):
        euros = euros or _EURO.search(part) is not None
        of_windows = of_windows or _ONLY_WINDOWS.search(part) is not None
        if _UNDEFINED.search(_SEQUENCE.sub(b"", part)):
            raise BadInputError(f"{name} is neither UTF-8 nor Windows-1252 text; save it as UTF-8.")
        if not part.isascii():
            found = sum(map(len, _SEQUENCE.findall(part)))
            high = len(part) - len(part.translate(None, bytes(range(128, 256))))
            wide, narrow = wide + (found > 0) * found // 2, narrow + high - found
    # Nobody writes “MÃ¼ller”: where some of it makes sense in UTF-8 only, lines were joined.
    if wide and _OFTEN * wide >= narrow:
        return "UTF-8, with lines in Windows-1252", _mixed
    if euros and not of_windows:
        return "ISO 8859-15", lambda part: part.decode("iso8859-15", "replace").encode()
    return "Windows-1252", lambda part: part.decode("cp1252", "replace").encode()


def _old_code(file: IO[bytes]) -> tuple[str, str] | None:
    """Return title and codec of a text from an old Mac or from DOS, None for others.

    Its ä, ö or ü are signs in Windows-1252 that stand inside no word.
    """
    told = dict.fromkeys(_OLD, 0)
    windows = 0
    for part in _parts(file):
        if part.isascii():
            continue
        if _SEQUENCE.search(part):
            return None
        windows += len(_OF_WINDOWS.findall(part))
        for code, mark in _OLD.items():
            told[code] += len(mark.findall(part))
    found = [code for code, times in told.items() if times]
    return found[0] if len(found) == 1 and not windows else None


def _mixed(part: bytes) -> bytes:
    """Return lines of which some are UTF-8 and others are not, all in UTF-8."""
    lines = part.split(b"\n")
    for place, line in enumerate(lines):
        try:
            line.decode()
        except UnicodeDecodeError:
            lines[place] = line.decode("cp1252", "replace").encode()
    return b"\n".join(lines)


def _parts(file: IO[bytes]) -> Iterator[bytes]:
    """Yield the whole file in parts that end with a line."""
    file.seek(0)
    rest = b""
    for part in chunks(file):
        whole, newline, rest = (rest + part).rpartition(b"\n")
        if newline:
            yield whole + newline
    if rest:
        yield rest


def _utf16(start: bytes) -> str:
    """Return the codec of a text in UTF-16 by its first four bytes, "" for others."""
    if start.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "utf-16"
    if len(start) < 4:
        return ""
    # Letters of headers have a NUL beside them, and no text in another encoding has one.
    if start[1] == start[3] == 0 and start[0] and start[2]:
        return "utf-16-le"
    return "utf-16-be" if start[0] == start[2] == 0 and start[1] and start[3] else ""


def _recoded(parts: Iterator[bytes], name: str, codec: str) -> Iterator[bytes]:
    """Yield UTF-16 text as UTF-8."""
    decoder = codecs.getincrementaldecoder(codec)()
    try:
        for part in parts:
            yield decoder.decode(part).encode()
        yield decoder.decode(b"", final=True).encode()
    except UnicodeError as error:
        raise BadInputError(f"{name} is broken UTF-16 text; save it as UTF-8.") from error
