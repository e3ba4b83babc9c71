"""Which products are bought by the same customers: pairs with their n, for cross-selling.

For each pair: how many customers buy both, and each of the two. A pair is worth a word where it is
commoner than chance (lift = P(both) / (P(one) · P(other)) above 1).
"""

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    import polars as pl

#: The commonest products alone are paired, and of a large basket its commonest ones.
PRODUCTS: Final = 2_000
BASKET: Final = 25
#: So many customers are enough to know the pairs by.
CUSTOMERS: Final = 10_000
#: Pairs that fewer customers buy say nothing.
TOGETHER: Final = 5
LIFT: Final = 1.2
#: So many partners of a product are kept.
KEPT: Final = 8


def pairs(bought: "pl.DataFrame") -> "pl.DataFrame":
    """Return product, other, together, buyers, others: the best partners of each product.

    `bought` holds customer_id and product, one row for each product that a customer has bought.
    """
    import polars as pl

    customers = bought["customer_id"].n_unique()
    popular = (
        bought.group_by("product")
        .agg(buyers=pl.len())
        .filter(pl.col("buyers") >= TOGETHER)
        .sort("buyers", "product", descending=[True, False])
        .head(PRODUCTS)
        .with_row_index("rank")
        .with_columns(pl.col("rank").cast(pl.UInt32), pl.col("buyers").cast(pl.Int64))
    )
    baskets = (
        bought.lazy()
        .join(popular.lazy().select("product", "rank"), on="product")
        .select("customer_id", "rank")
        .sort("rank")
        .group_by("customer_id", maintain_order=False)
        .head(BASKET)
    )
    together = (
        baskets.join(baskets, on="customer_id", suffix="_other")
        .filter(pl.col("rank") < pl.col("rank_other"))
        .group_by("rank", "rank_other")
        .agg(together=pl.len().cast(pl.Int64))
        .filter(pl.col("together") >= TOGETHER)
        .collect()
    )
    both_ways = pl.concat(
        [
            together,
            together.select(
                rank=pl.col("rank_other"), rank_other=pl.col("rank"), together="together"
            ),
        ]
    )
    named = both_ways.join(popular, on="rank").join(
        popular.select(rank_other="rank", other="product", others="buyers"), on="rank_other"
    )
    lift = pl.col("together") * customers / (pl.col("buyers") * pl.col("others"))
    return (
        named.filter(lift > LIFT)
        .sort(
            [pl.col("product"), pl.col("together") / pl.col("buyers"), pl.col("other")],
            descending=[False, True, False],
        )
        .group_by("product", maintain_order=True)
        .head(KEPT)
        .select("product", "other", "together", "buyers", "others")
    )
