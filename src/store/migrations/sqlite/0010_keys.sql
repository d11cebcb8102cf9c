-- What people wrote may be sealed: a key a conversation, a case and a lane of an inbox, each wrapped by the operator's key, which is
-- nowhere here. What a key sealed is lost with it. Never edit this file once released: add the next number.
CREATE TABLE seal_keys (
  what    TEXT NOT NULL,                  -- conversation, case, lane, address; 'store' for the row that knows the operator's key again
  id      TEXT NOT NULL,
  wrapped TEXT NOT NULL,
  PRIMARY KEY (what, id)
) STRICT;

-- Where the staff log begins since retention removed older events, as log_start does for the case log.
CREATE TABLE staff_log_start (
  one  INTEGER PRIMARY KEY CHECK (one = 1),
  seq  INTEGER NOT NULL,
  hash TEXT NOT NULL,
  at   TEXT NOT NULL
) STRICT;
DROP TRIGGER staff_events_stay;
CREATE TRIGGER staff_events_stay BEFORE DELETE ON staff_events
  WHEN OLD.seq > coalesce((SELECT seq FROM staff_log_start), 0)
  BEGIN SELECT RAISE(ABORT, 'the staff log is append-only'); END;
