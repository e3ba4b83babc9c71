"""Search: who is found by what, and what people wrote in deeds that stand."""

import json
from array import array
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.little import AS_OF, Buyer, fill
from winback_tui.book import customers, events, search
from winback_tui.config import Config
from winback_tui.desk import deeds, listing, matching, scoring, undoing
from winback_tui.desk.deeds import Call
from winback_tui.desk.filters import Filter
from winback_tui.desk.session import Desk
from winback_tui.errors import BadInputError
from winback_tui.model import Outcome, Stage

BUYERS = (
    Buyer("1001", "Madame A. GmbH", silent=84, every=21, times=20),
    Buyer("1002", "Bäckerei Sommer", city="Malmö", called=False),
    Buyer("1003", "Larsen & Søn ApS", silent=60, times=4),
    Buyer("3001", "1003 Dreams", silent=90, times=4),
    Buyer("1004", "Sommerfeld 100%_fair", silent=400, times=6),
)


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A scored book of five customers, the second of them in Sweden."""
    path = fill(tmp_path_factory.mktemp("search") / "book.db", BUYERS)
    with Desk.open(path, Config(), AS_OF) as desk:
        with desk.book.write() as connection:
            connection.execute("UPDATE customers SET country = 'Sweden' WHERE id = 2")
            customers.index_search(connection)
        scoring.renew(desk)
    return path


@pytest.fixture
def desk(template: Path, tmp_path: Path) -> Iterator[Desk]:
    """A desk at a copy of that book."""
    path = tmp_path / "copy.db"
    path.write_bytes(template.read_bytes())
    with Desk.open(path, Config(), AS_OF) as opened:
        yield opened


def found(desk: Desk, *words: str, within: set[int] | None = None) -> set[int]:
    """Return who is found by these words together."""
    return set(matching.matching(desk, Filter(words=words), within))


def noted(desk: Desk) -> list[tuple[int, int, str]]:
    """Return what search knows of deeds."""
    rows = desk.book.connection.execute("SELECT * FROM note_search ORDER BY event_id")
    return rows.fetchall()


def test_case_accents_and_the_place_of_the_word_do_not_matter(desk: Desk) -> None:
    assert found(desk, "BACKEREI") == {2}
    assert found(desk, "sömmer") == {2, 5}
    assert found(desk, "malmo") == {2}
    assert found(desk, "sweden") == {2}


def test_all_words_are_wanted_wherever_each_of_them_stands(desk: Desk) -> None:
    deeds.add_note(desk, [1], "asked for Malmö")
    assert found(desk, "malmö") == {1, 2}
    assert found(desk, "malmö", "madame") == {1}
    assert found(desk, "malmö", "asked") == {1}
    assert found(desk, "malmö", "zebra") == set()


def test_wildcards_are_ordinary_letters(desk: Desk) -> None:
    assert found(desk, "%") == {5}
    assert found(desk, "0%_f") == {5}
    assert found(desk, "_____") == set()
    assert found(desk, "\\") == set()
    assert found(desk, "*") == set()


def test_words_of_any_length_and_broken_ones_find_nobody(desk: Desk) -> None:
    assert found(desk, "x" * 60_000) == set()
    assert found(desk, "\udcff") == set()
    assert found(desk, " ", "\n") == set()


def test_the_words_of_the_log_itself_are_not_searched(desk: Desk) -> None:
    deeds.log_call(desk, [1], Call(Outcome.VOICEMAIL, follow_up=AS_OF + timedelta(days=3)))
    deeds.move_case(desk, [3], Stage.NURTURE)
    for machinery in ("outcome", "before", "2026-11", "stage", "voicemail", "nurture", "after"):
        assert found(desk, machinery) == set(), machinery


def test_a_note_is_found_with_its_quotes_backslashes_and_line_breaks(desk: Desk) -> None:
    deeds.add_note(desk, [1], 'He said "no\\yes"\nthen  hung up')
    assert found(desk, '"no\\yes"') == {1}
    assert found(desk, 'yes" then hung') == {1}


def test_the_reasons_that_were_written_are_found_too(desk: Desk) -> None:
    deeds.move_case(desk, [1], Stage.NURTURE, why="moved to Øresund")
    deeds.log_call(desk, [2], Call(Outcome.REACHED, justify="asked us to ring"))
    assert found(desk, "øresund") == {1}
    assert found(desk, "asked us") == {2}


def test_what_was_undone_is_not_found_until_it_is_done_again(desk: Desk) -> None:
    deeds.add_note(desk, [1, 3], "likes pumpkins")
    assert found(desk, "pumpkin") == {1, 3}
    undoing.undo(desk)
    assert found(desk, "pumpkin") == set()
    undoing.redo(desk)
    assert found(desk, "pumpkin") == {1, 3}


def test_a_search_within_the_last_hits_finds_what_a_whole_search_finds(desk: Desk) -> None:
    deeds.add_note(desk, [1], "sommer sale")
    first = found(desk, "s")
    assert found(desk, "so", within=first) == found(desk, "so")
    assert found(desk, "sommer", within={1, 4}) == {1}
    assert found(desk, "sommer", within={2}) == {2}
    assert found(desk, "sommer", within=set()) == set()


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.lists(
        st.one_of(
            st.tuples(st.just("note"), st.integers(1, 5), st.text(min_size=1, max_size=8)),
            st.tuples(st.sampled_from(["undo", "redo"]), st.just(0), st.just("")),
        ),
        max_size=8,
    )
)
def test_search_knows_the_notes_that_stand_whatever_was_undone_and_redone(
    desk: Desk, steps: list[tuple[str, int, str]]
) -> None:
    for what, customer, text in steps:
        if what == "note":
            deeds.add_note(desk, [customer], f"n {text}")
        elif what == "undo":
            undoing.undo(desk)
        else:
            undoing.redo(desk)
    connection = desk.book.connection
    written = connection.execute(
        "SELECT id, customer_id, payload FROM events WHERE undoes IS NULL ORDER BY id"
    ).fetchall()
    assert noted(desk) == [
        (event, customer, search.text_of(json.loads(payload)))
        for event, customer, payload in written
        if not events.is_undone(connection, event)
    ]


@given(
    ids=st.lists(st.integers(1, 500), unique=True),
    found=st.sets(st.integers(1, 700)),
)
def test_whom_a_search_leaves_is_the_same_for_few_and_for_many(
    ids: list[int], found: set[int]
) -> None:
    kept = listing.among(array("I", ids), found)
    assert list(kept) == [each for each in ids if each in found]
    flags = bytes(each in found for each in range(max(found, default=0) + 1))
    assert listing.among(array("I", ids), search.Hits(flags)) == kept


@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    words=st.lists(
        st.sampled_from(["a", "10", "sommer", "fair", "%", "100%_", "malmo", "x", "søn", "calm"]),
        min_size=1,
        max_size=3,
    ),
    within=st.one_of(st.none(), st.sets(st.integers(1, 6))),
)
def test_texts_held_in_memory_find_whom_the_book_finds(
    desk: Desk, words: list[str], within: set[int] | None
) -> None:
    deeds.add_note(desk, [2], "calm, a fair one")
    deeds.add_note(desk, [5], "bought 10")
    asked = Filter(words=tuple(words))
    held = matching.search_texts(desk)
    there = matching.matching(desk, asked, within)
    here = matching.matching(desk, asked, within, held)
    assert set(here) == set(there)
    assert len(here) == len(there)
    assert all((each in here) == (each in there) for each in range(-1, 9))
    assert held is not None
    # What a longer word finds is looked for among those whom a shorter one found.
    further = Filter(words=(*words[:-1], words[-1] + "0"))
    assert set(matching.matching(desk, further, here, held)) == set(
        matching.matching(desk, further, within)
    )


def test_of_too_many_customers_no_texts_are_held(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(search, "MOST", 4)
    assert matching.search_texts(desk) is None


def test_a_note_finds_whom_the_texts_leave_out(desk: Desk) -> None:
    with desk.book.write() as connection:
        connection.execute("DELETE FROM customer_search WHERE customer_id > 3")
    deeds.add_note(desk, [5], "calm, a fair one")
    held = matching.search_texts(desk)
    for words in (("fair",), ("calm", "fair")):
        asked = Filter(words=words)
        assert set(matching.matching(desk, asked, None, held)) == {5} == found(desk, *words)


SPELLED = (
    Buyer("2001", "Müller & Söhne", city="Köln"),
    Buyer("2002", "Mueller Stahl", city="Koeln"),
    Buyer("2003", "Muller AG", city="Straßburg"),
    Buyer("2004", "Blumen Johannsen", city="Århus"),
    Buyer("2005", "Sørensen & Jørgen", city="Łódź"),
    Buyer("2006", "Bauernküche Jörg", city="Işıkkent"),
)


@pytest.fixture(scope="module")
def spelled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A book of names that are spelled in more than one way."""
    return fill(tmp_path_factory.mktemp("spelled") / "book.db", SPELLED)


class TestSpellings:
    @pytest.fixture
    def desk(self, spelled: Path, tmp_path: Path) -> Iterator[Desk]:
        path = tmp_path / "copy.db"
        path.write_bytes(spelled.read_bytes())
        with Desk.open(path, Config(), AS_OF) as opened:
            with opened.book.write() as connection:
                customers.index_search(connection)
            yield opened

    @pytest.mark.parametrize(
        ("typed", "who"),
        [
            ("müller", {1, 2, 3}),
            ("mueller", {1, 2}),
            ("muller", {1, 3}),
            ("MUELLER", {1, 2}),
            ("soehne", {1}),
            ("koeln", {1, 2}),
            ("köln", {1, 2}),
            ("strassburg", {3}),
            ("straß", {3}),
            ("aarhus", {4}),
            ("arhus", {4}),
            ("soerensen", {5}),
            ("sørensen", {5}),
            ("sorensen", {5}),
            ("joerg", {5, 6}),
            ("lodz", {5}),
            ("bauernkueche", {6}),
            ("bauernküche", {6}),
            ("isikkent", {6}),
            # No umlaut stands where these have none.
            ("joe", {5, 6}),
            ("blue", set()),
            ("johae", set()),
        ],
    )
    def test_a_name_is_found_however_it_is_spelled(
        self, desk: Desk, typed: str, who: set[int]
    ) -> None:
        held = matching.search_texts(desk)
        assert found(desk, typed) == who
        assert set(matching.matching(desk, Filter(words=(typed,)), None, held)) == who
        # And among those whom fewer letters found.
        letters: set[int] | None = None
        for count in range(1, len(typed) + 1):
            letters = set(matching.matching(desk, Filter(words=(typed[:count],)), letters, held))
        assert letters == who

    def test_words_and_notes_are_spelled_each_for_itself(self, desk: Desk) -> None:
        deeds.add_note(desk, [4], "asked for Frau Günther, and for Blüten")
        assert found(desk, "guenther") == {4}
        assert found(desk, "günther", "aarhus") == {4}
        assert found(desk, "mueller", "koeln") == {1, 2}
        assert found(desk, "mueller", "guenther") == set()
        assert found(desk, "bluete") == {4}
        assert found(desk, "for") == {4}
        assert found(desk, "foer") == set()
        deeds.add_note(desk, [1], "asked for Guenther")
        assert found(desk, "günther") == {1, 4}

    def test_a_command_takes_a_name_however_it_is_spelled(self, desk: Desk) -> None:
        connection = desk.book.connection
        assert customers.find(connection, "mueller & soehne") == 1
        assert customers.find(connection, "Soerensen") == 5
        assert customers.find(connection, "bauernkueche") == 6
        with pytest.raises(BadInputError, match=r"2001 .*2002"):
            customers.find(connection, "mueller")

    def test_a_filter_takes_a_town_however_it_is_spelled(self, desk: Desk) -> None:
        for typed in ("koeln", "Köln"):
            asked = Filter(conditions=(("city", typed),))
            assert set(matching.matching(desk, asked)) == {1, 2}

    def test_what_was_indexed_before_is_found_as_well(self, desk: Desk) -> None:
        with desk.book.write() as connection:
            connection.execute(
                "UPDATE customer_search SET text = replace(text, 'sorensen', 'sørensen')"
            )
        held = matching.search_texts(desk)
        for typed in ("sørensen", "sorensen", "soerensen"):
            assert set(matching.matching(desk, Filter(words=(typed,)), None, held)) == {5}
        assert found(desk, "sørensen") == {5}

    def test_of_very_many_who_may_be_meant_nobody_is_left_out(
        self, desk: Desk, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(search, "_ASKED", 2)
        assert found(desk, "oe") >= {1, 2, 5, 6}
        assert found(desk, "joe") == {4, 5, 6}
