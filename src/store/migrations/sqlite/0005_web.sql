-- Return links: another key to one conversation, for another device of the same person. Given out once, kept as a hash,
-- taken back whenever the person says so; gone with the conversation.

CREATE TABLE return_links (
  token_hash   TEXT PRIMARY KEY NOT NULL,
  conversation TEXT NOT NULL REFERENCES conversations (id) ON DELETE CASCADE,
  created      TEXT NOT NULL
) STRICT;
CREATE INDEX return_links_of_conversation ON return_links (conversation);
