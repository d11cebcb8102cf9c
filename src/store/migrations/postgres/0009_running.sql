-- SQLite's 0009: erasures that an older backup must be told of again, what reports count, channels that are switched off.
-- Never edit this file once released: add the next number.

CREATE TABLE erasures (
  seq  BIGINT PRIMARY KEY DEFAULT next_number('erasures'),
  what TEXT COLLATE "C" NOT NULL,
  id   TEXT COLLATE "C" NOT NULL,
  at   TEXT COLLATE "C" NOT NULL,
  UNIQUE (what, id)
);

CREATE TABLE visits (
  seq          BIGINT PRIMARY KEY DEFAULT next_number('visits'),
  conversation TEXT COLLATE "C" UNIQUE REFERENCES conversations (id) ON DELETE SET NULL,
  day          TEXT COLLATE "C" NOT NULL,
  channel      TEXT COLLATE "C" NOT NULL,
  area         TEXT COLLATE "C",
  regime       TEXT COLLATE "C",
  audience     TEXT COLLATE "C",
  lang         TEXT COLLATE "C" NOT NULL
);
CREATE INDEX visits_by_day ON visits (day);

CREATE TABLE tallies (
  seq     BIGINT PRIMARY KEY DEFAULT next_number('tallies'),
  receipt TEXT COLLATE "C" UNIQUE REFERENCES receipts (id) ON DELETE SET NULL,
  day     TEXT COLLATE "C" NOT NULL,
  channel TEXT COLLATE "C" NOT NULL,
  outcome TEXT COLLATE "C" NOT NULL,
  reason  TEXT COLLATE "C",
  urgent  BIGINT NOT NULL,
  article TEXT COLLATE "C",
  area    TEXT COLLATE "C",
  regime  TEXT COLLATE "C",
  lang    TEXT COLLATE "C" NOT NULL,
  helpful BIGINT
);
CREATE INDEX tallies_by_day ON tallies (day);
CREATE INDEX cases_by_opening ON cases (created);

CREATE TABLE switches (
  seq     BIGINT PRIMARY KEY DEFAULT next_number('switches'),
  at      TEXT COLLATE "C" NOT NULL,
  channel TEXT COLLATE "C" NOT NULL,
  off     BIGINT NOT NULL,
  reason  TEXT COLLATE "C" NOT NULL,
  actor   TEXT COLLATE "C" NOT NULL
);
INSERT INTO given (name, seq) VALUES ('erasures', 0), ('visits', 0), ('tallies', 0), ('switches', 0);
CREATE TRIGGER switches_stay BEFORE DELETE OR UPDATE ON switches FOR EACH ROW EXECUTE FUNCTION refuse('switches');
CREATE TRIGGER switches_whole BEFORE TRUNCATE ON switches EXECUTE FUNCTION refuse('switches');
