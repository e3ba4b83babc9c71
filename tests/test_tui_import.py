"""The import screen: from a file to a batch, and back, without the shell."""

import threading
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest
from textual.widgets import Input, OptionList

from tests.apps import Keyboard, running, shown
from tests.kinds import workbook
from tests.little import fill
from winback_tui.book.connection import Book
from winback_tui.config import Config
from winback_tui.desk import importing
from winback_tui.desk.imports import ImportOptions, run_import
from winback_tui.desk.session import Desk
from winback_tui.tui.app import WinbackApp
from winback_tui.tui.screens.importing import ImportScreen

ORDERS = """customer,name,date,amount
900,Neu GmbH,2026-10-01,120.50
900,Neu GmbH,2026-11-01,99.00
901,[/] & Co,2026-11-03,12.00
902,Ohne Datum,,5.00
"""


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    place = tmp_path / "files"
    (place / "older").mkdir(parents=True)
    (place / "orders.csv").write_text(ORDERS, encoding="utf-8")
    (place / "notes.pdf").write_bytes(b"%PDF")
    monkeypatch.chdir(place)
    return place


async def until(pilot: Keyboard, app: WinbackApp, there: str | Callable[[str], bool]) -> str:
    """Wait until the screen shows a text, and return the screen."""
    fits = (lambda text: there in text) if isinstance(there, str) else there
    for _ in range(4_000):
        await pilot.pause(0.02)
        if fits(text := shown(app)):
            return text
    raise AssertionError(f"never shown: {there!r}; the screen:\n{shown(app)}")


async def opened(pilot: Keyboard, app: WinbackApp, name: str = "orders", *, key: str = "I") -> str:
    """Open the import, choose a file by part of its name, and return the screen of its columns."""
    if key:
        await pilot.press(key)
    await until(pilot, app, "1 File")
    await pilot.press(*name, "enter")
    return await until(pilot, app, "Taken as")


def customers(path: Path) -> set[str]:
    with Book.open(path, reading=True) as book:
        return {number for (number,) in book.connection.execute("SELECT number FROM customers")}


async def test_a_file_is_picked_tried_imported_and_taken_back(tmp_path: Path, folder: Path) -> None:
    path = fill(tmp_path / "book.db")
    before = customers(path)
    async with running(path) as (app, pilot):
        await pilot.press("I")
        text = await until(pilot, app, "orders.csv")
        assert "older/" in text
        assert "notes.pdf" not in text
        await pilot.press(*"orders", "enter")
        text = await until(pilot, app, "Taken as: orders or invoices")
        assert [line.split()[:2] for line in text.splitlines()[4:8]] == [
            [name, name] for name in ("customer", "name", "date", "amount")
        ]
        await pilot.press("t")
        parts = ("4  rows read", "3  new", "1  rejected", "1 without a date")
        # The sentence is painted before the screen has room for the rest.
        text = await until(pilot, app, lambda text: parts[-1] in text)
        assert "Nothing has been kept yet" in text
        assert all(part in text for part in parts)
        assert "For businesses: once they are imported, press 5" in " ".join(text.split())
        assert customers(path) == before
        await pilot.press("enter")
        text = await until(pilot, app, "Imported, as one batch")
        assert "For businesses: press 5, filter by kind:unknown" in " ".join(text.split())
        assert "--" not in text
        assert customers(path) == before | {"900", "901"}
        await pilot.press("u")
        await until(pilot, app, "Take this import back? y/n")
        await pilot.press("y")
        await until(pilot, app, "the book is as it was")
        assert customers(path) == before
        await pilot.press("enter")
        assert not isinstance(app.screen, ImportScreen)


async def test_a_guess_is_corrected_column_by_column(tmp_path: Path, folder: Path) -> None:
    (folder / "odd.csv").write_text(
        "who;when;how much;net\n7;03.11.2026;1,50;1,00\n", encoding="utf-8"
    )
    path = fill(tmp_path / "book.db")
    async with running(path) as (app, pilot):
        await opened(pilot, app, "odd")
        screen = app.screen
        assert isinstance(screen, ImportScreen)
        await pilot.press("t")
        text = await until(pilot, app, "No column was recognised as")
        assert "Taken as" in text
        for place, field in enumerate(("customer", "date", "amount")):
            screen.query_one(OptionList).highlighted = place
            await pilot.press("enter")
            await until(pilot, app, "What ")
            index = 1 + importing.fields_of("transactions").index(field)
            app.screen.query_one(OptionList).highlighted = index
            await pilot.press("enter")
            await until(pilot, app, f"*{field}")
        await pilot.press("t")
        await until(pilot, app, "Nothing has been kept yet")
        await pilot.press("enter")
        await until(pilot, app, "Imported, as one batch")
    with Book.open(path, reading=True) as book:
        rows = book.connection.execute(
            "SELECT amount FROM transactions JOIN customers c ON c.id = customer_id"
            " WHERE c.number = '7'"
        ).fetchall()
    assert rows == [(150,)]


async def test_what_was_said_of_a_header_is_offered_for_the_next_file(
    tmp_path: Path, folder: Path
) -> None:
    (folder / "a.csv").write_text("Nr;Wer;Rang;seit\n7;Nord AG;gold;2024-01-05\n", encoding="utf-8")
    (folder / "b.csv").write_text("Nr;Wer;Rang;seit\n8;Süd AG;blau;2024-02-05\n", encoding="utf-8")
    path = fill(tmp_path / "book.db")
    said = (("Wer", "name"), ("Rang", "attribute:Rang"))
    with Desk.open(path, Config(), date(2026, 11, 21)) as desk:
        run_import(desk, "customers", [folder / "a.csv"], ImportOptions(mapping=said))
    async with running(path) as (app, pilot):
        text = await opened(pilot, app, "b.csv")
        assert "Taken as: customers" in text
        assert "about a file with this header. The key f forgets that." in text
        assert "*attribute:Rang" in text
        screen = app.screen
        assert isinstance(screen, ImportScreen)
        screen.query_one(OptionList).highlighted = 3
        await pilot.press("enter")
        await until(pilot, app, "What seit holds")
        index = 1 + importing.fields_of("customers").index("customer_since")
        app.screen.query_one(OptionList).highlighted = index
        await pilot.press("enter")
        text = await until(pilot, app, "*customer_since")
        assert "The key f forgets that." not in text
        await pilot.press("t")
        await until(pilot, app, "Nothing has been kept yet")
        await pilot.press("enter")
        await until(pilot, app, "Imported, as one batch")
        # What was corrected here is offered the next time, until it is forgotten.
        await pilot.press("n")
        text = await opened(pilot, app, "a.csv", key="")
        assert "*customer_since" in text
        await pilot.press("f")
        await until(pilot, app, lambda text: "*" not in text)
        await pilot.press("t")
        await until(pilot, app, "Nothing has been kept yet")
        await pilot.press("enter")
        await until(pilot, app, "Nothing in the file was new")
    with Book.open(path, reading=True) as book:
        assert book.connection.execute("SELECT count(*) FROM import_mappings").fetchone() == (0,)


@pytest.mark.parametrize(
    ("text", "keys", "asked"),
    [
        (
            "customer_number,signal,date,value\n1001,nps,03/04/2026,7\n",
            ("d",),
            "does not tell day from month, as in 03/04/2026; press d until",
        ),
        (
            'customer_number,signal,date,value\n1001,nps,2026-04-03,"7,500"\n',
            ("full_stop",),
            "has decimals or thousands; press . until",
        ),
        (
            'customer,date,amount\n1001,2026-04-03,"7,500"\n',
            ("full_stop",),
            "has decimals or thousands; press . until",
        ),
    ],
)
async def test_what_is_unclear_is_answered_with_a_key(
    tmp_path: Path, folder: Path, text: str, keys: tuple[str, ...], asked: str
) -> None:
    (folder / "open.csv").write_text(text, encoding="utf-8")
    async with running(fill(tmp_path / "book.db")) as (app, pilot):
        await opened(pilot, app, "open")
        await pilot.press("t")
        told = await until(pilot, app, "press ")
        assert asked in " ".join(told.split())
        assert "--" not in told.split("Taken as")[1].split("press")[0]
        await pilot.press(*keys, "t")
        await until(pilot, app, "Nothing has been kept yet")


async def test_of_amounts_on_two_sides_it_says_what_each_column_can_be(
    tmp_path: Path, folder: Path
) -> None:
    (folder / "open.csv").write_text("Kunde;Datum;Soll;Haben\nA;05.01.2026;9,50;\n", "utf-8")
    async with running(fill(tmp_path / "book.db")) as (app, pilot):
        await opened(pilot, app, "open")
        await pilot.press("t")
        told = " ".join((await until(pilot, app, "amount_back")).split())
        assert "which of them are sales: make that one amount, and the other amount_back" in told
        assert "--map" not in told


async def test_of_several_sheets_one_is_asked_for(tmp_path: Path, folder: Path) -> None:
    header = ["customer_number", "company"]
    sheets = {
        "North": [header, ["N-1", "North Ltd"]],
        "[/] South": [header, ["S-1", "South Ltd"]],
    }
    workbook(folder / "two.xlsx", sheets)
    async with running(fill(tmp_path / "book.db")) as (app, pilot):
        await pilot.press("I")
        await until(pilot, app, "1 File")
        await pilot.press(*"two", "enter")
        await until(pilot, app, "South")
        await pilot.press("down", "enter")
        text = await until(pilot, app, "Taken as: customers")
        assert "S-1" in text
        assert "North" in text
        await pilot.press("t")
        await until(pilot, app, "Nothing has been kept yet")


async def test_another_kind_of_rows_is_chosen_by_its_number(tmp_path: Path, folder: Path) -> None:
    (folder / "people.csv").write_text(
        "customer_number,name,city\n1001,Madame A. GmbH,Bonn\n", encoding="utf-8"
    )
    path = fill(tmp_path / "book.db")
    async with running(path) as (app, pilot):
        text = await opened(pilot, app, "people")
        assert "Taken as: customers" in text
        await pilot.press("k")
        await until(pilot, app, "What the rows are")
        await pilot.press("1")
        await until(pilot, app, "Taken as: orders or invoices")
        await pilot.press("k", "2")
        await until(pilot, app, "Taken as: customers")
        await pilot.press("t")
        text = await until(pilot, app, "Nothing has been kept yet")
        assert "1  updated" in text
        assert "Köln → Bonn" in text


async def test_escape_cancels_a_long_import_and_the_book_is_as_it_was(
    tmp_path: Path, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = fill(tmp_path / "book.db")
    before = customers(path)
    begun, go_on = threading.Event(), threading.Event()
    real = importing.carry_out

    def slow(desk, kind, file, chosen, progress):
        def report(done: int, total: int, phase: str) -> None:
            if phase == "write":
                begun.set()
                go_on.wait(60)
            progress(done, total, phase)

        return real(desk, kind, file, chosen, report)

    monkeypatch.setattr(importing, "carry_out", slow)
    async with running(path) as (app, pilot):
        await opened(pilot, app)
        await pilot.press("t")
        while not begun.is_set():
            await pilot.pause(0.01)
        assert "esc cancel" in shown(app)
        await pilot.press("escape")
        go_on.set()
        await until(pilot, app, "Cancelled; the book is as it was.")
        assert "Taken as" in shown(app)
        assert customers(path) == before


async def test_what_is_no_table_is_one_sentence_and_the_screen_stays(
    tmp_path: Path, folder: Path
) -> None:
    (folder / "empty.csv").write_bytes(b"")
    async with running(fill(tmp_path / "book.db")) as (app, pilot):
        await pilot.press("I")
        await pilot.press(*"empty", "enter")
        await until(pilot, app, "empty.csv is empty")
        assert isinstance(app.screen, ImportScreen)
        app.screen.query_one(Input).value = "/nowhere at all/"
        await until(pilot, app, "cannot be read")
        await pilot.press("escape")
        assert not isinstance(app.screen, ImportScreen)


async def test_the_first_start_imports_into_a_new_book(tmp_path: Path, folder: Path) -> None:
    path = tmp_path / "new.db"
    async with running(path) as (app, pilot):
        await pilot.press("i")
        await until(pilot, app, "orders.csv")
        await pilot.press(*"orders", "enter")
        await until(pilot, app, "Taken as")
        await pilot.press("t")
        await until(pilot, app, "Nothing has been kept yet")
        await pilot.press("enter")
        await until(pilot, app, "Imported, as one batch")
        await pilot.press("enter")
        await pilot.press("5")
        await until(pilot, app, "Neu GmbH")
    assert customers(path) == {"900", "901"}


@pytest.mark.parametrize("size", [(120, 40), (80, 24), (40, 10)])
async def test_hostile_columns_and_cells_are_only_text(
    tmp_path: Path, folder: Path, size: tuple[int, int]
) -> None:
    cells = ["[/]", "[red]x", "=cmd|' /C calc'!A0", "\u202eturned", "🦀" * 60, "n" * 300]
    header = ["customer", "date", "amount", *(f"[/{n}]🦀" for n in range(len(cells)))]
    row = ["5", "2026-11-01", "3.00", *(f'"{cell}"' for cell in cells)]
    (folder / "[bold].csv").write_text(f"{','.join(header)}\n{','.join(row)}\n", encoding="utf-8")
    async with running(fill(tmp_path / "book.db"), size=size) as (app, pilot):
        await pilot.press("I")
        await pilot.press(*"bold", "enter")
        await until(pilot, app, "Taken as")
        await pilot.press("t")
        await until(pilot, app, "Nothing has been kept")
        await pilot.press("enter")
        await until(pilot, app, "Imported, as one")


async def test_a_sign_of_several_currencies_is_answered_with_a_key_and_samples_show_the_rows(
    tmp_path: Path, folder: Path
) -> None:
    (folder / "dollars.csv").write_text(
        "Customer,Date,Net,Gross\n900,2026-10-01,$100.00,$119.00\n", encoding="utf-8"
    )
    async with running(fill(tmp_path / "book.db")) as (app, pilot):
        await opened(pilot, app, "dollars")
        await pilot.press("t")
        told = await until(pilot, app, "several currencies use")
        assert "press c and type its code" in told
        await pilot.press("c")
        await until(pilot, app, "Currency where a row names none")
        await pilot.press(*"usd", "enter")
        await until(pilot, app, "· USD")
        await pilot.press("t")
        told = " ".join((await until(pilot, app, "Samples")).split())
        assert "Line 2: 900, 2026-10-01, $100.00 → 900, 2026-10-01, 100.00 USD" in told
        assert "“Net” was chosen as the amount, not “Gross”; esc, to say otherwise." in told


async def test_the_trial_of_customers_shows_rows_before_and_after(
    tmp_path: Path, folder: Path
) -> None:
    (folder / "people.csv").write_text(
        "Kundennummer;Firma;Vorname;Nachname;Telefon\n77;Neu GmbH;Eva;Neu;0731 123456\n",
        encoding="utf-8",
    )
    async with running(fill(tmp_path / "book.db")) as (app, pilot):
        await opened(pilot, app, "people")
        await pilot.press("t")
        told = " ".join((await until(pilot, app, "Samples")).split())
        assert "→ 77, Neu GmbH, Eva Neu, +49731123456" in told


@pytest.mark.parametrize(
    ("header", "kind"),
    [
        ("Kundennummer,Firma,Straße,PLZ,Ort,EMail,Newsletter", "customers"),
        ("Kundennummer,Newsletter,Einwilligung,Kanal,Datum", "consents"),
        ("Kundennummer,Ansprechpartner,Funktion,Telefon", "contacts"),
        ("Kundennummer,Vertragsnummer,Vertragsende", "contracts"),
        ("Kundennummer,Art,Datum,Bemerkung", "signals"),
        ("Order Date,Buyer Email,Grand Total", "transactions"),
        ("Name,Email,Created at,Total spend,Phone,Company,City,First name", "customers"),
    ],
)
def test_what_a_file_holds_is_told_by_most_of_its_columns(
    tmp_path: Path, header: str, kind: str
) -> None:
    path = tmp_path / "file.csv"
    path.write_text(f"{header}\n{','.join('x' for _ in header.split(','))}\n", encoding="utf-8")
    assert importing.look(path).kind == kind
