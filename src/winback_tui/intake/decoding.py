"""From bytes of unknown code to UTF-8 text, larger than memory where it must be."""

import codecs
import io
import re
import tempfile
from collections.abc import Callable, Iterator
from typing import IO, Final, NamedTuple

from winback_tui.errors import BadInputError

#: How much is read at once.
CHUNK: Final = 1 << 20
#: A temporary text up to this size stays in memory.
_IN_MEMORY: Final = 32 << 20
#: The bytes that code page 1252 leaves undefined; text of other code pages and data holds them.
_UNDEFINED: Final = re.compile(rb"[\x81\x8d\x8f\x90\x9d]")
#: Letters of German and French inside words, as an old Mac and DOS wrote them, and Windows does.
_OLD: Final = {
    ("Mac Roman", "mac_roman"): re.compile(rb"[A-Za-z][\x8a\x9f][a-z\xa7]"),
    ("DOS (code page 850)", "cp850"): re.compile(rb"[A-Za-z][\x81\x84\x94][a-z\xe1]"),
}
_OF_WINDOWS: Final = re.compile(rb"[a-z][\xe0\xe2-\xf6\xf8-\xfe][a-z]")
#: What Polish and Czech words have inside, and no word in Windows-1252: ³ between letters, £ó, øí.
#: Behind an m it may be a unit, such as Nm³h, unless a word begins so: młyn.
_EASTERN: Final = re.compile(
    rb"[A-Za-z\xc0-\xff][\xb1\xb6\xb9\xbc][a-z]|[A-LN-Za-ln-z\xc0-\xff]\xb3[a-z]|"
    rb"(?<![A-Za-z])[Mm]\xb3[aeoy\xf3]|\xb6\xe6|\xa3\xf3|[\xf8\xc8\xe8][\xe1\xed]"
)
#: Letters that tell Windows-1250 from ISO 8859-2, and those of the latter.
_ONLY_1250: Final = re.compile(rb"[\x8a\x8c-\x8f\x9a\x9c-\x9f]")
_NO_1250: Final = re.compile(rb"[\x81\x83\x88\x90\x98]")
_ONLY_LATIN_2: Final = re.compile(rb"[A-Za-z\xa9\xc0-\xff][\xb1\xb6\xbb\xbc\xbe]|\xb6\xe6")
#: The euro beside a number, as ISO 8859-15 writes it, and what that leaves undefined.
_EURO: Final = re.compile(rb"\d[ \xa0]?\xa4|\xa4[ \xa0]?\d")
_ONLY_WINDOWS: Final = re.compile(rb"[\x80-\x9f]")
#: Of so many letters beyond ASCII one must be UTF-8, or it is chance.
_OFTEN: Final = 20
#: What only UTF-8 writes so; ß, Ü or É before a quote is Windows', not Syriac, N'Ko or phonetics.
_SEQUENCE: Final = re.compile(
    rb"[\xc2-\xc8\xca-\xdb\xdd\xde][\x80-\xbf]|[\xe0-\xef][\x80-\xbf]{2}|[\xf0-\xf4][\x80-\xbf]{3}"
)


class Text(NamedTuple):
    """A text in UTF-8: its file, what it was written in, and what of it counts.

    `start` bytes come before it (a mark of its code), `size` is where it ends.
    """

    file: IO[bytes]
    encoding: str
    start: int
    size: int


def chunks(file: IO[bytes]) -> Iterator[bytes]:
    """Yield the rest of a file in parts."""
    while part := file.read(CHUNK):
        yield part


def spool(parts: Iterator[bytes]) -> IO[bytes]:
    """Return a nameless temporary file with the parts in it, which is gone with the process."""
    file = tempfile.SpooledTemporaryFile(max_size=_IN_MEMORY)  # noqa: SIM115 - it is returned
    for part in parts:
        file.write(part)
    file.seek(0)
    return file


def size_of(text: IO[bytes]) -> int:
    """Return how many bytes a text has, and go back to its start."""
    size = text.seek(0, io.SEEK_END)
    text.seek(0)
    return size


def decoded(file: IO[bytes], name: str) -> Text:
    """Return the content as UTF-8 with line ends that hold a newline, and what it was before.

    Raises BadInputError for what is empty, or no text.
    """
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
    return Text(file, encoding, begins, size_of(file) - seen.cut)


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
    old = _eastern(file) or _old_code(file)
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


def _eastern(file: IO[bytes]) -> tuple[str, str] | None:
    """Return title and codec of a text in Polish, Czech or the like, None for others.

    German letters are the same in these codes as in Windows-1252.
    """
    found = windows = latin = False
    for part in _parts(file):
        if part.isascii():
            continue
        if _SEQUENCE.search(part) or _NO_1250.search(part):
            return None
        found = found or _EASTERN.search(part) is not None
        windows = windows or _ONLY_1250.search(part) is not None
        latin = latin or _ONLY_LATIN_2.search(part) is not None
    if not found:
        return None
    if latin and not windows:
        return "ISO 8859-2", "iso8859-2"
    return "Windows-1250", "cp1250"


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
