"""What the screens say on terminals of every width: nothing torn, nothing beside its column."""

from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import pytest
from textual.widgets._toast import Toast

from tests.apps import DRIFTING, running, scored, settled, shown, triage, until
from tests.little import Buyer, fill
from winback_tui.tui.sheets.ask import Pick
from winback_tui.tui.sheets.palette import Palette
from winback_tui.tui.sheets.sheet import Frame, Sheet, broken, shortened
from winback_tui.tui.theme import DARK, pens
from winback_tui.tui.widgets.drawn import Line
from winback_tui.tui.widgets.lines import keys_line

WIDTHS = (60, 80, 120, 200)


class TestTheList:
    """Titles stand over their columns."""

    @pytest.mark.parametrize("width", WIDTHS)
    @pytest.mark.parametrize("height", [20, 60])
    async def test_columns_stand_under_their_titles_with_a_scrollbar_and_without(
        self, tmp_path: Path, width: int, height: int
    ) -> None:
        async with running(scored(tmp_path / "list.db"), size=(width, height)) as (app, pilot):
            await pilot.press("5")
            lines = shown(app).splitlines()
            titles = next(line for line in lines if "customer" in line and "silent" in line)
            row = next(line for line in lines if "Nordwind Handel" in line)
            assert row[: titles.index("silent") + 6].rstrip().endswith("95\N{NO-BREAK SPACE}d")
            assert row.index("Nordwind") == titles.index("customer")

    async def test_a_book_with_long_numbers_keeps_all_five_tabs(self, tmp_path: Path) -> None:
        async with running(scored(tmp_path / "tabs.db"), size=(60, 20)) as (app, pilot):
            await pilot.press("slash", *"hand", "enter")
            await settled(app, pilot)
            tabs = shown(app).splitlines()[1]
            assert all(f"{number}" in tabs for number in range(1, 6))
            assert "Queue" in tabs
            assert "/hand (1)" in tabs

    async def test_a_narrow_title_keeps_the_book_and_the_day(self, tmp_path: Path) -> None:
        async with running(scored(tmp_path / "a-book.db"), size=(48, 20)) as (app, _):
            title = shown(app).splitlines()[0]
            assert title.startswith(" winback  a-book")
            assert app.formats.date(app.as_of) in title
            assert "…" not in title

    @pytest.mark.parametrize("width", [52, 60, 80])
    async def test_a_small_dossier_ends_with_a_whole_sentence(
        self, tmp_path: Path, width: int
    ) -> None:
        others = tuple(Buyer(f"F{n}", f"Filler {n}", silent=50 + n) for n in range(20))
        async with running(
            scored(tmp_path / "small.db", (*DRIFTING, *others)), size=(width, 20)
        ) as (app, _):
            lines = [line.strip() for line in shown(app).splitlines()[-3:-1]]
            assert " ".join(lines).count("Silent") == 1
            assert lines[0].endswith(".") or lines[1].endswith(".")

    async def test_the_dossier_has_the_lines_that_a_short_list_leaves(self, tmp_path: Path) -> None:
        buyers = (Buyer("1", "Alone Ltd", every=14, silent=60),)
        async with running(scored(tmp_path / "one.db", buyers), size=(80, 24)) as (app, pilot):
            await pilot.press("5")
            await settled(app, pilot)
            lines = shown(app).splitlines()
            assert lines[5].startswith("─ Alone Ltd")
            assert sum(" order " in line for line in lines) > 5
            height = app.screen.query_one("#right").region.height
            # Narrowing the list while one types changes nothing below it.
            await pilot.press("slash", *"nobody")
            await settled(app, pilot)
            assert app.screen.query_one("#right").region.height == height == 18

    async def test_a_toast_takes_the_whole_line(self, tmp_path: Path) -> None:
        async with running(scored(tmp_path / "toast.db"), toasts=True) as (app, pilot):
            await pilot.press("e")
            await until(lambda: app.screen.query(Toast))
            await pilot.pause()
            toast = app.screen.query_one(Toast)
            assert (toast.region.x, toast.region.y, toast.region.width) == (0, 0, 120)

    async def test_in_the_dossier_a_toast_stands_above_the_keys_and_leaves_the_name(
        self, tmp_path: Path
    ) -> None:
        async with running(scored(tmp_path / "toast.db"), toasts=True) as (app, pilot):
            await pilot.press("enter")
            await settled(app, pilot)
            heading = shown(app).splitlines()[0]
            await pilot.press("a", *"well", "enter")
            await until(lambda: app.screen.query(Toast))
            await pilot.pause()
            toast = app.screen.query_one(Toast)
            assert (toast.region.x, toast.region.bottom, toast.region.width) == (0, 39, 120)
            lines = shown(app).splitlines()
            assert lines[0] == heading
            assert "c call" in lines[-1]

    async def test_the_keys_of_the_search_stand_below_it(self, tmp_path: Path) -> None:
        async with running(scored(tmp_path / "keys.db")) as (app, pilot):
            await pilot.press("slash", "n")
            assert "enter keep what is found" in shown(app).splitlines()[-1]
            await pilot.press("escape")
            assert "c call" in shown(app).splitlines()[-1]


class TestSheets:
    """Sheets wrap what they say for the width that they have."""

    @pytest.mark.parametrize("width", [60, 80, 120])
    async def test_why_is_broken_once_and_further_lines_are_indented(
        self, tmp_path: Path, width: int
    ) -> None:
        async with running(scored(tmp_path / "why.db"), size=(width, 60)) as (app, pilot):
            await pilot.press("i")
            text = shown(app)
            inside = [line.split("│")[1].rstrip() for line in text.splitlines() if "│" in line]
            said = [line for line in inside if line.strip()]
            assert "the average customer" in " ".join(" ".join(said).lower().split())
            # No line ends early: the first word of the next would not have fitted.
            room = min(96, width - 2) - 4
            for line, following in pairwise(said):
                ends = line.rstrip().endswith((".", ";", ":")) or "the score" in line
                word = following.split()[0]
                assert ends or len(line.rstrip()) + len(word) >= room, (line, following)

    async def test_snooze_tells_as_which_day_a_text_is_taken(self, tmp_path: Path) -> None:
        async with running(scored(tmp_path / "snooze.db")) as (app, pilot):
            await pilot.press("z", *"+2w")
            day = app.formats.date(app.as_of.fromordinal(app.as_of.toordinal() + 14))
            assert f"{day}, in 14 days" in shown(app)
            await pilot.press(*" only")
            assert f"{day}, in 14 days, whatever happens" in shown(app)
            await pilot.press("x")
            assert day not in shown(app)

    async def test_the_palette_begins_with_what_can_be_done(self, tmp_path: Path) -> None:
        async with running(scored(tmp_path / "palette.db")) as (app, pilot):
            await pilot.press("colon")
            text = shown(app)
            assert "Log a call" in text
            assert "Half a page down" not in text

    async def test_the_palette_dims_what_would_only_say_why_not(self, tmp_path: Path) -> None:
        async with running(scored(tmp_path / "dim.db")) as (app, pilot):
            await pilot.press("colon")
            assert isinstance(app.screen, Palette)
            assert {"repeat", "accept", "next_match"} <= app.screen._off
            assert app.screen._off.isdisjoint({"call", "note", "search", "quit"})
            await pilot.press(*"repeat", "enter")
            assert app.messages[-1][0] == "There is nothing to repeat yet: do something first."
            await pilot.press("e", "colon")
            assert isinstance(app.screen, Palette)
            assert "repeat" not in app.screen._off

    async def test_two_customers_of_one_name_are_told_apart(self, tmp_path: Path) -> None:
        async with running(scored(tmp_path / "names.db")) as (app, pilot):
            await pilot.press("colon", *"nordwind")
            await pilot.pause(0.5)
            assert "no. 1004" in shown(app)
            assert triage(app).table.current is not None


def test_a_hint_gives_way_in_its_middle() -> None:
    hint = "enter saves · tab: next field · ← → choose · esc goes back"
    assert shortened(hint, 80) == hint
    assert shortened(hint, 46) == "enter saves · tab: next field · esc goes back"
    assert shortened(hint, 30) == "enter saves · esc goes back"
    assert shortened(hint, 20).endswith("esc goes back")


def test_further_lines_begin_where_the_text_does() -> None:
    line: Line = [("    ", "dim"), ("one two three four five", "bold")]  # type: ignore[list-item]
    assert ["".join(text for text, _ in part) for part in broken(line, 14)] == [
        "    one two ",
        "    three four",
        "    five",
    ]


async def test_an_empty_queue_says_so_once_the_first_scores_are_there(tmp_path: Path) -> None:
    path = fill(tmp_path / "first.db", (Buyer("1", "One GmbH", silent=20, times=1),))
    async with running(path) as (app, pilot):
        await settled(app, pilot)
        await until(lambda: "Watch 1" in shown(app) or "All 1" in shown(app))
        text = shown(app)
        assert "The queue is empty" in text
        assert "for the first time" not in text


def test_the_last_key_of_a_line_stays() -> None:
    keys = (("j k", "move"), ("1", "merge left"), ("esc", "back"))
    lengths = {}
    for width in (50, 26, 10):
        text = "".join(part for part, _ in keys_line(keys, width, pens(DARK)))
        assert text.rstrip().endswith("esc back")
        lengths[width] = len(text)
        assert len(text) <= width
    assert lengths[50] > lengths[26] > lengths[10]


@pytest.mark.parametrize("locale", ["C", "de_DE.ISO-8859-1"])
async def test_without_utf8_frames_dots_and_quotes_are_ascii(
    tmp_path: Path, locale: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LC_ALL", locale)
    buyers = (Buyer("1", "Plain Ltd", every=14, silent=60, city="York"),)
    async with running(scored(tmp_path / "ascii.db", buyers)) as (app, pilot):
        await pilot.press("5", "a", *"“well”", "enter")
        await until(lambda: "Plain" in shown(app))
        seen = [shown(app)]
        for keys in (("enter",), ("escape", "c"), ("escape", "question_mark")):
            await pilot.press(*keys)
            await settled(app, pilot)
            seen.append(shown(app))
    beyond = {sign for sign in "".join(seen) if not sign.isascii()}
    assert beyond <= {"€"}


async def test_a_choice_that_is_too_long_goes_on_below_itself(tmp_path: Path) -> None:
    async with running(scored(tmp_path / "book.db"), size=(60, 24)) as (app, pilot):
        long = "e-mail: antje.grossmann@brotzeit-innsbruck.example (Antje Großmann)"
        app.push_screen(Pick("Copy", [("a", "4", long), ("b", "5", "phone")]))
        await pilot.pause()
        lines = shown(app).splitlines()
        at = next(n for n, line in enumerate(lines) if "4  e-mail" in line)
        rest = "(Antje Großmann)"
        assert rest not in lines[at]
        assert lines[at + 1].index(rest) == lines[at].index("e-mail")
        await pilot.press("escape")


async def test_a_kind_of_customers_is_offered_as_a_filter(tmp_path: Path) -> None:
    async with running(scored(tmp_path / "book.db")) as (app, pilot):
        await pilot.press("f", *"kind:u")
        assert "kind:unknown" in shown(app)
        assert "business or consumer unknown" in shown(app)


class TestAnotherSize:
    """What stands in a sheet fits again when the terminal gets another size."""

    WIDE, NARROW = (120, 40), (56, 40)

    @pytest.fixture
    def path(self, tmp_path: Path) -> Path:
        buyers = tuple(replace(each, called=each.number != "1004") for each in DRIFTING)
        return scored(tmp_path / "sizes.db", buyers)

    @pytest.mark.parametrize(
        "keys",
        [("c",), ("p",), ("w",), ("E",), ("P",), ("C",), ("i",), ("z",), ("s",), ("S",),
         ("W",), ("Y",), ("!",), ("?",), (":",), ("ctrl+x",), ("ctrl+x", "p"), ("ctrl+x", "n")],
        ids="".join,
    )  # fmt: skip
    async def test_a_sheet_reads_as_if_it_had_been_opened_in_it(
        self, path: Path, keys: tuple[str, ...]
    ) -> None:
        found: dict[tuple[int, int], list[str]] = {}
        for begun, ended in (
            (self.NARROW, self.NARROW), (self.NARROW, self.WIDE),
            (self.WIDE, self.WIDE), (self.WIDE, self.NARROW),
        ):  # fmt: skip
            async with running(path, size=begun) as (app, pilot):
                await pilot.press(*keys)
                await settled(app, pilot)
                assert isinstance(app.screen, Sheet)
                await pilot.resize_terminal(*ended)
                await settled(app, pilot)
                frame = app.screen.query_one(Frame).region
                now = [
                    each[frame.x : frame.right]
                    for each in shown(app).splitlines()[frame.y : frame.bottom]
                ]
            assert found.setdefault(ended, now) == now
