-- A run's scores in two parts: what lists are filtered and joined by, one narrow row per customer;
-- and all else, packed into records of one width, 256 customers (id >> 8) to a row. Writing them
-- is most of the work of scoring anew.
DROP TABLE scores;
CREATE TABLE scores (
    customer_id INTEGER PRIMARY KEY REFERENCES customers(id) ON DELETE CASCADE,
    score REAL NOT NULL,
    previous_score REAL,
    lifecycle TEXT NOT NULL,
    last_day INTEGER NOT NULL,
    currency TEXT NOT NULL,
    rfm TEXT NOT NULL,
    signal TEXT
) STRICT;

CREATE TABLE score_details (
    chunk INTEGER PRIMARY KEY,
    records BLOB NOT NULL
) STRICT;

-- The scores of the last as-of dates, by customer id: hundredths of a point as little-endian
-- uint16, 65535 where there is none.
CREATE TABLE score_history (
    as_of TEXT PRIMARY KEY,
    points BLOB NOT NULL
) STRICT, WITHOUT ROWID;

-- Runs and lists of before are made anew.
DELETE FROM score_orders;
DELETE FROM score_runs;
-- How many customers are in the queue who were not in it on previous_as_of, and who was then.
ALTER TABLE score_runs ADD COLUMN arrived INTEGER;
ALTER TABLE score_runs ADD COLUMN previous_queue BLOB;
