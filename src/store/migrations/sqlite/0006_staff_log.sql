-- The staff log is chained as the case log is: each event holds the hash of the one before it. Events from before have none
-- (nothing can be written into them any more); the first event that has one proves them too.
ALTER TABLE staff_events ADD COLUMN previous TEXT NOT NULL DEFAULT '';
ALTER TABLE staff_events ADD COLUMN hash     TEXT NOT NULL DEFAULT '';
