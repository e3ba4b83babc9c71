-- What left the book, what was erased from it, and which customers turned out to be one.

-- A row for each export, also one to standard output. `customers` are the ids of those in the
-- file: differences of the sorted ids as little-endian uint32, compressed with zlib.
CREATE TABLE exports (
    id INTEGER PRIMARY KEY,
    at TEXT NOT NULL,
    actor TEXT NOT NULL,
    kind TEXT NOT NULL,
    format TEXT NOT NULL,
    file TEXT NOT NULL,
    chosen TEXT NOT NULL DEFAULT '',
    rows INTEGER NOT NULL,
    suppressed INTEGER NOT NULL,
    sha256 TEXT NOT NULL,
    customers BLOB NOT NULL
) STRICT;

-- Erasures: waiting until `due_on`, unless undone; purged, when the rows have gone; cleared, when
-- the free pages and the log have gone too. Only the pseudonym is left of who it was.
CREATE TABLE erasures (
    id INTEGER PRIMARY KEY,
    customer_id INTEGER NOT NULL REFERENCES customers(id),
    event_id INTEGER NOT NULL REFERENCES events(id),
    requested_at TEXT NOT NULL,
    requested_by TEXT NOT NULL,
    due_on TEXT NOT NULL,
    pseudonym TEXT NOT NULL UNIQUE,
    state TEXT NOT NULL DEFAULT 'waiting' CHECK (state IN ('waiting', 'purged', 'cleared')),
    purged_at TEXT
) STRICT;
CREATE INDEX erasures_customer ON erasures(customer_id);

-- Lines of customers who were erased, which tax law wants kept until a day, under a pseudonym.
CREATE TABLE kept_transactions (
    pseudonym TEXT NOT NULL,
    day INTEGER NOT NULL,
    document TEXT NOT NULL,
    product TEXT NOT NULL,
    amount INTEGER NOT NULL,
    currency TEXT NOT NULL,
    ordinal INTEGER NOT NULL,
    quantity REAL,
    keep_until TEXT NOT NULL,
    PRIMARY KEY (pseudonym, day, document, product, amount, currency, ordinal)
) STRICT, WITHOUT ROWID;

-- Proof of consent under restriction, found again only by whoever brings the address: its digest
-- is the one of `suppressions`.
CREATE TABLE kept_proofs (
    id INTEGER PRIMARY KEY,
    pseudonym TEXT NOT NULL,
    digest TEXT NOT NULL,
    channel TEXT NOT NULL,
    purpose TEXT NOT NULL,
    event TEXT NOT NULL,
    basis TEXT,
    at TEXT NOT NULL,
    wording TEXT,
    keep_until TEXT NOT NULL
) STRICT;

-- What a merge moved, so that undo can move exactly that back. The customer who is gone stays as
-- an empty row, for the consent ledger is never rewritten.
CREATE TABLE merges (
    event_id INTEGER PRIMARY KEY REFERENCES events(id),
    kept_id INTEGER NOT NULL REFERENCES customers(id),
    gone_id INTEGER NOT NULL REFERENCES customers(id),
    standing INTEGER NOT NULL DEFAULT 1,
    journal TEXT NOT NULL CHECK (json_valid(journal))
) STRICT;

-- Pairs of customers of whom somebody said that they are two.
CREATE TABLE not_duplicates (
    low_id INTEGER NOT NULL REFERENCES customers(id),
    high_id INTEGER NOT NULL REFERENCES customers(id),
    event_id INTEGER NOT NULL REFERENCES events(id),
    PRIMARY KEY (low_id, high_id)
) STRICT, WITHOUT ROWID;
