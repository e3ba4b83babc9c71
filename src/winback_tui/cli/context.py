"""What every command is given: where the book is, which config holds, and as of which day."""

import os
import re
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Final, NamedTuple, Self

from winback_tui import paths
from winback_tui.errors import BadInputError

if TYPE_CHECKING:
    import typer

    from winback_tui.config import Config
    from winback_tui.desk.session import Desk
    from winback_tui.words.format import Formats


_FIRST_YEAR: Final = 1900
_LAST_YEAR: Final = 2999


class Options(NamedTuple):
    """The global options; None where neither an option nor the environment says anything."""

    db: Path | None = None
    config: Path | None = None
    as_of: date | None = None

    @classmethod
    def gather(
        cls,
        db: str | None = None,
        config: str | None = None,
        as_of: str | None = None,
        environ: Mapping[str, str] = os.environ,
    ) -> Self:
        """Return the options as given, or else as WINBACK_DB, _CONFIG and _AS_OF say.

        Raises BadInputError for what is no date or an empty path.
        """
        return cls(
            _path("--db", db, "WINBACK_DB", environ),
            _path("--config", config, "WINBACK_CONFIG", environ),
            _day(as_of, environ),
        )

    def book_path(self) -> Path:
        """Return the path of the book: the option's, or the user's own."""
        return self.db or paths.default_book()

    def today(self) -> date:
        """Return the as-of date: the option's, or today."""
        return self.as_of or date.today()  # noqa: DTZ011 - the user's own calendar day

    def config_path(self) -> Path | None:
        """Return the config file: the option's, or the user's own, or None where there is none."""
        if self.config is not None:
            return self.config
        usual = paths.config_file()
        return usual if usual.exists() else None

    def load_config(self) -> "Config":
        """Return the config; raises BadInputError for a named file that is not there."""
        from winback_tui.config import load

        return load(self.config_path())


def options(ctx: "typer.Context") -> Options:
    """Return the global options of the running command."""
    found = ctx.find_object(Options)
    return found if found is not None else Options.gather()


def open_desk(
    ctx: "typer.Context",
    *,
    create: bool = False,
    reading: bool = False,
    path: Path | None = None,
) -> "Desk":
    """Return a desk at the book the options name (or at `path`); `create` makes a missing book.

    With `reading`, the book may be read-only. Raises BadInputError or BookError with one sentence.
    Use it as a context manager.
    """
    chosen = options(ctx)
    place = chosen if path is None else chosen._replace(db=path)
    return desk_at(place, create=create, reading=reading)


def desk_at(chosen: Options, *, create: bool = False, reading: bool = False) -> "Desk":
    """Return a desk as `chosen` says; see `open_desk`."""
    from winback_tui.desk.session import Desk

    return Desk.open(
        chosen.book_path(), chosen.load_config(), chosen.today(), create=create, reading=reading
    )


def formats(ctx: "typer.Context") -> "Formats":
    """Return how this user reads numbers, dates and money."""
    from winback_tui.words.format import Formats

    return Formats.from_environment(options(ctx).load_config().user.locale)


def parse_day(text: str, what: str) -> date:
    """Return the date in `text` (YYYY-MM-DD or DD.MM.YYYY).

    Raises BadInputError naming `what` was wrong.
    """
    try:
        day = date.fromisoformat(_iso(text))
    except ValueError:
        raise BadInputError(
            f"{what} must be a date such as 2026-11-21 or 21.11.2026, not “{text}”."
        ) from None
    # A score looks a year back and plans ahead; both must be dates as well.
    if not _FIRST_YEAR <= day.year <= _LAST_YEAR:
        raise BadInputError(f"{what} must lie in the years {_FIRST_YEAR} to {_LAST_YEAR}.")
    return day


def _iso(text: str) -> str:
    """Return a whole date as YYYY-MM-DD. Raises ValueError for any other text."""
    if re.fullmatch(r"\d{4}-\d{2}-\d{2}", text, re.ASCII):
        return text
    if german := re.fullmatch(r"(\d{1,2})\.(\d{1,2})\.(\d{4})", text, re.ASCII):
        day, month, year = german.groups()
        return f"{year}-{int(month):02}-{int(day):02}"
    raise ValueError(text)


def _path(option: str, given: str | None, variable: str, environ: Mapping[str, str]) -> Path | None:
    if given is None:
        value = environ.get(variable)
        return Path(value).expanduser() if value else None
    if not given:
        raise BadInputError(f"{option} needs the name of a file.")
    return Path(given).expanduser()


def _day(given: str | None, environ: Mapping[str, str]) -> date | None:
    if given is not None:
        return parse_day(given, "--as-of")
    value = environ.get("WINBACK_AS_OF")
    return parse_day(value, "WINBACK_AS_OF") if value else None
