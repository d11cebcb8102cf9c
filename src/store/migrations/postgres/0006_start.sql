-- Everything that SQLite's migrations 0001 to 0006 make, as PostgreSQL has it. From here on each number stands in both folders.
-- What the tables mean is told in ../sqlite/. Numbers are BIGINT, booleans 0 and 1, instants and JSON text; text is compared by its
-- bytes, COLLATE "C", as in SQLite. Never edit this file once released: add the next number.

-- The newest number ever given to a row of a table. Changed in the transaction that gives it, so that numbers are neither lost nor
-- seen before their row is: readers count by them. All writes hold one lock, so nobody waits for this row.
CREATE TABLE given (name TEXT COLLATE "C" PRIMARY KEY, seq BIGINT NOT NULL);
CREATE FUNCTION next_number(of_table TEXT) RETURNS BIGINT LANGUAGE sql AS
  'UPDATE given SET seq = seq + 1 WHERE name = of_table RETURNING seq';

-- The last batch of each writing process, kept in the transaction of the batch itself: whoever lost the connection while it was
-- committed reads here whether it was. (The server's own numbers of transactions will not do: after a crash they are given again.)
CREATE TABLE writers (
  node  TEXT COLLATE "C" PRIMARY KEY,
  batch BIGINT NOT NULL,
  at    TIMESTAMPTZ NOT NULL DEFAULT now()
);

CREATE TABLE conversations (
  id         TEXT COLLATE "C" PRIMARY KEY,
  token_hash TEXT COLLATE "C" NOT NULL,
  channel    TEXT COLLATE "C" NOT NULL,
  state_json TEXT COLLATE "C" NOT NULL,
  version    BIGINT NOT NULL DEFAULT 0,
  created    TEXT COLLATE "C" NOT NULL,
  updated    TEXT COLLATE "C" NOT NULL
);
CREATE INDEX conversations_by_age ON conversations (updated);

CREATE TABLE messages (
  seq            BIGINT PRIMARY KEY DEFAULT next_number('messages'),
  id             TEXT COLLATE "C" NOT NULL UNIQUE,
  conversation   TEXT COLLATE "C" NOT NULL REFERENCES conversations (id) ON DELETE CASCADE,
  at             TEXT COLLATE "C" NOT NULL,
  author         TEXT COLLATE "C" NOT NULL,
  name           TEXT COLLATE "C",
  text           TEXT COLLATE "C" NOT NULL,
  lang           TEXT COLLATE "C" NOT NULL,
  reply_json     TEXT COLLATE "C",
  receipt        TEXT COLLATE "C",
  case_reference TEXT COLLATE "C"
);
CREATE INDEX messages_of_conversation ON messages (conversation, seq);
CREATE INDEX messages_by_time ON messages (at);

CREATE TABLE replies (
  rowid        BIGINT GENERATED ALWAYS AS IDENTITY,
  conversation TEXT COLLATE "C" NOT NULL REFERENCES conversations (id) ON DELETE CASCADE,
  client_id    TEXT COLLATE "C" NOT NULL,
  reply_json   TEXT COLLATE "C" NOT NULL,
  PRIMARY KEY (conversation, client_id)
);

CREATE TABLE receipts (
  id           TEXT COLLATE "C" PRIMARY KEY,
  conversation TEXT COLLATE "C" NOT NULL REFERENCES conversations (id) ON DELETE CASCADE,
  outcome      TEXT COLLATE "C" NOT NULL,
  reason       TEXT COLLATE "C",
  as_of        TEXT COLLATE "C" NOT NULL,
  confidence   DOUBLE PRECISION NOT NULL,
  cited_json   TEXT COLLATE "C" NOT NULL,
  library_hash TEXT COLLATE "C" NOT NULL,
  at           TEXT COLLATE "C" NOT NULL
);
CREATE INDEX receipts_of_conversation ON receipts (conversation);

CREATE TABLE feedback (
  receipt TEXT COLLATE "C" PRIMARY KEY REFERENCES receipts (id) ON DELETE CASCADE,
  helpful BIGINT NOT NULL,
  comment TEXT COLLATE "C",
  at      TEXT COLLATE "C" NOT NULL
);

CREATE TABLE cases (
  reference         TEXT COLLATE "C" PRIMARY KEY,
  conversation      TEXT COLLATE "C" NOT NULL,
  priority          TEXT COLLATE "C" NOT NULL,
  kind              TEXT COLLATE "C" NOT NULL,
  reason            TEXT COLLATE "C" NOT NULL,
  area              TEXT COLLATE "C",
  packet_json       TEXT COLLATE "C" NOT NULL,
  reply_expected_by TEXT COLLATE "C",
  state             TEXT COLLATE "C" NOT NULL,
  adviser           TEXT COLLATE "C",
  created           TEXT COLLATE "C" NOT NULL,
  updated           TEXT COLLATE "C" NOT NULL,
  rank              BIGINT NOT NULL DEFAULT 2,
  channel           TEXT COLLATE "C" NOT NULL DEFAULT 'web',
  client_group      TEXT COLLATE "C",
  needs_json        TEXT COLLATE "C" NOT NULL DEFAULT '{}',
  snoozed_until     TEXT COLLATE "C",
  outcome           TEXT COLLATE "C",
  closed            TEXT COLLATE "C",
  first_opened      TEXT COLLATE "C",
  first_replied     TEXT COLLATE "C",
  undelivered       BIGINT NOT NULL DEFAULT 0,
  rating_asked      TEXT COLLATE "C",
  rating            TEXT COLLATE "C",
  erased            TEXT COLLATE "C"
);
CREATE INDEX cases_of_conversation ON cases (conversation);
CREATE INDEX cases_open ON cases (rank, created, reference, area, state, kind, adviser, reply_expected_by, first_replied, undelivered) WHERE state <> 'closed';
CREATE INDEX cases_closed ON cases (closed, reference, area) WHERE state = 'closed';
CREATE INDEX cases_snoozed ON cases (snoozed_until) WHERE state = 'snoozed';
CREATE INDEX cases_due ON cases (reply_expected_by) WHERE state <> 'closed' AND first_replied IS NULL;
CREATE INDEX cases_to_erase ON cases (closed) WHERE erased IS NULL;

CREATE TABLE case_events (
  seq            BIGINT PRIMARY KEY,
  at             TEXT COLLATE "C" NOT NULL,
  case_reference TEXT COLLATE "C" NOT NULL REFERENCES cases (reference),
  kind           TEXT COLLATE "C" NOT NULL,
  actor          TEXT COLLATE "C" NOT NULL,
  detail         TEXT COLLATE "C" NOT NULL,
  previous       TEXT COLLATE "C" NOT NULL,
  hash           TEXT COLLATE "C" NOT NULL
);
CREATE INDEX case_events_of_case ON case_events (case_reference, seq);

CREATE TABLE probe (
  id    BIGINT PRIMARY KEY,
  beats BIGINT NOT NULL
);

CREATE TABLE case_notes (
  id             TEXT COLLATE "C" PRIMARY KEY,
  case_reference TEXT COLLATE "C" NOT NULL REFERENCES cases (reference) ON DELETE CASCADE,
  at             TEXT COLLATE "C" NOT NULL,
  adviser        TEXT COLLATE "C" NOT NULL,
  text           TEXT COLLATE "C" NOT NULL
);
CREATE INDEX case_notes_of_case ON case_notes (case_reference, at, id);

CREATE TABLE case_drafts (
  case_reference TEXT COLLATE "C" NOT NULL REFERENCES cases (reference) ON DELETE CASCADE,
  adviser        TEXT COLLATE "C" NOT NULL,
  text           TEXT COLLATE "C" NOT NULL,
  updated        TEXT COLLATE "C" NOT NULL,
  PRIMARY KEY (case_reference, adviser)
);

CREATE TABLE case_links (
  one TEXT COLLATE "C" NOT NULL REFERENCES cases (reference) ON DELETE CASCADE,
  two TEXT COLLATE "C" NOT NULL REFERENCES cases (reference) ON DELETE CASCADE,
  how TEXT COLLATE "C" NOT NULL,
  PRIMARY KEY (one, two)
);
CREATE INDEX case_links_back ON case_links (two);

CREATE TABLE saved_replies (
  id      TEXT COLLATE "C" PRIMARY KEY,
  title   TEXT COLLATE "C" NOT NULL,
  text    TEXT COLLATE "C" NOT NULL,
  area    TEXT COLLATE "C",
  adviser TEXT COLLATE "C" NOT NULL,
  updated TEXT COLLATE "C" NOT NULL
);

CREATE TABLE content_todos (
  id             TEXT COLLATE "C" PRIMARY KEY,
  case_reference TEXT COLLATE "C" NOT NULL REFERENCES cases (reference) ON DELETE CASCADE,
  article        TEXT COLLATE "C",
  section        TEXT COLLATE "C",
  reason         TEXT COLLATE "C" NOT NULL,
  comment        TEXT COLLATE "C" NOT NULL,
  question       TEXT COLLATE "C" NOT NULL,
  adviser        TEXT COLLATE "C" NOT NULL,
  at             TEXT COLLATE "C" NOT NULL,
  done           TEXT COLLATE "C",
  done_by        TEXT COLLATE "C"
);
CREATE INDEX content_todos_of_case ON content_todos (case_reference);

CREATE TABLE alerts (
  case_reference TEXT COLLATE "C" NOT NULL REFERENCES cases (reference) ON DELETE CASCADE,
  why            TEXT COLLATE "C" NOT NULL,
  step           BIGINT NOT NULL,
  way            TEXT COLLATE "C" NOT NULL,
  decided        TEXT COLLATE "C" NOT NULL,
  tries          BIGINT NOT NULL DEFAULT 0,
  next_try       TEXT COLLATE "C" NOT NULL,
  sent           TEXT COLLATE "C",
  PRIMARY KEY (case_reference, why, step, way)
);
CREATE INDEX alerts_unsent ON alerts (next_try) WHERE sent IS NULL;

CREATE TABLE requests (
  case_reference TEXT COLLATE "C" PRIMARY KEY REFERENCES cases (reference) ON DELETE CASCADE,
  kind           TEXT COLLATE "C" NOT NULL,
  received       TEXT COLLATE "C" NOT NULL,
  acknowledged   TEXT COLLATE "C",
  stops_json     TEXT COLLATE "C" NOT NULL DEFAULT '[]',
  extended       BIGINT NOT NULL DEFAULT 0,
  decided        TEXT COLLATE "C",
  decision       TEXT COLLATE "C"
);

CREATE TABLE log_start (
  one  BIGINT PRIMARY KEY CHECK (one = 1),
  seq  BIGINT NOT NULL,
  hash TEXT COLLATE "C" NOT NULL,
  at   TEXT COLLATE "C" NOT NULL
);

CREATE TABLE bots (
  id           TEXT COLLATE "C" PRIMARY KEY,
  name         TEXT COLLATE "C" NOT NULL,
  trouble      TEXT COLLATE "C",
  not_before   TEXT COLLATE "C" NOT NULL,
  paced        TEXT COLLATE "C" NOT NULL,
  poller       TEXT COLLATE "C",
  poller_until TEXT COLLATE "C" NOT NULL
);

CREATE TABLE addresses (
  id           BIGINT PRIMARY KEY DEFAULT next_number('addresses'),
  account      TEXT COLLATE "C" NOT NULL REFERENCES bots (id),
  address      TEXT COLLATE "C" NOT NULL,
  reach        TEXT COLLATE "C" NOT NULL,
  conversation TEXT COLLATE "C" REFERENCES conversations (id) ON DELETE SET NULL,
  next_send    TEXT COLLATE "C" NOT NULL,
  seen         TEXT COLLATE "C" NOT NULL,
  UNIQUE (account, address)
);
CREATE INDEX addresses_of_conversation ON addresses (conversation);

CREATE TABLE conversation_addresses (
  conversation TEXT COLLATE "C" PRIMARY KEY REFERENCES conversations (id) ON DELETE CASCADE,
  address      BIGINT NOT NULL REFERENCES addresses (id) ON DELETE CASCADE
);
CREATE INDEX conversation_addresses_back ON conversation_addresses (address);

CREATE TABLE inbox (
  seq      BIGINT PRIMARY KEY DEFAULT next_number('inbox'),
  account  TEXT COLLATE "C" NOT NULL REFERENCES bots (id),
  event    TEXT COLLATE "C" NOT NULL,
  lane     TEXT COLLATE "C" NOT NULL,
  raw      TEXT COLLATE "C" NOT NULL,
  urgent   BIGINT NOT NULL,
  received TEXT COLLATE "C" NOT NULL,
  due      TEXT COLLATE "C" NOT NULL,
  state    TEXT COLLATE "C" NOT NULL,
  attempts BIGINT NOT NULL DEFAULT 0,
  error    TEXT COLLATE "C",
  settled  TEXT COLLATE "C",
  UNIQUE (account, event)
);
CREATE INDEX inbox_pending ON inbox (account, lane, seq) WHERE state = 'pending';

CREATE TABLE lanes (
  account TEXT COLLATE "C" NOT NULL,
  lane    TEXT COLLATE "C" NOT NULL,
  owner   TEXT COLLATE "C" NOT NULL,
  until   TEXT COLLATE "C" NOT NULL,
  fence   BIGINT NOT NULL,
  PRIMARY KEY (account, lane)
);

CREATE TABLE outbox (
  seq          BIGINT PRIMARY KEY DEFAULT next_number('outbox'),
  place        BIGINT NOT NULL,
  part         BIGINT NOT NULL,
  message      TEXT COLLATE "C" NOT NULL,
  conversation TEXT COLLATE "C" REFERENCES conversations (id) ON DELETE CASCADE,
  account      TEXT COLLATE "C" NOT NULL REFERENCES bots (id),
  address      BIGINT NOT NULL REFERENCES addresses (id) ON DELETE CASCADE,
  op           TEXT COLLATE "C" NOT NULL,
  payload      TEXT COLLATE "C",
  urgency      BIGINT NOT NULL,
  state        TEXT COLLATE "C" NOT NULL,
  attempts     BIGINT NOT NULL DEFAULT 0,
  doubtful     BIGINT NOT NULL DEFAULT 0,
  not_before   TEXT COLLATE "C" NOT NULL,
  owner        TEXT COLLATE "C",
  until        TEXT COLLATE "C",
  fence        BIGINT NOT NULL DEFAULT 0,
  begun        TEXT COLLATE "C",
  external_id  TEXT COLLATE "C",
  error        TEXT COLLATE "C",
  created      TEXT COLLATE "C" NOT NULL,
  settled      TEXT COLLATE "C",
  UNIQUE (message, part)
);
CREATE INDEX outbox_open ON outbox (account, address, place, part) WHERE settled IS NULL;
CREATE INDEX outbox_external ON outbox (address, external_id) WHERE external_id IS NOT NULL;
CREATE INDEX outbox_of_conversation ON outbox (conversation);

CREATE TABLE actions (
  id           TEXT COLLATE "C" PRIMARY KEY,
  address      BIGINT NOT NULL REFERENCES addresses (id) ON DELETE CASCADE,
  conversation TEXT COLLATE "C" REFERENCES conversations (id) ON DELETE CASCADE,
  message      TEXT COLLATE "C" NOT NULL,
  label        TEXT COLLATE "C" NOT NULL,
  value        TEXT COLLATE "C" NOT NULL,
  expires      TEXT COLLATE "C" NOT NULL,
  used         TEXT COLLATE "C"
);
CREATE INDEX actions_of_conversation ON actions (conversation);

CREATE TABLE links (
  hash         TEXT COLLATE "C" PRIMARY KEY,
  conversation TEXT COLLATE "C" NOT NULL REFERENCES conversations (id) ON DELETE CASCADE,
  expires      TEXT COLLATE "C" NOT NULL
);

CREATE TABLE accounts (
  name               TEXT COLLATE "C" PRIMARY KEY,
  display            TEXT COLLATE "C" NOT NULL,
  state              TEXT COLLATE "C" NOT NULL,
  password           TEXT COLLATE "C",
  totp_secret        TEXT COLLATE "C",
  totp_step          BIGINT NOT NULL DEFAULT 0,
  subject            TEXT COLLATE "C" UNIQUE,
  invitation         TEXT COLLATE "C" UNIQUE,
  invitation_expires TEXT COLLATE "C",
  created            TEXT COLLATE "C" NOT NULL,
  updated            TEXT COLLATE "C" NOT NULL
);

CREATE TABLE grants (
  account TEXT COLLATE "C" NOT NULL REFERENCES accounts (name) ON DELETE CASCADE,
  held    TEXT COLLATE "C" NOT NULL,
  PRIMARY KEY (account, held)
);

CREATE TABLE sessions (
  id_hash TEXT COLLATE "C" PRIMARY KEY,
  handle  TEXT COLLATE "C" NOT NULL UNIQUE,
  account TEXT COLLATE "C" NOT NULL REFERENCES accounts (name) ON DELETE CASCADE,
  device  TEXT COLLATE "C" NOT NULL,
  created TEXT COLLATE "C" NOT NULL,
  seen    TEXT COLLATE "C" NOT NULL,
  proved  TEXT COLLATE "C" NOT NULL
);
CREATE INDEX sessions_of_account ON sessions (account);

CREATE TABLE single_sign_ons (
  state_hash TEXT COLLATE "C" PRIMARY KEY,
  browser    TEXT COLLATE "C" NOT NULL,
  nonce      TEXT COLLATE "C" NOT NULL,
  verifier   TEXT COLLATE "C" NOT NULL,
  onward     TEXT COLLATE "C" NOT NULL,
  again      BIGINT NOT NULL,
  expires    TEXT COLLATE "C" NOT NULL
);

CREATE TABLE staff_events (
  seq      BIGINT PRIMARY KEY,
  at       TEXT COLLATE "C" NOT NULL,
  account  TEXT COLLATE "C" NOT NULL,
  kind     TEXT COLLATE "C" NOT NULL,
  actor    TEXT COLLATE "C" NOT NULL,
  detail   TEXT COLLATE "C" NOT NULL,
  previous TEXT COLLATE "C" NOT NULL DEFAULT '',
  hash     TEXT COLLATE "C" NOT NULL DEFAULT ''
);
CREATE INDEX staff_events_of_account ON staff_events (account, seq);

CREATE TABLE return_links (
  rowid        BIGINT GENERATED ALWAYS AS IDENTITY,
  token_hash   TEXT COLLATE "C" PRIMARY KEY,
  conversation TEXT COLLATE "C" NOT NULL REFERENCES conversations (id) ON DELETE CASCADE,
  created      TEXT COLLATE "C" NOT NULL
);
CREATE INDEX return_links_of_conversation ON return_links (conversation);

INSERT INTO given (name, seq) VALUES ('messages', 0), ('case_events', 0), ('addresses', 0), ('inbox', 0), ('outbox', 0), ('staff_events', 0);
INSERT INTO probe (id, beats) VALUES (1, 0);

-- Events of the two logs come with their number, which their hash needs.
CREATE FUNCTION number_taken() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  UPDATE given SET seq = NEW.seq WHERE name = TG_TABLE_NAME AND seq < NEW.seq;
  RETURN NULL;
END $$;
CREATE TRIGGER case_events_given AFTER INSERT ON case_events FOR EACH ROW EXECUTE FUNCTION number_taken();
CREATE TRIGGER staff_events_given AFTER INSERT ON staff_events FOR EACH ROW EXECUTE FUNCTION number_taken();

-- The logs refuse change and deletion; of the case log, retention may remove the beginning.
CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'the % log is append-only', TG_ARGV[0];
END $$;
CREATE FUNCTION refuse_young() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF OLD.seq > coalesce((SELECT seq FROM log_start), 0) THEN
    RAISE EXCEPTION 'the case log is append-only';
  END IF;
  RETURN OLD;
END $$;
CREATE TRIGGER case_events_stay BEFORE DELETE ON case_events FOR EACH ROW EXECUTE FUNCTION refuse_young();
CREATE TRIGGER case_events_stand BEFORE UPDATE ON case_events FOR EACH ROW EXECUTE FUNCTION refuse('case');
CREATE TRIGGER case_events_whole BEFORE TRUNCATE ON case_events EXECUTE FUNCTION refuse('case');
CREATE TRIGGER staff_events_stay BEFORE DELETE OR UPDATE ON staff_events FOR EACH ROW EXECUTE FUNCTION refuse('staff');
CREATE TRIGGER staff_events_whole BEFORE TRUNCATE ON staff_events EXECUTE FUNCTION refuse('staff');
