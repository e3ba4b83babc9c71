-- The score itself changes for nearly everybody every day, so it moves into the packed part, which
-- is written in a moment. What stays here, as lists are filtered and joined by it, hardly changes:
-- a run writes the rows that differ. Runs and lists of before are made anew; the history stays.
DROP TABLE scores;
CREATE TABLE scores (
    customer_id INTEGER PRIMARY KEY REFERENCES customers(id) ON DELETE CASCADE,
    lifecycle TEXT NOT NULL,
    last_day INTEGER NOT NULL,
    currency TEXT NOT NULL,
    rfm TEXT NOT NULL,
    signal TEXT
) STRICT;
DELETE FROM score_details;
DELETE FROM score_orders;
DELETE FROM score_runs;
