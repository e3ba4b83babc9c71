"""What one sees: where one stands, what belongs together, and nothing cut that tells rows apart."""

from pathlib import Path

import pytest
from textual.widgets import Input

from tests.apps import running, scored, settled
from winback_tui.model import WakeCause
from winback_tui.tui.app import WinbackApp
from winback_tui.tui.widgets.columns import Layout
from winback_tui.words.cases import SUGGESTIONS


def reversed_text(app: WinbackApp) -> str:
    """Return what the screen shows with the colours of paper and ink exchanged."""
    strips = app.screen._compositor.render_strips()[: app.size.height]
    return "\n".join(
        "".join(each.text for each in strip if each.style and each.style.reverse)
        for strip in strips
    ).strip()


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
    if how == "NO_COLOR":
        monkeypatch.setenv("NO_COLOR", "1")
    async with running(scored(tmp_path / "plain.db")) as (app, pilot):
        if how != "NO_COLOR":
            app.theme = how
        await settled(app, pilot)
        await pilot.press(*keys)
        await settled(app, pilot)
        assert chosen in reversed_text(app)


@pytest.mark.parametrize("how", ["ansi-dark", "ansi-light", "NO_COLOR"])
async def test_the_place_that_is_typed_at_stands_out_without_colours(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, how: str
) -> None:
    if how == "NO_COLOR":
        monkeypatch.setenv("NO_COLOR", "1")
    async with running(scored(tmp_path / "plain.db")) as (app, pilot):
        if how != "NO_COLOR":
            app.theme = how
        await settled(app, pilot)
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
