-- What advisers do with a case, and what stands beside it. Never edit this file once released: add the next number.

ALTER TABLE cases ADD COLUMN rank          INTEGER NOT NULL DEFAULT 2;  -- of the priority: 0 urgent, 1 high, 2 normal
ALTER TABLE cases ADD COLUMN channel       TEXT NOT NULL DEFAULT 'web';
ALTER TABLE cases ADD COLUMN client_group  TEXT;
ALTER TABLE cases ADD COLUMN needs_json    TEXT NOT NULL DEFAULT '{}';
ALTER TABLE cases ADD COLUMN snoozed_until TEXT;
ALTER TABLE cases ADD COLUMN outcome       TEXT;
ALTER TABLE cases ADD COLUMN closed        TEXT;
ALTER TABLE cases ADD COLUMN first_opened  TEXT;
ALTER TABLE cases ADD COLUMN first_replied TEXT;
ALTER TABLE cases ADD COLUMN undelivered   INTEGER NOT NULL DEFAULT 0;
ALTER TABLE cases ADD COLUMN rating_asked  TEXT;
ALTER TABLE cases ADD COLUMN rating        TEXT;
UPDATE cases SET rank = CASE priority WHEN 'urgent' THEN 0 WHEN 'high' THEN 1 ELSE 2 END;
UPDATE cases SET closed = updated WHERE state = 'closed';

-- The queue is read in this order; what it is filtered by stands in the index, so that rows passed over are never fetched.
DROP INDEX cases_open;
CREATE INDEX cases_open ON cases
  (rank, created, reference, area, state, kind, adviser, reply_expected_by, first_replied, undelivered)
  WHERE state <> 'closed';
CREATE INDEX cases_closed ON cases (closed, reference, area) WHERE state = 'closed';
CREATE INDEX cases_snoozed ON cases (snoozed_until) WHERE state = 'snoozed';

CREATE TABLE case_notes (
  id             TEXT PRIMARY KEY NOT NULL,
  case_reference TEXT NOT NULL REFERENCES cases (reference) ON DELETE CASCADE,
  at             TEXT NOT NULL,
  adviser        TEXT NOT NULL,
  text           TEXT NOT NULL
) STRICT;
CREATE INDEX case_notes_of_case ON case_notes (case_reference, at, id);

-- What an adviser has begun to write and not sent; one a case and adviser.
CREATE TABLE case_drafts (
  case_reference TEXT NOT NULL REFERENCES cases (reference) ON DELETE CASCADE,
  adviser        TEXT NOT NULL,
  text           TEXT NOT NULL,
  updated        TEXT NOT NULL,
  PRIMARY KEY (case_reference, adviser)
) STRICT;

-- Each link once, the smaller reference first.
CREATE TABLE case_links (
  one TEXT NOT NULL REFERENCES cases (reference) ON DELETE CASCADE,
  two TEXT NOT NULL REFERENCES cases (reference) ON DELETE CASCADE,
  how TEXT NOT NULL,
  PRIMARY KEY (one, two)
) STRICT;
CREATE INDEX case_links_back ON case_links (two);

CREATE TABLE saved_replies (
  id      TEXT PRIMARY KEY NOT NULL,
  title   TEXT NOT NULL,
  text    TEXT NOT NULL,
  area    TEXT,
  adviser TEXT NOT NULL,
  updated TEXT NOT NULL
) STRICT;

-- Suggested replies that advisers rejected: what editors have to do.
CREATE TABLE content_todos (
  id             TEXT PRIMARY KEY NOT NULL,
  case_reference TEXT NOT NULL REFERENCES cases (reference) ON DELETE CASCADE,
  article        TEXT,
  section        TEXT,
  reason         TEXT NOT NULL,
  comment        TEXT NOT NULL,
  question       TEXT NOT NULL,
  adviser        TEXT NOT NULL,
  at             TEXT NOT NULL,
  done           TEXT,
  done_by        TEXT
) STRICT;
CREATE INDEX content_todos_of_case ON content_todos (case_reference);
CREATE INDEX messages_by_time ON messages (at);

-- What staff were alerted of, a row a way of telling. A step is decided once, whatever restarts in between.
CREATE TABLE alerts (
  case_reference TEXT NOT NULL REFERENCES cases (reference) ON DELETE CASCADE,
  why            TEXT NOT NULL,
  step           INTEGER NOT NULL,
  way            TEXT NOT NULL,
  decided        TEXT NOT NULL,
  tries          INTEGER NOT NULL DEFAULT 0,
  next_try       TEXT NOT NULL,
  sent           TEXT,
  PRIMARY KEY (case_reference, why, step, way)
) STRICT;
CREATE INDEX alerts_unsent ON alerts (next_try) WHERE sent IS NULL;
CREATE INDEX cases_due ON cases (reply_expected_by) WHERE state <> 'closed' AND first_replied IS NULL;

-- Data protection requests and complaints: the clocks of a case. Instants and codes only.
CREATE TABLE requests (
  case_reference TEXT PRIMARY KEY NOT NULL REFERENCES cases (reference) ON DELETE CASCADE,
  kind           TEXT NOT NULL,
  received       TEXT NOT NULL,
  acknowledged   TEXT,
  stops_json     TEXT NOT NULL DEFAULT '[]',
  extended       INTEGER NOT NULL DEFAULT 0,
  decided        TEXT,
  decision       TEXT
) STRICT;
CREATE INDEX conversations_by_age ON conversations (updated);
ALTER TABLE cases ADD COLUMN erased TEXT;   -- when its words went
CREATE INDEX cases_to_erase ON cases (closed) WHERE erased IS NULL;

-- Where the log begins since retention removed older events: the last one removed. Nothing younger can be deleted.
CREATE TABLE log_start (
  one  INTEGER PRIMARY KEY CHECK (one = 1),
  seq  INTEGER NOT NULL,
  hash TEXT NOT NULL,
  at   TEXT NOT NULL
) STRICT;
DROP TRIGGER case_events_stay;
CREATE TRIGGER case_events_stay BEFORE DELETE ON case_events
  WHEN OLD.seq > coalesce((SELECT seq FROM log_start), 0)
  BEGIN SELECT RAISE(ABORT, 'the case log is append-only'); END;
