-- Who works here: accounts, what they may do, their sessions, and what happened to them.
-- No secret stands here that opens anything by itself: passwords as argon2id, session ids and invitations as SHA-256.
-- (A TOTP secret has to be kept as it is; it opens nothing without the password.)

CREATE TABLE accounts (
  name               TEXT PRIMARY KEY NOT NULL,
  display            TEXT NOT NULL,
  state              TEXT NOT NULL,      -- invited, active, disabled
  password           TEXT,               -- PHC string
  totp_secret        TEXT,               -- base 32
  totp_step          INTEGER NOT NULL DEFAULT 0,  -- the last step spent: a code counts once
  subject            TEXT UNIQUE,        -- who it is at the identity provider; never an e-mail address
  invitation         TEXT UNIQUE,        -- SHA-256
  invitation_expires TEXT,
  created            TEXT NOT NULL,
  updated            TEXT NOT NULL
) STRICT;

CREATE TABLE grants (
  account TEXT NOT NULL REFERENCES accounts (name) ON DELETE CASCADE,
  held    TEXT NOT NULL,                 -- adviser@kent, admin
  PRIMARY KEY (account, held)
) STRICT;

CREATE TABLE sessions (
  id_hash TEXT PRIMARY KEY NOT NULL,     -- SHA-256 of what the cookie holds
  handle  TEXT NOT NULL UNIQUE,          -- names it on a page, opens nothing
  account TEXT NOT NULL REFERENCES accounts (name) ON DELETE CASCADE,
  device  TEXT NOT NULL,                 -- such as 'Firefox on Linux'
  created TEXT NOT NULL,
  seen    TEXT NOT NULL,
  proved  TEXT NOT NULL                  -- when its owner last showed who they are
) STRICT;
CREATE INDEX sessions_of_account ON sessions (account);

-- Sign-ins under way at the identity provider.
CREATE TABLE single_sign_ons (
  state_hash TEXT PRIMARY KEY NOT NULL,
  browser    TEXT NOT NULL,              -- SHA-256 of the cookie of the browser that began it
  nonce      TEXT NOT NULL,
  verifier   TEXT NOT NULL,
  onward     TEXT NOT NULL,
  again      INTEGER NOT NULL,
  expires    TEXT NOT NULL
) STRICT;

CREATE TABLE staff_events (
  seq     INTEGER PRIMARY KEY AUTOINCREMENT,
  at      TEXT NOT NULL,
  account TEXT NOT NULL,
  kind    TEXT NOT NULL,
  actor   TEXT NOT NULL,
  detail  TEXT NOT NULL
) STRICT;
CREATE INDEX staff_events_of_account ON staff_events (account, seq);
CREATE TRIGGER staff_events_stay BEFORE DELETE ON staff_events
  BEGIN SELECT RAISE(ABORT, 'the staff log is append-only'); END;
CREATE TRIGGER staff_events_stand BEFORE UPDATE ON staff_events
  BEGIN SELECT RAISE(ABORT, 'the staff log is append-only'); END;
