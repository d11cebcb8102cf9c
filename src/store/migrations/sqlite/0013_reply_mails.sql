-- People who asked to be told by e-mail that a reply waits. One e-mail for a burst: the next only once they have looked.
-- Never edit this file once released: add the next number.
CREATE TABLE reply_mails (
  conversation TEXT PRIMARY KEY NOT NULL REFERENCES conversations (id) ON DELETE CASCADE,
  email        TEXT NOT NULL,              -- sealed where there is a key
  message      TEXT,                       -- the first reply of the burst
  due          TEXT,                       -- to be told then, unless they look before
  told         TEXT,                       -- told, and not looked since
  tries        INTEGER NOT NULL DEFAULT 0
) STRICT;
CREATE INDEX reply_mails_due ON reply_mails (due) WHERE due IS NOT NULL;
