-- Cases in full: what was suggested and waved aside, why a case sleeps, and when it was flagged.

-- The reason that we assess, beside the stated one (`reason`); a time of day for a call back.
ALTER TABLE cases ADD COLUMN assessed TEXT;
ALTER TABLE cases ADD COLUMN next_action_at TEXT;
-- Since when a case sleeps, and what may wake it (words with commas between; NULL: all).
ALTER TABLE cases ADD COLUMN snoozed_on TEXT;
ALTER TABLE cases ADD COLUMN wakes_on TEXT;
-- When sales took over, when the customer last answered, and the attempts since.
ALTER TABLE cases ADD COLUMN handed_on TEXT;
ALTER TABLE cases ADD COLUMN answered_on TEXT;
ALTER TABLE cases ADD COLUMN unanswered INTEGER NOT NULL DEFAULT 0;

-- A suggestion that somebody waved aside, with what it stood on: anything newer raises it again.
CREATE TABLE dismissals (
    customer_id INTEGER NOT NULL REFERENCES customers(id) ON DELETE CASCADE,
    suggestion TEXT NOT NULL,
    evidence TEXT NOT NULL,
    event_id INTEGER REFERENCES events(id),
    PRIMARY KEY (customer_id, suggestion)
) STRICT, WITHOUT ROWID;

-- When a customer came to the queue: the clock that the first attempt stops.
CREATE TABLE flags (
    customer_id INTEGER PRIMARY KEY REFERENCES customers(id) ON DELETE CASCADE,
    flagged_at TEXT NOT NULL,
    cause TEXT NOT NULL
) STRICT, WITHOUT ROWID;

-- What customers who buy one product buy besides: `together` buy both, `buyers` the first one.
CREATE TABLE product_pairs (
    product TEXT NOT NULL,
    other TEXT NOT NULL,
    together INTEGER NOT NULL,
    buyers INTEGER NOT NULL,
    others INTEGER NOT NULL,
    PRIMARY KEY (product, other)
) STRICT, WITHOUT ROWID;

-- Whose open case an objection ends is asked at every start.
CREATE INDEX consent_events_objections ON consent_events(customer_id, at) WHERE event = 'objected';
