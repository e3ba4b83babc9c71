"""Fixtures that every room's tests share."""

from collections.abc import Iterator
from pathlib import Path

import hypothesis
import pytest

from winback_tui import errors
from winback_tui.book.connection import Book

# How long an example takes says something about the machine, not about the program.
hypothesis.settings.register_profile("winback", deadline=None)
hypothesis.settings.load_profile("winback")

SHARED = Path(__file__).resolve().parents[2] / "shared" / "data"


def shared_data(name: str) -> Path:
    """Return one of the real transaction logs beside the checkout, or skip the test."""
    path = SHARED / name
    if not path.is_file():
        pytest.skip(f"{name} is not beside this checkout")
    return path


@pytest.fixture(autouse=True)
def _own_ways(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let refusals be written plainly until a test opens a desk, and so again after it."""
    monkeypatch.setattr(errors, "_written", errors.PLAINLY)


@pytest.fixture(autouse=True)
def _own_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Give every test a home of its own, so that none reads or writes the user's."""
    home = tmp_path / "home"
    home.mkdir()
    for name, folder in {
        "HOME": ".",
        "XDG_CONFIG_HOME": "config",
        "XDG_DATA_HOME": "data",
        "XDG_STATE_HOME": "state",
        "XDG_CACHE_HOME": "cache",
    }.items():
        monkeypatch.setenv(name, str(home / folder))
    for name in ("WINBACK_DB", "WINBACK_CONFIG", "WINBACK_AS_OF", "WINBACK_DEBUG", "NO_COLOR"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("LANG", "en_US.UTF-8")
    monkeypatch.delenv("LC_ALL", raising=False)


@pytest.fixture
def book(tmp_path: Path) -> Iterator[Book]:
    """An empty book on disk."""
    with Book.create(tmp_path / "book.db") as opened:
        yield opened
