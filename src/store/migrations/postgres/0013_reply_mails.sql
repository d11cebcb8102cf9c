-- SQLite's 0013: people who asked to be told by e-mail that a reply waits.
-- Never edit this file once released: add the next number.
CREATE TABLE reply_mails (
  conversation TEXT COLLATE "C" PRIMARY KEY REFERENCES conversations (id) ON DELETE CASCADE,
  email        TEXT COLLATE "C" NOT NULL,
  message      TEXT COLLATE "C",
  due          TEXT COLLATE "C",
  told         TEXT COLLATE "C",
  tries        BIGINT NOT NULL DEFAULT 0
);
CREATE INDEX reply_mails_due ON reply_mails (due) WHERE due IS NOT NULL;
