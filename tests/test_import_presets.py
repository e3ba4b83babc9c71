"""Files of shops, CRMs, payment services, bookkeeping and banks, each with its own traps.

The files in tests/fixtures/transactions are invented; only their headers are those of the programs.
"""

from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.test_imports import content, counts, desk
from tests.test_intake_files import Made, planned
from winback_tui.book import customers
from winback_tui.book.connection import Book
from winback_tui.desk.imports import ImportOptions, import_transactions, known_presets, undo_import

FILES = Path(__file__).parent / "fixtures" / "transactions"
EPOCH = date(1970, 1, 1)


def file(name: str, **hints: object) -> Made:
    return planned(FILES / f"{name}.csv", **hints)


def lines(made: Made) -> list[tuple[Any, ...]]:
    """Number, day, document, product, amount and currency of each line."""
    found = made.rows.select("number", "day", "document", "product", "amount", "currency").rows()
    return [(n, (EPOCH + timedelta(days=day)).isoformat(), *rest) for n, day, *rest in found]


def reasons(made: Made) -> dict[str, int]:
    assert made.read == made.rows.height + made.plan.rejected.total()
    return dict(made.plan.rejected)


@pytest.mark.parametrize(
    ("name", "preset"),
    [
        ("shopify_orders", "shopify_orders"),
        ("hubspot_deals", "hubspot_deals"),
        ("pipedrive_deals", "pipedrive_deals"),
        ("pipedrive_deals_de", "pipedrive_deals"),
        ("woocommerce_orders", "woocommerce"),
        ("odoo_sales", "odoo_sales"),
        ("odoo_sales_de", "odoo_sales"),
        ("stripe_payments", "stripe_payments"),
        ("datev_bookings", "datev_bookings"),
        ("german_bank", "german_bank"),
        ("online_retail", "online_retail"),
        ("german_invoices", "auto"),
    ],
)
def test_each_program_is_known_by_its_distinctive_columns(name: str, preset: str) -> None:
    assert file(name).guess.preset == preset


def test_every_program_is_listed_with_what_tells_it() -> None:
    known = known_presets()
    assert len(known) == len({each.name for each in known})
    assert sum(each.kind == "transactions" for each in known) == 19
    assert all(each.title and each.columns for each in known)


def test_shopify_orders_take_several_rows_and_their_sum_is_what_the_order_says() -> None:
    made = file("shopify_orders")
    anna, cem, bo = "anna@nordlicht.example", "cem@ofen.example", "+16175550100"
    assert lines(made) == [
        # 60 + 40 less 10 for the code WINTER: the order says 90.
        (anna, "2026-01-05", "#1001", "LA-1", 5400, "EUR"),
        (anna, "2026-01-05", "#1001", "CA-7", 3600, "EUR"),
        (bo, "2026-01-31", "#1002", "Mug", 2500, "USD"),
        (cem, "2026-02-03", "#1003", "LA-1", 6000, "EUR"),
        (anna, "2026-02-08", "#1007", "CA-7", 4000, "EUR"),
        (cem, "2026-02-03", "#1003", "", -3000, "EUR"),
        # Shipping went back as well, but was never counted.
        (anna, "2026-02-08", "#1007", "", -4000, "EUR"),
    ]
    assert reasons(made) == {
        "cancelled": 2, "not_paid": 1, "test_order": 1, "bad_amount": 1, "same_order": 1,
    }  # fmt: skip
    people = dict(made.customers.select("number", "zip").rows())
    assert people == {anna: "20457", bo: "02108", cem: "50667"}
    assert made.rejects.filter(document := made.rejects["Name"] == "#1008").height == document.sum()


def test_only_won_deals_of_hubspot_are_purchases() -> None:
    made = file("hubspot_deals")
    assert lines(made) == [
        ("hubspot-7001", "2026-01-05", "9001", "", 120_050, "EUR"),
        ("hubspot:person-503", "2026-01-25", "9002", "", 80_000, "EUR"),
    ]
    assert reasons(made) == {"lost_deal": 1, "open_deal": 1, "no_amount": 1}
    assert made.customers["name"].to_list() == ["Alpha Dach GmbH", None]


@pytest.mark.parametrize("name", ["pipedrive_deals", "pipedrive_deals_de"])
def test_pipedrive_links_by_name_in_either_language(name: str) -> None:
    made = file(name)
    assert lines(made)[0][:2] == ("Delta Druck", "2026-01-12")
    assert lines(made)[0][4:] == (250_000, "EUR")
    assert reasons(made) == {"lost_deal": 1, "open_deal": 1}
    assert made.customers["email"][0] == "eva@delta.example"


def test_a_person_without_an_organization_is_the_customer_of_a_deal() -> None:
    assert lines(file("pipedrive_deals"))[1][0] == "Finn Frei"


def test_woocommerce_knows_customers_and_guests_and_gives_back() -> None:
    made = file("woocommerce_orders")
    assert [(n, d, amount, c) for n, _, d, _, amount, c in lines(made)] == [
        ("12", "81", 5490, "EUR"),
        ("hanna@insel.example", "83", 3000, "CHF"),
        ("12", "85", 1500, "EUR"),
        ("hanna@insel.example", "83", -500, "CHF"),
        ("12", "85", -1500, "EUR"),
    ]
    assert reasons(made) == {"not_paid": 2, "cancelled": 1, "draft": 1}
    assert made.customers["name"].to_list() == ["Gerd Hügel", "Insel AG"]


def test_odoo_s_lines_belong_to_the_order_above_and_know_discounts() -> None:
    made = file("odoo_sales")
    assert lines(made) == [
        ("Iris Immo GmbH", "2026-01-05", "S00011", "[LA-1] Lantern", 5400, "EUR"),
        ("Iris Immo GmbH", "2026-01-05", "S00011", "[CA-7] Candle", 1500, "EUR"),
        ("Jonas Jacht", "2026-01-08", "S00014", "[CA-7] Candle", 300, "EUR"),
    ]
    assert reasons(made) == {"draft": 1, "cancelled": 2}
    german = file("odoo_sales_de")
    assert lines(german) == lines(made)[:2]
    assert reasons(german) == {"draft": 1}


def test_stripe_keeps_currencies_apart_and_counts_what_failed() -> None:
    made = file("stripe_payments")
    assert lines(made) == [
        ("cus_1", "2026-01-31", "py_1", "", 4900, "EUR"),
        ("leo@laut.example", "2026-02-02", "py_3", "", 1200, "JPY"),
        ("cus_3", "2026-02-03", "py_4", "", 8000, "USD"),
        ("leo@laut.example", "2026-02-02", "py_3", "", -200, "JPY"),
        ("cus_3", "2026-02-03", "py_4", "", -8000, "USD"),
    ]
    assert reasons(made) == {"not_paid": 2}


def test_datev_bookings_take_year_sign_and_customer_from_where_they_stand() -> None:
    made = file("datev_bookings")
    assert made.guess.encoding == "Windows-1252"
    assert lines(made) == [
        ("10001", "2025-12-05", "RE-1", "", 119_000, "EUR"),
        ("10002", "2026-01-15", "RE-2", "", 59_550, "EUR"),
        ("10001", "2026-01-10", "GS-1", "", -11_900, "EUR"),
        ("69999", "2026-01-05", "RE-3", "", 30_000, "CHF"),
    ]
    # A payment, an expense, and a supplier's account.
    assert reasons(made) == {"no_sale": 3}


def test_generic_german_headers_prove_no_program_but_are_understood() -> None:
    made = file("german_invoices")
    assert lines(made) == [
        ("K7", "2026-01-05", "R-1", "", 100_000, "EUR"),
        ("K8", "2026-01-06", "R-2", "", 25_050, "EUR"),
        ("K8", "2026-01-09", "R-5", "", -5_000, "EUR"),
    ]
    assert reasons(made) == {"cancelled": 1, "draft": 1}
    assert made.customers["name"].to_list() == ["Größe & Söhne", "Nußdorf eG"]


def test_a_bank_statement_has_lines_around_it_and_money_going_out() -> None:
    made = file("german_bank")
    assert lines(made) == [
        ("DE11500105170000000001", "2026-01-30", "", "", 11_900, "EUR"),
        ("PIA PULT", "2026-01-28", "", "", 5_000, "EUR"),
    ]
    assert reasons(made) == {"outgoing": 1, "not_paid": 1, "no_sale": 2}
    assert made.rejects["_line"].to_list() == [7, 8, 10, 11]


def test_retail_lines_and_cancellations() -> None:
    made = file("online_retail")
    assert [(n, amount) for n, _, _, _, amount, _ in lines(made)] == [
        *(("13085", 8340), ("13085", 8340), ("16321", -3540)),
    ]
    assert reasons(made) == {"no_customer": 1}


@pytest.mark.parametrize("path", sorted(FILES.glob("*.csv")), ids=lambda path: path.stem)
def test_every_file_comes_in_once_and_goes_out_whole(book: Book, path: Path) -> None:
    before = content(book)
    first = import_transactions(desk(book), [path])
    assert first.total("created") > 0
    kept = content(book)
    for options in (ImportOptions(), ImportOptions(again=True)):
        again = import_transactions(desk(book), [path], options)
        assert (again.total("created"), again.total("updated")) == (0, 0)
        assert again.total("unchanged") == first.total("created")
        assert (again.total("read"), again.total("rejected")) == (
            *(first.total("read"), first.total("rejected")),
        )
        counts(again)
        assert content(book) == kept
    undo_import(desk(book))
    assert content(book) == before


STRIPE = (FILES / "stripe_payments.csv").read_text(encoding="utf-8")


def test_what_a_later_export_says_of_an_order_takes_the_place_of_the_old(
    book: Book, tmp_path: Path
) -> None:
    first, later = tmp_path / "january.csv", tmp_path / "february.csv"
    first.write_text(STRIPE)
    import_transactions(desk(book), [first])
    before = content(book)
    # A second refund, and a payment that was called off after all.
    later.write_text(
        STRIPE.replace("py_3,Plan B,Payment complete.,2026-02-02 10:00:00,1200,200",
                       "py_3,Plan B,Payment complete.,2026-02-02 10:00:00,1200,700")
        .replace("eur,Paid,SHOP,cus_1", "eur,Canceled,SHOP,cus_1")
    )  # fmt: skip
    summary = import_transactions(desk(book), [later])
    assert counts(summary) == {"read": 7, "updated": 1, "unchanged": 3, "rejected": 3}
    amounts = [each[5] for each in content(book)["transactions"] if each[0] == "leo@laut.example"]
    assert sorted(each[4] for each in content(book)["transactions"]) == [-8000, -700, 1200, 8000]
    assert len(amounts) == 2
    undo_import(desk(book))
    assert content(book) == before


def test_orders_of_several_exports_are_taken_back_in_any_order(book: Book, tmp_path: Path) -> None:
    header = "id,Created (UTC),Amount,Amount Refunded,Currency,Status,Customer ID\n"
    kept = []
    for number, amount in enumerate((10, 20, 30)):
        path = tmp_path / f"{number}.csv"
        path.write_text(f"{header}py_1,2026-01-05 10:00:00,{amount}.00,0.00,eur,Paid,cus_1\n")
        import_transactions(desk(book), [path])
        kept.append([each[4] for each in content(book)["transactions"]])
    assert kept == [[1000], [2000], [3000]]
    undo_import(desk(book), 2)
    assert [each[4] for each in content(book)["transactions"]] == [3000]
    undo_import(desk(book), 3)
    assert [each[4] for each in content(book)["transactions"]] == [1000]
    undo_import(desk(book), 1)
    assert content(book)["transactions"] == []


def test_an_order_by_e_mail_finds_the_customer_who_has_that_address(book: Book) -> None:
    with book.write() as connection:
        connection.execute("INSERT INTO customers (number, name) VALUES ('K1', 'Nordlicht')")
        connection.execute(
            "INSERT INTO contact_points (customer_id, channel, value)"
            " VALUES (1, 'email', 'Anna@Nordlicht.example')"
        )
        customers.index_search(connection)
    import_transactions(desk(book), [FILES / "shopify_orders.csv"])
    numbers = {each[0] for each in content(book)["transactions"]}
    assert numbers == {"K1", "+16175550100", "cem@ofen.example"}


def test_who_was_erased_does_not_come_back_with_a_file(book: Book) -> None:
    from winback_tui.book import suppression

    with book.write() as connection:
        suppression.suppress(connection, "email", "anna@nordlicht.example", "2026-01-01T00:00:00Z")
    summary = import_transactions(desk(book), [FILES / "shopify_orders.csv"])
    assert counts(summary) == {"read": 13, "created": 3, "suppressed": 4, "rejected": 6}
    assert "anna" not in str(content(book))


@pytest.mark.parametrize(
    ("status", "total", "code"),
    [
        ("Abgeschlossen", 1000, None), ("In Bearbeitung", 1000, None), ("Rückerstattet", 0, None),
        ("Remboursée", 0, None), ("wc-refunded", 0, None), ("In Wartestellung", 0, "not_paid"),
        ("Zahlung ausstehend", 0, "not_paid"), ("Fehlgeschlagen", 0, "not_paid"),
        ("Storniert", 0, "cancelled"), ("Entwurf", 0, "draft"),
    ],
)  # fmt: skip
def test_woocommerce_s_statuses_are_known_in_german(
    tmp_path: Path, status: str, total: int, code: str | None
) -> None:
    path = tmp_path / "woo.csv"
    path.write_text(
        "order_id,order_number,order_date,status,order_total,order_currency,customer_id,"
        "customer_email,billing_first_name,billing_last_name\n"
        f"1,1,2026-01-05 10:00,{status},10.00,EUR,7,a@b.example,Eva,Klein\n"
    )
    made = planned(path)
    assert made.plan.guess.preset == "woocommerce"
    assert made.rows["amount"].sum() == total
    assert reasons(made) == ({code: 1} if code else {})
