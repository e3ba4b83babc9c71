"""What one sees: where one stands, what belongs together, and nothing cut that tells rows apart."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from rich.cells import cell_len
from textual.pilot import Pilot
from textual.widgets import Input

from tests.apps import running, scored, settled, shown, until
from tests.little import Buyer
from winback_tui.model import WakeCause
from winback_tui.tui.app import WinbackApp
from winback_tui.tui.widgets.columns import Layout
from winback_tui.tui.widgets.preview import Preview
from winback_tui.words.cases import SUGGESTIONS


def reversed_text(app: WinbackApp) -> str:
    """Return what the screen shows with the colours of paper and ink exchanged."""
    strips = app.screen._compositor.render_strips()[: app.size.height]
    return "\n".join(
        "".join(each.text for each in strip if each.style and each.style.reverse)
        for strip in strips
    ).strip()


@asynccontextmanager
async def in_few_colours(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, how: str
) -> AsyncIterator[tuple[WinbackApp, Pilot[Any]]]:
    """Run the app in a theme of sixteen colours, or with none."""
    if how == "NO_COLOR":
        monkeypatch.setenv("NO_COLOR", "1")
    async with running(scored(tmp_path / "plain.db")) as (app, pilot):
        if how != "NO_COLOR":
            app.theme = how
        await settled(app, pilot)
        yield app, pilot


@pytest.mark.parametrize("how", ["ansi-dark", "ansi-light", "NO_COLOR"])
@pytest.mark.parametrize(
    ("keys", "chosen"),
    [
        (("s", "down"), "2  responded"),
        (("colon", "down"), "Reactivated"),
        (("f", "down"), "city:Köln"),
        (("P", "a", *"Ada", "enter", "P"), "Ada"),
    ],
    ids=["pick", "palette", "filter", "people"],
)
async def test_the_chosen_line_stands_out_without_shades(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    how: str,
    keys: tuple[str, ...],
    chosen: str,
) -> None:
    async with in_few_colours(tmp_path, monkeypatch, how) as (app, pilot):
        await pilot.press(*keys)
        await settled(app, pilot)
        assert chosen in reversed_text(app)


@pytest.mark.parametrize("how", ["ansi-dark", "ansi-light", "NO_COLOR"])
async def test_the_place_that_is_typed_at_stands_out_without_colours(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, how: str
) -> None:
    async with in_few_colours(tmp_path, monkeypatch, how) as (app, pilot):
        await pilot.press("a")
        await settled(app, pilot)
        app.screen.query_one(Input).cursor_blink = False
        await pilot.pause()
        assert reversed_text(app) == "w"


@pytest.mark.parametrize("width", [60, 80])
def test_a_suggestion_and_a_waking_are_whole_on_a_narrow_screen(width: int) -> None:
    longest = max(
        *(f"▸ {each}" for each in SUGGESTIONS.values()),
        *(f"woken: {each.value}" for each in WakeCause),
        key=len,
    )
    assert Layout.of(width - 1).case >= len(longest)


async def test_the_counts_of_a_filter_stand_under_each_other(tmp_path: Path) -> None:
    buyers = tuple(Buyer(f"{n}", f"No. {n}", silent=9, city="Köln") for n in range(11))
    path = scored(tmp_path / "eleven.db", (*buyers, Buyer("12", "Alone", silent=9, city="Bonn")))
    async with running(path) as (app, pilot):
        await pilot.press("f")
        await until(lambda: "city:Bonn" in shown(app))
        lines = [
            each for each in shown(app).splitlines() if "city:" in each and " customer" in each
        ]
        assert len({line.index(" customer") for line in lines}) == 1
        assert any(" 1 customer " in line for line in lines)


async def test_an_import_names_the_folder_that_it_lists(tmp_path: Path) -> None:
    (tmp_path / "here").mkdir()
    (tmp_path / "here" / "orders.csv").write_text("customer,date,amount\n")
    async with running(scored(tmp_path / "b.db"), size=(160, 30)) as (app, pilot):
        await pilot.press("I", *f"{tmp_path}/here/")
        await settled(app, pilot)
        assert "orders.csv" in shown(app)
        assert shown(app).splitlines()[0].rstrip().endswith("/here")


async def test_below_the_list_nothing_begins_before_the_score_or_ends_at_the_edge(
    tmp_path: Path,
) -> None:
    async with running(scored(tmp_path / "b.db")) as (app, pilot):
        await pilot.press("enter", "escape")
        await settled(app, pilot)
        lines = app.screen.query_one(Preview).lines(120, 20)
        texts = ["".join(text for text, _ in line) for line in lines[1:]]
        assert any(text[1:5].isdigit() for text in texts)
        assert all(text[:1] in ("", " ") for text in texts)
        assert all(cell_len(text.rstrip()) < 120 for text in texts)
