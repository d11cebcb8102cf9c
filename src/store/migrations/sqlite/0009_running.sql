-- What running the service for real needs: erasures that an older backup must be told of again, what reports count, channels
-- that are switched off. Days, codes and ids only. Never edit this file once released: add the next number.

-- Erasures that a person asked for or somebody decided. (What went by age goes again by age.)
CREATE TABLE erasures (
  seq  INTEGER PRIMARY KEY AUTOINCREMENT,
  what TEXT NOT NULL,                     -- conversation, case
  id   TEXT NOT NULL,
  at   TEXT NOT NULL,
  UNIQUE (what, id)
) STRICT;

-- One row a conversation and one a turn, in codes and days. They outlive the conversation and then lead to nobody: reports of a
-- quarter do not change when people delete what they wrote.
CREATE TABLE visits (
  seq          INTEGER PRIMARY KEY AUTOINCREMENT,
  conversation TEXT UNIQUE REFERENCES conversations (id) ON DELETE SET NULL,
  day          TEXT NOT NULL,             -- of the first turn, in England
  channel      TEXT NOT NULL,
  area         TEXT,                      -- these four as last known
  regime       TEXT,
  audience     TEXT,
  lang         TEXT NOT NULL
) STRICT;
CREATE INDEX visits_by_day ON visits (day);

CREATE TABLE tallies (
  seq     INTEGER PRIMARY KEY AUTOINCREMENT,
  receipt TEXT UNIQUE REFERENCES receipts (id) ON DELETE SET NULL,
  day     TEXT NOT NULL,
  channel TEXT NOT NULL,
  outcome TEXT NOT NULL,
  reason  TEXT,
  urgent  INTEGER NOT NULL,
  article TEXT,                           -- what it rests on, or what was nearest
  area    TEXT,
  regime  TEXT,
  lang    TEXT NOT NULL,
  helpful INTEGER
) STRICT;
CREATE INDEX tallies_by_day ON tallies (day);
CREATE INDEX cases_by_opening ON cases (created);

-- What was said before tallies were kept, as far as it still stands. (An instant's own day serves here.)
INSERT INTO tallies (receipt, day, channel, outcome, reason, urgent, article, area, regime, lang, helpful)
  SELECT r.id, substr(m.at, 1, 10), v.channel, m.reply_json ->> '$.outcome', m.reply_json ->> '$.reason',
         coalesce(m.reply_json ->> '$.urgent', 0),
         coalesce(m.reply_json ->> '$.citations[0].article', m.reply_json ->> '$.candidates[0].article'),
         m.reply_json ->> '$.area', m.reply_json ->> '$.regime', m.lang, f.helpful
  FROM messages m JOIN conversations v ON v.id = m.conversation LEFT JOIN receipts r ON r.id = m.receipt
  LEFT JOIN feedback f ON f.receipt = m.receipt
  WHERE m.author = 'assistant' AND m.reply_json ->> '$.outcome' IS NOT NULL;
INSERT INTO visits (conversation, day, channel, area, regime, audience, lang)
  SELECT v.id, substr(v.created, 1, 10), v.channel, v.state_json ->> '$.area', v.state_json ->> '$.regime',
         v.state_json ->> '$.audience', coalesce(v.state_json ->> '$.lang', 'en')
  FROM conversations v WHERE v.version > 0;

-- Each time that a channel was switched off or on; the last row of a channel is how it stands.
CREATE TABLE switches (
  seq     INTEGER PRIMARY KEY AUTOINCREMENT,
  at      TEXT NOT NULL,
  channel TEXT NOT NULL,
  off     INTEGER NOT NULL,
  reason  TEXT NOT NULL,                  -- what people are told, in words of those who run the service
  actor   TEXT NOT NULL
) STRICT;
CREATE TRIGGER switches_stay BEFORE DELETE ON switches
  BEGIN SELECT RAISE(ABORT, 'the log of switches is append-only'); END;
CREATE TRIGGER switches_stand BEFORE UPDATE ON switches
  BEGIN SELECT RAISE(ABORT, 'the log of switches is append-only'); END;
