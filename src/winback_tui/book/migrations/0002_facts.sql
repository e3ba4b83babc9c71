-- Facts about customers besides their purchases: what files bring, and what people enter by hand.
-- `event_id` is the log's event that wrote a row by hand; undo of that event makes the row count
-- no more. `batch_id` is the import that brought it; undo of that import takes the row back.

-- Any other dated fact: complaint, notice given, contact left, e-mail opened, payment overdue, …
-- `ordinal` counts equal signals of one day, as with transactions.
CREATE TABLE signals (
    id INTEGER PRIMARY KEY,
    customer_id INTEGER NOT NULL REFERENCES customers(id) ON DELETE CASCADE,
    kind TEXT NOT NULL,
    day INTEGER NOT NULL,
    ordinal INTEGER NOT NULL DEFAULT 0,
    value REAL,
    note TEXT,
    source TEXT NOT NULL DEFAULT '',
    source_id TEXT NOT NULL DEFAULT '',
    batch_id INTEGER REFERENCES import_batches(id),
    event_id INTEGER REFERENCES events(id),
    UNIQUE (customer_id, kind, day, source, source_id, ordinal)
) STRICT;
CREATE INDEX signals_batch ON signals(batch_id) WHERE batch_id IS NOT NULL;

-- Decision date = end − notice − lead time.
CREATE TABLE contracts (
    id INTEGER PRIMARY KEY,
    customer_id INTEGER NOT NULL REFERENCES customers(id) ON DELETE CASCADE,
    number TEXT NOT NULL DEFAULT '',
    title TEXT NOT NULL DEFAULT '',
    starts_on TEXT,
    ends_on TEXT NOT NULL,
    notice_days INTEGER NOT NULL DEFAULT 0,
    renewal TEXT NOT NULL DEFAULT 'automatic'
        CHECK (renewal IN ('automatic', 'manual', 'none')),
    amount INTEGER,
    currency TEXT CHECK (currency IS NULL OR length(currency) = 3),
    batch_id INTEGER REFERENCES import_batches(id),
    event_id INTEGER REFERENCES events(id),
    UNIQUE (customer_id, number)
) STRICT;
CREATE INDEX contracts_batch ON contracts(batch_id) WHERE batch_id IS NOT NULL;

-- Whatever else a file says about a customer, by the name of its column: segments may go by it.
CREATE TABLE customer_attributes (
    customer_id INTEGER NOT NULL REFERENCES customers(id) ON DELETE CASCADE,
    name TEXT NOT NULL,
    value TEXT NOT NULL,
    batch_id INTEGER REFERENCES import_batches(id),
    PRIMARY KEY (customer_id, name)
) STRICT, WITHOUT ROWID;

-- Fields that a person has set by hand: no import changes them again.
CREATE TABLE customer_edits (
    customer_id INTEGER NOT NULL REFERENCES customers(id) ON DELETE CASCADE,
    field TEXT NOT NULL,
    PRIMARY KEY (customer_id, field)
) STRICT, WITHOUT ROWID;

-- Who must not be contacted or taken in again after an erasure: HMAC-SHA-256 of the normalised
-- address (e-mail, phone, or postal) under the book's own secret, never the address.
CREATE TABLE suppressions (
    digest TEXT PRIMARY KEY,
    kind TEXT NOT NULL CHECK (kind IN ('email', 'phone', 'post', 'number')),
    since TEXT NOT NULL
) STRICT, WITHOUT ROWID;

-- When somebody last made sure that an address is right.
ALTER TABLE contact_points ADD COLUMN verified_on TEXT;
ALTER TABLE contact_points ADD COLUMN batch_id INTEGER REFERENCES import_batches(id);
ALTER TABLE contacts ADD COLUMN batch_id INTEGER REFERENCES import_batches(id);
ALTER TABLE contacts ADD COLUMN successor_id INTEGER REFERENCES contacts(id);
CREATE INDEX contact_points_batch ON contact_points(batch_id) WHERE batch_id IS NOT NULL;
CREATE INDEX contact_points_value ON contact_points(value);
CREATE INDEX contacts_batch ON contacts(batch_id) WHERE batch_id IS NOT NULL;
