-- Events in and messages out, on channels that we push to. The web needs none of it: it answers in the same request.
-- Instants as in 0001. A lease is `owner`, `until` and `fence`: the fence rises with each lease, and who comes with an older
-- one writes nothing.

CREATE TABLE bots (
  id           TEXT PRIMARY KEY NOT NULL,  -- 'telegram:123456'
  name         TEXT NOT NULL,              -- the bot's public name
  trouble      TEXT,                       -- why it is held, a short code
  not_before   TEXT NOT NULL,              -- nothing is sent before
  paced        TEXT NOT NULL,              -- sends are booked up to here
  poller       TEXT,                       -- who fetches its events
  poller_until TEXT NOT NULL
) STRICT;

CREATE TABLE addresses (
  id           INTEGER PRIMARY KEY AUTOINCREMENT,
  account      TEXT NOT NULL REFERENCES bots (id),
  address      TEXT NOT NULL,              -- what the channel calls it
  reach        TEXT NOT NULL,
  conversation TEXT REFERENCES conversations (id) ON DELETE SET NULL,  -- the one it is in now
  next_send    TEXT NOT NULL,              -- nothing is sent there before
  seen         TEXT NOT NULL,              -- last heard of
  UNIQUE (account, address)
) STRICT;
CREATE INDEX addresses_of_conversation ON addresses (conversation);

-- Every conversation that an address ever was in, and is still kept.
CREATE TABLE conversation_addresses (
  conversation TEXT PRIMARY KEY NOT NULL REFERENCES conversations (id) ON DELETE CASCADE,
  address      INTEGER NOT NULL REFERENCES addresses (id) ON DELETE CASCADE
) STRICT;
CREATE INDEX conversation_addresses_back ON conversation_addresses (address);

-- Durable before it is acknowledged. The words go once it is done; the id stays a while, to know a repetition.
CREATE TABLE inbox (
  seq      INTEGER PRIMARY KEY AUTOINCREMENT,
  account  TEXT NOT NULL REFERENCES bots (id),
  event    TEXT NOT NULL,
  lane     TEXT NOT NULL,
  raw      TEXT NOT NULL,
  urgent   INTEGER NOT NULL,
  received TEXT NOT NULL,
  due      TEXT NOT NULL,
  state    TEXT NOT NULL,                  -- pending, done, dead
  attempts INTEGER NOT NULL DEFAULT 0,
  error    TEXT,                           -- a short code, never words
  settled  TEXT,
  UNIQUE (account, event)
) STRICT;
CREATE INDEX inbox_pending ON inbox (account, lane, seq) WHERE state = 'pending';

CREATE TABLE lanes (
  account TEXT NOT NULL,
  lane    TEXT NOT NULL,
  owner   TEXT NOT NULL,
  until   TEXT NOT NULL,
  fence   INTEGER NOT NULL,
  PRIMARY KEY (account, lane)
) STRICT;

-- One row a part, in order of place and part for each address. A row begins as a whole message and is cut when first taken up.
CREATE TABLE outbox (
  seq          INTEGER PRIMARY KEY AUTOINCREMENT,
  place        INTEGER NOT NULL,           -- the message's place; its parts share it
  part         INTEGER NOT NULL,
  message      TEXT NOT NULL,
  conversation TEXT REFERENCES conversations (id) ON DELETE CASCADE,
  account      TEXT NOT NULL REFERENCES bots (id),
  address      INTEGER NOT NULL REFERENCES addresses (id) ON DELETE CASCADE,
  op           TEXT NOT NULL,              -- 'whole' until it is cut
  payload      TEXT,                       -- NULL while whole: the message's own words; NULL again once settled
  urgency      INTEGER NOT NULL,           -- 0 urgent, 1 an adviser's, 2 ordinary
  state        TEXT NOT NULL,              -- queued, leased, sent, uncertain, failed, cancelled
  attempts     INTEGER NOT NULL DEFAULT 0,
  doubtful     INTEGER NOT NULL DEFAULT 0, -- how often it may have gone without our knowing
  not_before   TEXT NOT NULL,
  owner        TEXT,
  until        TEXT,
  fence        INTEGER NOT NULL DEFAULT 0,
  begun        TEXT,                       -- when the send under this lease began
  external_id  TEXT,
  error        TEXT,
  created      TEXT NOT NULL,
  settled      TEXT,                       -- nothing more will be done
  UNIQUE (message, part)
) STRICT;
CREATE INDEX outbox_open ON outbox (account, address, place, part) WHERE settled IS NULL;
CREATE INDEX outbox_external ON outbox (address, external_id) WHERE external_id IS NOT NULL;
CREATE INDEX outbox_of_conversation ON outbox (conversation);

-- Buttons by the opaque id that a channel carries for us.
CREATE TABLE actions (
  id           TEXT PRIMARY KEY NOT NULL,
  address      INTEGER NOT NULL REFERENCES addresses (id) ON DELETE CASCADE,
  conversation TEXT REFERENCES conversations (id) ON DELETE CASCADE,
  message      TEXT NOT NULL,
  label        TEXT NOT NULL,
  value        TEXT NOT NULL,
  expires      TEXT NOT NULL,
  used         TEXT
) STRICT;
CREATE INDEX actions_of_conversation ON actions (conversation);

-- One-time links that carry a conversation to another channel.
CREATE TABLE links (
  hash         TEXT PRIMARY KEY NOT NULL,  -- SHA-256 of the token; the token itself is nowhere
  conversation TEXT NOT NULL REFERENCES conversations (id) ON DELETE CASCADE,
  expires      TEXT NOT NULL
) STRICT;
