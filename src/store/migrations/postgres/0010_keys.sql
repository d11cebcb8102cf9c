-- SQLite's 0010: the keys that seal what people wrote, and where the staff log begins.
-- Never edit this file once released: add the next number.

CREATE TABLE seal_keys (
  what    TEXT COLLATE "C" NOT NULL,
  id      TEXT COLLATE "C" NOT NULL,
  wrapped TEXT COLLATE "C" NOT NULL,
  PRIMARY KEY (what, id)
);

CREATE TABLE staff_log_start (
  one  BIGINT PRIMARY KEY CHECK (one = 1),
  seq  BIGINT NOT NULL,
  hash TEXT COLLATE "C" NOT NULL,
  at   TEXT COLLATE "C" NOT NULL
);
CREATE FUNCTION refuse_young_staff() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF OLD.seq > coalesce((SELECT seq FROM staff_log_start), 0) THEN
    RAISE EXCEPTION 'the staff log is append-only';
  END IF;
  RETURN OLD;
END $$;
DROP TRIGGER staff_events_stay ON staff_events;
CREATE TRIGGER staff_events_stay BEFORE DELETE ON staff_events FOR EACH ROW EXECUTE FUNCTION refuse_young_staff();
CREATE TRIGGER staff_events_stand BEFORE UPDATE ON staff_events FOR EACH ROW EXECUTE FUNCTION refuse('staff');
