-- What happened, as each role wrote it. Nobody changes or deletes one.
CREATE TABLE audit_entries (
  organisation text NOT NULL DEFAULT organisation(),
  -- Filled in by the server: no role takes the key of another's entry.
  writer text NOT NULL DEFAULT worker_role(),
  -- Of a role's entries with one key the first stays.
  key text NOT NULL,
  -- Canonical JSON, kept to the byte: the chain hashes it.
  entry json NOT NULL,
  PRIMARY KEY (organisation, writer, key),
  -- It goes into the chain for ever, and a row that its readers cannot make sense of would stop them: an object under its own key, on one line.
  CONSTRAINT audit_entries_readable CHECK (entry ->> 'key' IS NOT DISTINCT FROM key AND entry::text !~ '[\n\r]')
);

-- Entries on their way into the chain, in the order in which they came.
CREATE TABLE audit_waiting (
  organisation text NOT NULL,
  id bigint GENERATED ALWAYS AS IDENTITY,
  writer text NOT NULL,
  key text NOT NULL,
  PRIMARY KEY (organisation, id)
);

-- By the server, so that no role can write an entry past the chain.
CREATE FUNCTION audit_waits() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  INSERT INTO public.audit_waiting (organisation, writer, key) VALUES (NEW.organisation, NEW.writer, NEW.key);
  RETURN NULL;
END $$;
CREATE TRIGGER waits AFTER INSERT ON audit_entries FOR EACH ROW EXECUTE FUNCTION audit_waits();

-- The chain: each line hangs on the one before.
CREATE TABLE audit_lines (
  organisation text NOT NULL DEFAULT organisation(),
  seq bigint NOT NULL,
  writer text NOT NULL,
  key text NOT NULL,
  prev text NOT NULL,
  hash text NOT NULL,
  PRIMARY KEY (organisation, seq),
  UNIQUE (organisation, writer, key)
);

-- Signed by the records role: the chain had so many lines, vouched for so many things of each kind, and ended in this hash.
CREATE TABLE audit_checkpoints (
  organisation text NOT NULL DEFAULT organisation(),
  id bigint GENERATED ALWAYS AS IDENTITY,
  lines bigint NOT NULL,
  head text NOT NULL,
  at text NOT NULL,
  counts json, -- those that were taken over from a state folder have none
  key_id text NOT NULL,
  signature text NOT NULL,
  PRIMARY KEY (organisation, id)
);

-- Where the chain ends: whoever goes on with it holds this row.
CREATE TABLE audit_heads (
  organisation text NOT NULL DEFAULT organisation() PRIMARY KEY,
  lines bigint NOT NULL DEFAULT 0,
  head text NOT NULL DEFAULT repeat('0', 64),
  counts json NOT NULL DEFAULT '{}',
  signed bigint NOT NULL DEFAULT 0,
  signed_at timestamptz NOT NULL DEFAULT now()
);
