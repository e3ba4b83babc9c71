"""The triage lists: which customers stand in which tab, and in what order."""

from typing import Final

import polars as pl

from winback_tui.model import Lifecycle, Sort, Tab

#: Which lifecycles a tab shows; None: every customer with a score.
SHOWN: Final[dict[Tab, tuple[Lifecycle, ...] | None]] = {
    Tab.QUEUE: (Lifecycle.AT_RISK, Lifecycle.LAPSED),
    Tab.WATCH: (Lifecycle.WATCH,),
    Tab.GONE: (Lifecycle.GONE,),
    Tab.ALL: None,
}
_BY: Final = {
    Sort.SCORE: ["score", "value_at_risk", "place"],
    Sort.VALUE: ["value_at_risk", "score", "place"],
}


def orders(scores: pl.DataFrame, by_number: pl.Series) -> dict[tuple[Tab, Sort], bytes]:
    """Return the ids of each list in its order, as little-endian uint32.

    `scores` is what `score` returns. Both orders put the highest first and break ties by the
    other measure, then by customer number: `by_number` holds all customer ids in the order of
    their numbers, so that the list is the same whatever ids an import gave.
    """
    place = pl.DataFrame({"customer_id": by_number}).with_row_index("place")
    rows = scores.select("customer_id", "score", "value_at_risk", "lifecycle").join(
        place, on="customer_id", how="left"
    )
    found: dict[tuple[Tab, Sort], bytes] = {}
    for sort, by in _BY.items():
        ordered = rows.sort(by, descending=[True, True, False])
        for tab, shown in SHOWN.items():
            listed = ordered
            if shown is not None:
                listed = ordered.filter(pl.col("lifecycle").is_in([each.value for each in shown]))
            found[tab, sort] = listed["customer_id"].to_numpy().astype("<u4").tobytes()
    return found
