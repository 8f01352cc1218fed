-- What one role writes and another reads back: a row that the reader cannot make sense of would stop it for good.

-- An entry goes into the chain for ever: it is an object under its own key, on one line.
ALTER TABLE audit_entries ADD CONSTRAINT audit_entries_readable
  CHECK (entry ->> 'key' IS NOT DISTINCT FROM key AND entry::text !~ '[\n\r]');

-- A time that no reader has is none.
ALTER TABLE inbox ADD CONSTRAINT inbox_received
  CHECK (received_at >= '2000-01-01T00:00:00Z'::timestamptz AND received_at < '3000-01-01T00:00:00Z'::timestamptz);
