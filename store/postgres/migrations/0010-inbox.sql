-- Alerts and callbacks as they came. In the clear is when, from which source, and what became of it; what was sent is sealed for the console.
CREATE TABLE inbox (
  organisation text NOT NULL DEFAULT organisation(),
  seq bigint GENERATED ALWAYS AS IDENTITY,
  kind text NOT NULL CHECK (kind IN ('alert', 'callback')),
  source text NOT NULL,
  dedupe text NOT NULL,
  -- A time that no reader has is none.
  received_at timestamptz NOT NULL CONSTRAINT inbox_received
    CHECK (received_at >= '2000-01-01T00:00:00Z'::timestamptz AND received_at < '3000-01-01T00:00:00Z'::timestamptz),
  sealed_key json,
  box bytea,
  bytes integer GENERATED ALWAYS AS (octet_length(box)) STORED,

  status text NOT NULL DEFAULT 'waiting' CHECK (status IN ('waiting', 'delivered', 'duplicate', 'ignored', 'dead_letter')),
  settled_at timestamptz,
  reason text,
  alert_ids text[],
  case_ids text[],
  resent integer NOT NULL DEFAULT 0,
  -- The mail address that a person gave, under the key of the row.
  named bytea,

  -- Who has it in hand, and when others may take it: after that lease, or after the pause for which it is held.
  claimed_by uuid,
  free_at timestamptz NOT NULL DEFAULT now(),
  tries integer NOT NULL DEFAULT 0,
  why text CHECK (why IN ('cap', 'retry', 'pace')),
  held_for text,

  PRIMARY KEY (organisation, seq),
  UNIQUE (organisation, dedupe),
  -- What was sent goes when nothing is left to do with it.
  CHECK ((box IS NOT NULL) = (status IN ('waiting', 'dead_letter'))),
  CHECK ((sealed_key IS NULL) = (box IS NULL))
);
-- A ciphertext does not get smaller.
ALTER TABLE inbox ALTER COLUMN box SET STORAGE EXTERNAL;
CREATE INDEX inbox_waiting ON inbox (organisation, kind, free_at, seq) INCLUDE (bytes) WHERE status = 'waiting';
CREATE INDEX inbox_capped ON inbox (organisation, source, held_for, seq) WHERE status = 'waiting' AND why = 'cap';
CREATE INDEX inbox_dead_letters ON inbox (organisation, seq) WHERE status = 'dead_letter';

-- What was told to each case, so that all deliverers together keep its pace and the bound of new cases of each source.
CREATE TABLE case_joins (
  organisation text NOT NULL DEFAULT organisation(),
  case_id text NOT NULL,
  joins integer NOT NULL DEFAULT 0,
  -- Place of the gravest severity that it was told, in their order.
  gravest integer NOT NULL DEFAULT 0,
  joined_at timestamptz NOT NULL DEFAULT now(),
  -- Of whose share of new cases it was opened last, and when it was let in.
  source text,
  let_in_at timestamptz,
  PRIMARY KEY (organisation, case_id)
);
CREATE INDEX case_joins_let_in ON case_joins (organisation, source, let_in_at);
CREATE INDEX case_joins_joined ON case_joins (organisation, joined_at);

-- Whoever counts the new cases of a source holds its row. An advisory lock in its place could be held by every login of the database, of other organisations too.
CREATE TABLE source_turns (
  organisation text NOT NULL DEFAULT organisation(),
  source text NOT NULL,
  turns bigint NOT NULL DEFAULT 0,
  PRIMARY KEY (organisation, source)
);
