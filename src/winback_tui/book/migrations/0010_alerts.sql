-- Early warning: alerts that were raised, what people did about them, and what waits to be posted.

-- One warning about one customer. `reasons` is an array of what it stands on; `rule` the weightiest
-- of these. Rows are never changed but to follow a customer into a merge.
CREATE TABLE alerts (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    customer_id INTEGER NOT NULL REFERENCES customers(id) ON DELETE CASCADE,
    raised_on TEXT NOT NULL,
    raised_at TEXT NOT NULL,
    rule TEXT NOT NULL,
    priority INTEGER NOT NULL,
    weight REAL NOT NULL,
    due_on TEXT NOT NULL,
    -- The last event of the log by then: what was done after it was done about the alert.
    after_event INTEGER NOT NULL,
    reasons TEXT NOT NULL CHECK (json_valid(reasons))
) STRICT;
CREATE INDEX alerts_customer ON alerts(customer_id);
CREATE INDEX alerts_raised ON alerts(raised_on);
CREATE TRIGGER alerts_stay
    BEFORE UPDATE OF raised_on, raised_at, rule, priority, weight, due_on, after_event, reasons
    ON alerts
    WHEN NOT EXISTS (SELECT 1 FROM meta WHERE key = 'maintenance')
    BEGIN SELECT RAISE(ABORT, 'alerts are append-only'); END;

-- What was warned of: the same sign of the same period never raises a second alert, and none at
-- all for a while. `period` is a number that changes when the sign comes about anew.
CREATE TABLE alert_keys (
    customer_id INTEGER NOT NULL REFERENCES customers(id) ON DELETE CASCADE,
    rule TEXT NOT NULL,
    period INTEGER NOT NULL,
    raised_day INTEGER NOT NULL,
    PRIMARY KEY (customer_id, rule, period)
) STRICT, WITHOUT ROWID;

-- What somebody did about an alert; `event_id` is the log's event, whose undo takes the row away.
CREATE TABLE alert_marks (
    alert_id INTEGER PRIMARY KEY REFERENCES alerts(id) ON DELETE CASCADE,
    customer_id INTEGER NOT NULL REFERENCES customers(id) ON DELETE CASCADE,
    mark TEXT NOT NULL CHECK (mark IN ('seen', 'dismissed')),
    event_id INTEGER REFERENCES events(id)
) STRICT;
CREATE INDEX alert_marks_customer ON alert_marks(customer_id);

-- What waits to be posted to the webhook. `message_id` is its idempotency key. Once a message was
-- sent or given up, its body goes, and only the digest of it stays.
CREATE TABLE outbox (
    id INTEGER PRIMARY KEY,
    customer_id INTEGER NOT NULL REFERENCES customers(id) ON DELETE CASCADE,
    topic TEXT NOT NULL CHECK (topic IN ('alert', 'handover')),
    message_id TEXT NOT NULL UNIQUE,
    body TEXT NOT NULL,
    sha256 TEXT NOT NULL,
    queued_at TEXT NOT NULL,
    event_id INTEGER REFERENCES events(id),
    attempts INTEGER NOT NULL DEFAULT 0,
    next_at TEXT NOT NULL,
    said TEXT NOT NULL DEFAULT '',
    state TEXT NOT NULL DEFAULT 'waiting'
        CHECK (state IN ('waiting', 'sent', 'given_up', 'dropped')),
    done_at TEXT
) STRICT;
CREATE INDEX outbox_customer ON outbox(customer_id);
CREATE INDEX outbox_waiting ON outbox(next_at) WHERE state = 'waiting';
