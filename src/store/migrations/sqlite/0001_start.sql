-- Conversations, what was said in them, what it rested on, and the cases that came of them.
-- Instants are text of fixed width (2026-11-22T10:00:00.000000000Z): readable, exact and sortable.
-- Words such as 'urgent' are those of casework's types. Never edit this file once released: add the next number.

CREATE TABLE conversations (
  id         TEXT PRIMARY KEY NOT NULL,
  token_hash TEXT NOT NULL,               -- SHA-256 of the bearer secret; the secret itself is nowhere
  channel    TEXT NOT NULL,
  state_json TEXT NOT NULL,               -- the assistant's; no query looks inside
  version    INTEGER NOT NULL DEFAULT 0,  -- turns committed
  created    TEXT NOT NULL,
  updated    TEXT NOT NULL
) STRICT;

CREATE TABLE messages (
  seq            INTEGER PRIMARY KEY AUTOINCREMENT,  -- never used twice, even after an erasure: readers count by it
  id             TEXT NOT NULL UNIQUE,
  conversation   TEXT NOT NULL REFERENCES conversations (id) ON DELETE CASCADE,
  at             TEXT NOT NULL,
  author         TEXT NOT NULL,
  name           TEXT,
  text           TEXT NOT NULL,
  lang           TEXT NOT NULL,
  reply_json     TEXT,
  receipt        TEXT,
  case_reference TEXT
) STRICT;
CREATE INDEX messages_of_conversation ON messages (conversation, seq);

-- The first reply to each message that a client numbered: a repeated one gets the same again.
CREATE TABLE replies (
  conversation TEXT NOT NULL REFERENCES conversations (id) ON DELETE CASCADE,
  client_id    TEXT NOT NULL,
  reply_json   TEXT NOT NULL,
  PRIMARY KEY (conversation, client_id)
) STRICT;

CREATE TABLE receipts (
  id           TEXT PRIMARY KEY NOT NULL,
  conversation TEXT NOT NULL REFERENCES conversations (id) ON DELETE CASCADE,
  outcome      TEXT NOT NULL,
  reason       TEXT,
  as_of        TEXT NOT NULL,
  confidence   REAL NOT NULL,
  cited_json   TEXT NOT NULL,
  library_hash TEXT NOT NULL,
  at           TEXT NOT NULL
) STRICT;
CREATE INDEX receipts_of_conversation ON receipts (conversation);

CREATE TABLE feedback (
  receipt TEXT PRIMARY KEY NOT NULL REFERENCES receipts (id) ON DELETE CASCADE,
  helpful INTEGER NOT NULL,
  comment TEXT,
  at      TEXT NOT NULL
) STRICT;

-- A case outlives its conversation: after an erasure the row stays, its packet blank.
CREATE TABLE cases (
  reference         TEXT PRIMARY KEY NOT NULL,
  conversation      TEXT NOT NULL,
  priority          TEXT NOT NULL,
  kind              TEXT NOT NULL,
  reason            TEXT NOT NULL,
  area              TEXT,
  packet_json       TEXT NOT NULL,
  reply_expected_by TEXT,
  state             TEXT NOT NULL,
  adviser           TEXT,
  created           TEXT NOT NULL,
  updated           TEXT NOT NULL
) STRICT;
CREATE INDEX cases_open ON cases (created) WHERE state <> 'closed';
CREATE INDEX cases_of_conversation ON cases (conversation);

-- Ids and codes, never text. Each row carries the hash of the one before it.
CREATE TABLE case_events (
  seq            INTEGER PRIMARY KEY AUTOINCREMENT,
  at             TEXT NOT NULL,
  case_reference TEXT NOT NULL REFERENCES cases (reference),
  kind           TEXT NOT NULL,
  actor          TEXT NOT NULL,
  detail         TEXT NOT NULL,
  previous       TEXT NOT NULL,
  hash           TEXT NOT NULL
) STRICT;
CREATE INDEX case_events_of_case ON case_events (case_reference, seq);
CREATE TRIGGER case_events_stay BEFORE DELETE ON case_events
  BEGIN SELECT RAISE(ABORT, 'the case log is append-only'); END;
CREATE TRIGGER case_events_stand BEFORE UPDATE ON case_events
  BEGIN SELECT RAISE(ABORT, 'the case log is append-only'); END;

-- One row that a readiness check writes to.
CREATE TABLE probe (id INTEGER PRIMARY KEY, beats INTEGER NOT NULL) STRICT;
INSERT INTO probe (id, beats) VALUES (1, 0);
