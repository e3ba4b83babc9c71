-- The first book. Days are whole days since 1970-01-01 where a table is large (transactions), and
-- ISO dates elsewhere. Instants are UTC, ISO 8601 with a trailing Z. Money is in minor units.

CREATE TABLE meta (
    key TEXT PRIMARY KEY,
    value TEXT NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE import_batches (
    id INTEGER PRIMARY KEY,
    kind TEXT NOT NULL,
    preset TEXT NOT NULL,
    file_name TEXT NOT NULL,
    sha256 TEXT NOT NULL,
    imported_at TEXT NOT NULL,
    actor TEXT NOT NULL,
    rows_read INTEGER NOT NULL,
    created INTEGER NOT NULL,
    updated INTEGER NOT NULL,
    unchanged INTEGER NOT NULL,
    rejected INTEGER NOT NULL,
    suppressed INTEGER NOT NULL,
    duplicates INTEGER NOT NULL,
    undone_at TEXT
) STRICT;

-- A number of a customer who was taken back is never given again: whoever still has it open would
-- write to a stranger.
CREATE TABLE customers (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    number TEXT NOT NULL UNIQUE,
    name TEXT NOT NULL DEFAULT '',
    party_kind TEXT NOT NULL DEFAULT 'unknown'
        CHECK (party_kind IN ('business', 'consumer', 'unknown')),
    segment TEXT,
    industry TEXT,
    owner TEXT,
    street TEXT,
    zip TEXT,
    city TEXT,
    country TEXT,
    vat_id TEXT,
    batch_id INTEGER REFERENCES import_batches(id)
) STRICT;
CREATE INDEX customers_batch ON customers(batch_id);

-- What search looks through: the folded number, name, city, country and contacts of a
-- customer, one per line.
CREATE TABLE customer_search (
    customer_id INTEGER PRIMARY KEY REFERENCES customers(id) ON DELETE CASCADE,
    text TEXT NOT NULL
) STRICT;

CREATE TABLE contacts (
    id INTEGER PRIMARY KEY,
    customer_id INTEGER NOT NULL REFERENCES customers(id) ON DELETE CASCADE,
    name TEXT NOT NULL,
    role TEXT,
    verified_on TEXT,
    ended_on TEXT
) STRICT;
CREATE INDEX contacts_customer ON contacts(customer_id);

CREATE TABLE contact_points (
    id INTEGER PRIMARY KEY,
    customer_id INTEGER NOT NULL REFERENCES customers(id) ON DELETE CASCADE,
    contact_id INTEGER REFERENCES contacts(id) ON DELETE CASCADE,
    channel TEXT NOT NULL CHECK (channel IN ('email', 'phone', 'sms', 'post')),
    value TEXT NOT NULL,
    ended_on TEXT
) STRICT;
CREATE INDEX contact_points_customer ON contact_points(customer_id);
CREATE INDEX contact_points_contact ON contact_points(contact_id);

-- What a customer allowed, refused or withdrew. Insert only.
CREATE TABLE consent_events (
    id INTEGER PRIMARY KEY,
    customer_id INTEGER NOT NULL REFERENCES customers(id) ON DELETE CASCADE,
    channel TEXT NOT NULL CHECK (channel IN ('email', 'phone', 'sms', 'post')),
    purpose TEXT NOT NULL DEFAULT 'winback',
    event TEXT NOT NULL CHECK (event IN ('granted', 'confirmed', 'used', 'withdrawn', 'objected',
        'bounced', 'renewed', 'basis_claimed', 'basis_lost')),
    basis TEXT,
    at TEXT NOT NULL,
    source TEXT NOT NULL,
    actor TEXT NOT NULL,
    note TEXT,
    batch_id INTEGER REFERENCES import_batches(id),
    -- The log's event that wrote this row; undo of that event makes this row count no more.
    event_id INTEGER REFERENCES events(id)
) STRICT;
CREATE INDEX consent_events_customer ON consent_events(customer_id, channel, id);

-- Clustered by customer and day, so that a timeline is one range of one tree, a statistic is one
-- pass, and a line that is already there is refused by its own key. `ordinal` counts equal lines
-- (the same article twice on one invoice), so that both survive and neither doubles.
CREATE TABLE transactions (
    customer_id INTEGER NOT NULL REFERENCES customers(id),
    day INTEGER NOT NULL,
    document TEXT NOT NULL DEFAULT '',
    product TEXT NOT NULL DEFAULT '',
    amount INTEGER NOT NULL,
    currency TEXT NOT NULL CHECK (length(currency) = 3),
    ordinal INTEGER NOT NULL DEFAULT 0,
    quantity REAL,
    batch_id INTEGER NOT NULL REFERENCES import_batches(id),
    PRIMARY KEY (customer_id, day, document, product, amount, currency, ordinal)
) STRICT, WITHOUT ROWID;

CREATE TABLE products (
    code TEXT PRIMARY KEY,
    name TEXT NOT NULL DEFAULT '',
    category TEXT
) STRICT, WITHOUT ROWID;

-- Purchase statistics of 65,536 customers each (chunk = customer_id >> 16) as one Arrow IPC frame,
-- rewritten in the same transaction as whatever changes their transactions.
CREATE TABLE purchase_statistics (
    chunk INTEGER PRIMARY KEY,
    customers INTEGER NOT NULL,
    frame BLOB NOT NULL
) STRICT;

CREATE TABLE score_models (
    id INTEGER PRIMARY KEY,
    fitted_at TEXT NOT NULL,
    as_of TEXT NOT NULL,
    customers INTEGER NOT NULL,
    fingerprint TEXT NOT NULL,
    parameters TEXT NOT NULL CHECK (json_valid(parameters))
) STRICT;

-- The one run that `scores` and `score_orders` hold.
CREATE TABLE score_runs (
    id INTEGER PRIMARY KEY CHECK (id = 1),
    as_of TEXT NOT NULL,
    previous_as_of TEXT,
    scored_at TEXT NOT NULL,
    model_id INTEGER REFERENCES score_models(id),
    fingerprint TEXT NOT NULL,
    customers INTEGER NOT NULL
) STRICT;

CREATE TABLE scores (
    customer_id INTEGER PRIMARY KEY REFERENCES customers(id) ON DELETE CASCADE,
    score REAL NOT NULL,
    previous_score REAL,
    p_left REAL NOT NULL,
    horizon_days INTEGER NOT NULL,
    lifecycle TEXT NOT NULL,
    purchases INTEGER NOT NULL,
    last_day INTEGER NOT NULL,
    usual_gap REAL,
    long_gap REAL,
    still_there REAL NOT NULL,
    base_points REAL NOT NULL,
    history_points REAL NOT NULL,
    silence_points REAL NOT NULL,
    due_day INTEGER,
    value_at_risk INTEGER NOT NULL,
    currency TEXT NOT NULL,
    rfm TEXT NOT NULL
) STRICT;

-- The customers of a list in their order, as little-endian uint32: a million are 4 MB, read at once.
CREATE TABLE score_orders (
    tab TEXT NOT NULL,
    sort TEXT NOT NULL,
    customers INTEGER NOT NULL,
    ids BLOB NOT NULL,
    PRIMARY KEY (tab, sort)
) STRICT, WITHOUT ROWID;

-- Every deed. Nothing here is ever changed; undo appends the inverse.
CREATE TABLE events (
    id INTEGER PRIMARY KEY,
    action INTEGER NOT NULL,
    at TEXT NOT NULL,
    actor TEXT NOT NULL,
    kind TEXT NOT NULL,
    customer_id INTEGER REFERENCES customers(id),
    payload TEXT NOT NULL CHECK (json_valid(payload)),
    undoes INTEGER UNIQUE REFERENCES events(id)
) STRICT;
CREATE INDEX events_customer ON events(customer_id, id);
CREATE INDEX events_action ON events(action);
CREATE TRIGGER events_stay BEFORE UPDATE ON events
    WHEN NOT EXISTS (SELECT 1 FROM meta WHERE key = 'maintenance')
    BEGIN SELECT RAISE(ABORT, 'events are append-only'); END;
CREATE TRIGGER events_remain BEFORE DELETE ON events
    WHEN NOT EXISTS (SELECT 1 FROM meta WHERE key = 'maintenance')
    BEGIN SELECT RAISE(ABORT, 'events are append-only'); END;
CREATE TRIGGER consent_stays BEFORE UPDATE ON consent_events
    WHEN NOT EXISTS (SELECT 1 FROM meta WHERE key = 'maintenance')
    BEGIN SELECT RAISE(ABORT, 'consent events are append-only'); END;
CREATE TRIGGER consent_remains BEFORE DELETE ON consent_events
    WHEN NOT EXISTS (SELECT 1 FROM meta WHERE key = 'maintenance')
    BEGIN SELECT RAISE(ABORT, 'consent events are append-only'); END;

-- What search looks through besides: the folded words of each deed that stands.
CREATE TABLE note_search (
    event_id INTEGER PRIMARY KEY REFERENCES events(id),
    customer_id INTEGER NOT NULL,
    text TEXT NOT NULL
) STRICT;

-- The cases as the events leave them: a projection, rewritten with each event.
CREATE TABLE cases (
    customer_id INTEGER PRIMARY KEY REFERENCES customers(id),
    stage TEXT,
    opened_on TEXT,
    closed_on TEXT,
    attempts INTEGER NOT NULL DEFAULT 0,
    last_contact_on TEXT,
    next_action_on TEXT,
    next_action TEXT,
    snoozed_until TEXT,
    done_on TEXT,
    handed_to TEXT,
    reason TEXT
) STRICT;
CREATE INDEX cases_next ON cases(next_action_on) WHERE next_action_on IS NOT NULL;

-- What was typed into a sheet that was left without saving.
CREATE TABLE drafts (
    customer_id INTEGER NOT NULL REFERENCES customers(id) ON DELETE CASCADE,
    sheet TEXT NOT NULL,
    payload TEXT NOT NULL CHECK (json_valid(payload)),
    PRIMARY KEY (customer_id, sheet)
) STRICT, WITHOUT ROWID;
