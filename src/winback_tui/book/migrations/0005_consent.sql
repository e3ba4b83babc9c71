-- The consent ledger. Rows are appended by book/ledger.py alone, which chains them: `digest` is the
-- SHA-256 of the row's salt and content, `hash` that of the previous row's hash and this digest. An
-- erasure takes content and salt away and leaves the digest, so that the chain still holds while
-- nothing can be guessed from it.

-- What a person was shown or read out when asked, kept once.
CREATE TABLE consent_wordings (
    sha256 TEXT PRIMARY KEY CHECK (length(sha256) = 64),
    text TEXT NOT NULL
) STRICT, WITHOUT ROWID;
CREATE TRIGGER wording_stays BEFORE UPDATE ON consent_wordings
    WHEN NOT EXISTS (SELECT 1 FROM meta WHERE key = 'maintenance')
    BEGIN SELECT RAISE(ABORT, 'consent wordings are append-only'); END;
CREATE TRIGGER wording_remains BEFORE DELETE ON consent_wordings
    WHEN NOT EXISTS (SELECT 1 FROM meta WHERE key = 'maintenance')
    BEGIN SELECT RAISE(ABORT, 'consent wordings are append-only'); END;

-- `at` is a UTC instant or a plain date; `precision` says how much of it is known (unknown: it is
-- when the row was written), `zone` in which zone it was told. A contact point that a row names is
-- never deleted, only ended: consent does not pass to whoever gets its number.
CREATE TABLE consent_ledger (
    id INTEGER PRIMARY KEY,
    customer_id INTEGER NOT NULL REFERENCES customers(id) ON DELETE CASCADE,
    contact_point_id INTEGER REFERENCES contact_points(id),
    channel TEXT NOT NULL CHECK (channel IN ('email', 'phone', 'sms', 'post')),
    purpose TEXT NOT NULL DEFAULT 'winback'
        CHECK (purpose IN ('winback', 'newsletter', 'similar_goods', 'service')),
    event TEXT NOT NULL CHECK (event IN ('granted', 'confirmed', 'used', 'withdrawn', 'objected',
        'bounced', 'renewed', 'basis_claimed', 'basis_lost')),
    basis TEXT,
    -- The conditions of the basis that are met, as codes with commas (UWG §7 (3) has four).
    conditions TEXT,
    at TEXT NOT NULL,
    precision TEXT NOT NULL DEFAULT 'second'
        CHECK (precision IN ('second', 'minute', 'day', 'month', 'year', 'unknown')),
    zone TEXT NOT NULL DEFAULT 'UTC',
    source TEXT NOT NULL,
    source_reference TEXT,
    wording TEXT REFERENCES consent_wordings(sha256),
    actor TEXT NOT NULL,
    note TEXT,
    recorded_at TEXT NOT NULL DEFAULT '',
    batch_id INTEGER REFERENCES import_batches(id),
    -- The log's event that wrote this row; undo of that event makes this row count no more.
    event_id INTEGER REFERENCES events(id),
    salt BLOB NOT NULL DEFAULT x'',
    digest BLOB NOT NULL DEFAULT x'',
    hash BLOB NOT NULL DEFAULT x'',
    erased_on TEXT
) STRICT;
INSERT INTO consent_ledger (id, customer_id, channel, purpose, event, basis, at, source, actor,
    note, recorded_at, batch_id, event_id)
    SELECT id, customer_id, channel,
        CASE WHEN purpose IN ('newsletter', 'similar_goods', 'service') THEN purpose
            ELSE 'winback' END,
        event, basis, at, source, actor, note, at, batch_id, event_id FROM consent_events;
DROP TABLE consent_events;
ALTER TABLE consent_ledger RENAME TO consent_events;
CREATE INDEX consent_events_customer ON consent_events(customer_id, channel, id);
CREATE INDEX consent_events_batch ON consent_events(batch_id) WHERE batch_id IS NOT NULL;
CREATE INDEX consent_events_point ON consent_events(contact_point_id)
    WHERE contact_point_id IS NOT NULL;
CREATE TRIGGER consent_stays BEFORE UPDATE ON consent_events
    WHEN NOT EXISTS (SELECT 1 FROM meta WHERE key = 'maintenance')
    BEGIN SELECT RAISE(ABORT, 'consent events are append-only'); END;
CREATE TRIGGER consent_remains BEFORE DELETE ON consent_events
    WHEN NOT EXISTS (SELECT 1 FROM meta WHERE key = 'maintenance')
    BEGIN SELECT RAISE(ABORT, 'consent events are append-only'); END;
