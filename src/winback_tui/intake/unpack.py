"""Packed files: gzip in parts, and archives that hold a single table."""

import zipfile
import zlib
from collections.abc import Iterator
from typing import IO, Final

from winback_tui.errors import BadInputError

ZIP: Final = b"PK\x03\x04"
#: An old Excel workbook (also Word, and locked workbooks).
OLE: Final = b"\xd0\xcf\x11\xe0"
#: No workbook or archive for people unpacks to more (bytes).
_LARGEST: Final = 8 << 30
_STEP: Final = 1 << 20


def gunzip(parts: Iterator[bytes], name: str) -> Iterator[bytes]:
    """Yield the members of a gzip file one after the other."""
    packed = zlib.decompressobj(wbits=31)
    begun = False
    for part in parts:
        rest = part
        while rest:
            if packed.eof:
                rest = rest.lstrip(b"\x00")
                if not rest:
                    break
                packed, begun = zlib.decompressobj(wbits=31), False
            begun = True
            try:
                yield packed.decompress(rest, _STEP)
                while packed.unconsumed_tail:
                    yield packed.decompress(packed.unconsumed_tail, _STEP)
            except zlib.error as error:
                raise BadInputError(f"{name} is a damaged gzip file; get it once more.") from error
            rest = packed.unused_data
    if begun and not packed.eof:
        raise BadInputError(f"{name} ends in the middle (gzip); get it once more.")


def only_member(file: IO[bytes], name: str) -> Iterator[bytes] | None:
    """Return the content of the one file in a ZIP archive, or None where it is a workbook."""
    try:
        with zipfile.ZipFile(file) as archive:
            found = [each for each in archive.infolist() if not each.is_dir()]
            names = {each.filename for each in found}
    except (zipfile.BadZipFile, ValueError, NotImplementedError) as error:
        raise BadInputError(f"{name} is a damaged ZIP file; get it once more.") from error
    if sum(each.file_size for each in found) > _LARGEST:
        raise BadInputError(f"{name} unpacks to more than 8 GB; export less at once.")
    if {"[Content_Types].xml", "mimetype"} & names:
        return None
    tables = [each for each in found if not each.filename.startswith(("__MACOSX/", "."))]
    if len(tables) != 1:
        raise BadInputError(
            f"{name} is a ZIP archive of {len(tables)} files; unpack it and name one of them."
        )
    return _member(file, tables[0], name)


def _member(file: IO[bytes], info: zipfile.ZipInfo, name: str) -> Iterator[bytes]:
    try:
        with zipfile.ZipFile(file) as archive, archive.open(info) as member:
            while part := member.read(_STEP):
                yield part
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError) as error:
        raise BadInputError(f"{name} is a damaged ZIP file; get it once more.") from error
    except RuntimeError as error:
        raise BadInputError(f"{name} is locked with a password; unpack it first.") from error
