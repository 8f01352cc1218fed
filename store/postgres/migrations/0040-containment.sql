-- The containment workers' own memory. What was done and decided is only ever added to.

-- Who acts on a step, or on a list that a vendor replaces as a whole. A worker that died has it until then and no longer.
CREATE TABLE containment_turns (
  organisation text NOT NULL DEFAULT organisation(),
  key text NOT NULL,
  holder uuid NOT NULL,
  until timestamptz NOT NULL,
  PRIMARY KEY (organisation, key)
);

CREATE TABLE containment_notes (
  organisation text NOT NULL DEFAULT organisation(),
  plan_digest text NOT NULL,
  step integer NOT NULL,
  seq bigint GENERATED ALWAYS AS IDENTITY,
  kind text NOT NULL CHECK (kind IN
    ('begun', 'intended', 'refuted', 'finished', 'reverting', 'undo_intended', 'undo_refuted', 'released')),
  content json NOT NULL,
  noted_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (organisation, plan_digest, step, seq)
);
-- What happens to a step once.
CREATE UNIQUE INDEX containment_notes_once ON containment_notes (organisation, plan_digest, step, kind)
  WHERE kind IN ('begun', 'finished', 'reverting', 'released');

-- A decision counts for one plan.
CREATE TABLE containment_uses (
  organisation text NOT NULL DEFAULT organisation(),
  token text NOT NULL,
  plan_digest text NOT NULL,
  used_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (organisation, token)
);

-- What automatic steps rested on that people released: it acts no more.
CREATE TABLE containment_burnt (
  organisation text NOT NULL DEFAULT organisation(),
  token text NOT NULL,
  burnt_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (organisation, token)
);

-- One row of an organisation: whoever counts its leases holds it.
CREATE TABLE containment_budget (
  organisation text NOT NULL DEFAULT organisation() PRIMARY KEY,
  given bigint NOT NULL
);

CREATE TABLE containment_leases (
  organisation text NOT NULL DEFAULT organisation(),
  owner text NOT NULL,
  accounts json NOT NULL,
  at timestamptz NOT NULL,
  ends_at timestamptz NOT NULL,
  released_at timestamptz,
  PRIMARY KEY (organisation, owner)
);
CREATE INDEX containment_leases_recent ON containment_leases (organisation, at);
CREATE INDEX containment_leases_held ON containment_leases (organisation, ends_at) WHERE released_at IS NULL;

-- Decisions on the stop switch that were obeyed, without a gap; the last one says how it stands. Of two at once, one finds its number taken.
CREATE TABLE containment_switches (
  organisation text NOT NULL DEFAULT organisation(),
  number integer NOT NULL,
  nonce text NOT NULL,
  signed json NOT NULL,
  stopped json,
  obeyed_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (organisation, number),
  UNIQUE (organisation, nonce)
);
