"""The people at the sample's customers, how to reach them, and what they allowed."""

from datetime import date
from typing import Final

import polars as pl

from winback_tui.intake.sample import words
from winback_tui.intake.sample.chance import below, between, draw, pick, weighted
from winback_tui.intake.sample.customers import ragged, slug

#: Most people at one customer; contact ids are customer id × this + number of the person.
PEOPLE: Final = 3
#: One in so many people has a mobile number.
_MOBILE: Final = 5
#: Has no divisor in common with a power of ten, so its multiples give all numbers of some digits.
_STEP: Final = 387


def contacts(customers: pl.DataFrame, seed: int, as_of: date) -> pl.DataFrame:
    """Return the contacts of these customers by id, with `person` 0 for the one to ask first."""
    key, person = pl.col("customer_id"), pl.col("person")
    drawn = [key, person]
    count = pl.when(pl.col("party_kind") == "consumer").then(0).otherwise(
        weighted(draw(seed, "people", pl.col("id")), (560, 310, 130))
    )  # fmt: skip
    own = (person == 0) & (below(draw(seed, "own firm", key), 100) < 45)
    own = own | (pl.col("party_kind") == "consumer")
    # Half were checked within a year, some never, and a few years ago.
    age = weighted(draw(seed, "checked", *drawn), (500, 300, 200))
    days = below(draw(seed, "checked days", *drawn), 365) + age * 365
    ended = (person > 0) & (below(draw(seed, "ended", *drawn), 100) < 28)
    gone_for = between(draw(seed, "ended days", *drawn), 20, 900)
    return (
        customers.with_columns(pl.int_ranges(0, count + 1).alias("person"))
        .explode("person", empty_as_null=False)
        .rename({"id": "customer_id"})
        .with_columns(own.alias("own"))
        .with_columns(
            pl.when("own")
            .then("first")
            .otherwise(ragged(pl.col("tongue"), words.FIRST_NAMES, draw(seed, "given", *drawn)))
            .alias("given"),
            pl.when("own")
            .then("surname")
            .otherwise(ragged(pl.col("tongue"), words.SURNAMES, draw(seed, "family", *drawn)))
            .alias("family"),
        )
        .select(
            (key * PEOPLE + person - (PEOPLE - 1)).alias("id"),
            "customer_id",
            pl.concat_str("given", pl.lit(" "), "family").alias("name"),
            _role(seed).alias("role"),
            pl.when(below(draw(seed, "unchecked", *drawn), 10) > 0)
            .then(day(as_of, days + 1))
            .alias("verified_on"),
            pl.when(ended).then(day(as_of, gone_for)).alias("ended_on"),
            "person",
            "land",
            "party_kind",
            pl.col("name").alias("firm"),
            "given",
            "family",
        )
    )


def contact_points(people: pl.DataFrame, seed: int) -> pl.DataFrame:
    """Return e-mail addresses and numbers of these contacts, all under names kept for examples."""
    key = pl.col("id")
    house = pl.concat_str(slug(pl.col("firm")), pl.lit(".example"))
    common = pick(draw(seed, "domain", key), words.MAIL_DOMAINS)
    mail = pl.concat_str(
        slug(pl.col("given")), pl.lit("."), slug(pl.col("family")), pl.lit("@"),
        pl.when(pl.col("party_kind") == "consumer").then(common).otherwise(house),
    )  # fmt: skip
    fixed = [each.split("|") for each in words.PHONES]
    mobile = [each.split("|") for each in words.MOBILES]
    # The numbers kept for examples are few: each is given out once before any is given again.
    block = (key - 1) // _MOBILE
    pattern = ragged(pl.col("land"), fixed, draw(seed, "area", key))
    phone = _extended(_dialled(pattern, (key * _STEP + seed) % 1000), (key - 1) // 1000)
    at = block * _STEP + seed
    nets = pl.lit(mobile).list.get(pl.col("land"))
    net = nets.list.get(at // 100 % nets.list.len())
    cell = _extended(_dialled(net, at % 1000), block // 1000)
    has_cell = (key - 1) % _MOBILE == below(draw(seed, "has cell", block), _MOBILE)
    columns = [
        (0, "email", mail, below(draw(seed, "has mail", key), 100) < 92),
        (1, "phone", phone, (pl.col("person") == 0) | (below(draw(seed, "has", key), 100) < 60)),
        (2, "sms", cell, has_cell),
    ]
    return pl.concat(
        people.filter(held).select(
            (key * 3 + kind - 2).alias("id"),
            "customer_id",
            key.alias("contact_id"),
            pl.lit(channel).alias("channel"),
            value.alias("value"),
            "ended_on",
        )
        for kind, channel, value, held in columns
    ).sort("id")


def _extended(number: pl.Expr, turn: pl.Expr) -> pl.Expr:
    """Return `number` with an extension where it is given out again, so that no two are one."""
    return pl.when(turn > 0).then(pl.format("{}-{}", number, turn)).otherwise(number)


def _dialled(pattern: pl.Expr, number: pl.Expr) -> pl.Expr:
    """Return `pattern` with its # replaced by the digits of a number, from the last one on."""
    for unit in (1, 10, 100):
        digit = (number // unit % 10).cast(pl.String)
        pattern = pattern.str.replace("#", digit, literal=True)
    return pattern


def search_text(
    customers: pl.DataFrame, people: pl.DataFrame, points: pl.DataFrame
) -> pl.DataFrame:
    """Return customer_id and what search looks through, as the book would write it.

    All customers at once, which for a million takes seconds instead of minutes. It folds what
    occurs in the sample's words; the book's own fold knows more.
    """

    def joined(frame: pl.DataFrame, column: str) -> pl.DataFrame:
        lines = pl.col(column).str.join("\n").alias(column)
        return frame.group_by("customer_id", maintain_order=True).agg(lines)

    names = joined(people.select("customer_id", pl.col("name").alias("names")), "names")
    values = joined(points.select("customer_id", "value"), "value")
    whole = pl.concat_str(
        "number", "name", "city", "country", "names", "value", separator="\n", ignore_nulls=True
    )
    return (
        customers.select(pl.col("id").alias("customer_id"), "number", "name", "city", "country")
        .join(names, on="customer_id", how="left", maintain_order="left")
        .join(values, on="customer_id", how="left", maintain_order="left")
        .select(
            "customer_id",
            whole.str.to_lowercase()
            .str.replace_all("ß", "ss", literal=True)
            .str.normalize("NFKD")
            .str.replace_all(r"\p{Mn}", "")
            .str.replace_many(["ø", "æ", "ı"], ["o", "ae", "i"])
            .alias("text"),
        )
    )


def consents(customers: pl.DataFrame, seed: int, as_of: date) -> pl.DataFrame:
    """Return the consent events of these customers, oldest first for each.

    One of the lives below per customer and channel, so that every standing occurs: allowed, soon
    to expire, expired, presumed, withdrawn, objected, bounced, unknown.
    """
    key, life = pl.col("customer_id"), pl.col("life")
    steps = pl.DataFrame(_LIVES, schema=["life", "step", "event", "oldest", "newest"], orient="row")
    per_channel = [
        customers.select(
            pl.col("id").alias("customer_id"),
            pl.lit(at, dtype=pl.Int64).alias("way"),
            pl.lit(channel).alias("channel"),
            weighted(draw(seed, f"consent {channel}", pl.col("id")), weights).alias("life"),
        )
        for at, (channel, weights) in enumerate(_CHANNELS.items())
    ]
    rows = pl.concat(per_channel).filter(life > 0).join(steps, on="life", how="inner")
    drawn = draw(seed, "consent day", key, pl.col("way"), pl.col("step"))
    age = pl.col("oldest") - below(drawn, pl.col("oldest") - pl.col("newest") + 1)
    source = pl.col("event").replace_strict(
        _SOURCES, default=pick(draw(seed, "consent source", key, pl.col("way")), _GRANTS)
    )
    return (
        rows.with_columns(age.alias("age"))
        .sort("customer_id", "way", "step")
        .select(
            ((key - 1) * 16 + pl.col("way") * 4 + pl.col("step") + 1).alias("id"),
            "customer_id",
            "channel",
            "event",
            pl.when(pl.col("event") == "granted")
            .then(pl.lit("consent"))
            .when(pl.col("event") == "basis_claimed")
            .then(pl.lit("presumed"))
            .alias("basis"),
            pl.concat_str(day(as_of, pl.col("age")), pl.lit("T09:30:00Z")).alias("at"),
            source.alias("source"),
        )
    )


#: Where a consent came from, and where the rest did.
_GRANTS: Final = (
    "order form", "trade fair, paper form", "web form, double opt-in", "phone, confirmed by mail",
)  # fmt: skip
_SOURCES: Final = {
    "used": "message sent",
    "withdrawn": "customer's mail",
    "objected": "customer's letter",
    "bounced": "mail server",
    "basis_claimed": "regular orders, phone number given for queries",
}
#: (life, step, event, oldest, newest): ages in days before the as-of date.
_LIVES: Final = (
    (1, 0, "granted", 1500, 600), (1, 1, "used", 330, 20),  # in use
    (2, 0, "granted", 300, 10),  # fresh
    (3, 0, "granted", 1500, 900), (3, 1, "used", 545, 522),  # used so long ago that it soon ends
    (4, 0, "granted", 1900, 1200), (4, 1, "used", 1100, 760),  # too long ago
    (5, 0, "granted", 1300, 560),  # never used, too old
    (6, 0, "granted", 1400, 500), (6, 1, "used", 420, 200), (6, 2, "withdrawn", 190, 15),
    (7, 0, "granted", 900, 300), (7, 1, "bounced", 200, 10),
    (8, 0, "basis_claimed", 900, 60),  # presumed, with a reason on file
    (9, 0, "granted", 362, 338),  # never used, the clock runs out in these weeks
    (10, 0, "granted", 1400, 500), (10, 1, "objected", 300, 5),
)  # fmt: skip
#: How many in a thousand lead which life (0: none known), by channel.
_CHANNELS: Final = {
    "email": (150, 360, 160, 60, 70, 60, 30, 30, 0, 50, 30),
    "phone": (330, 250, 120, 40, 40, 40, 20, 0, 110, 40, 10),
    "sms": (900, 50, 20, 5, 5, 10, 5, 0, 0, 5, 0),
    "post": (970, 0, 0, 0, 0, 0, 30, 0, 0, 0, 0),
}


def day(as_of: date, ago: pl.Expr) -> pl.Expr:
    """Return the ISO date that lies `ago` days before `as_of`."""
    return (pl.lit(as_of) - pl.duration(days=ago)).cast(pl.Date).cast(pl.String)


def _role(seed: int) -> pl.Expr:
    drawn = draw(seed, "role", pl.col("customer_id"), pl.col("person"))
    others = ragged(pl.col("trade"), words.ROLES, drawn)
    return (
        pl.when(pl.col("party_kind") == "consumer")
        .then(None)
        .when("own")
        .then(pl.lit("owner"))
        .otherwise(others)
    )
