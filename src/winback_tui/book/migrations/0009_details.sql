-- The packed part of a score holds each field's values one after the other, no longer each
-- customer's. Runs and lists of before are made anew; the history of scores stays.
DELETE FROM score_details;
DELETE FROM scores;
DELETE FROM score_orders;
DELETE FROM score_runs;
