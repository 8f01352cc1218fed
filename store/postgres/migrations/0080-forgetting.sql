-- What is gone of a case, of 'evidence', 'dossier'; the row itself goes last.
ALTER TABLE cases ADD COLUMN forgotten text[] NOT NULL DEFAULT '{}';
CREATE INDEX cases_by_close ON cases (organisation, closed_at, case_id) WHERE closed_at IS NOT NULL;

-- When an alert or a directory last told of the subject.
ALTER TABLE subjects ADD COLUMN known_at timestamptz NOT NULL DEFAULT now();
CREATE INDEX subjects_by_known ON subjects (organisation, known_at);
CREATE INDEX inbox_settled ON inbox (organisation, settled_at) WHERE settled_at IS NOT NULL;

-- Cases that nothing is forgotten of. Why is a note in the case's dossier.
CREATE TABLE case_holds (
  organisation text NOT NULL DEFAULT organisation(),
  case_id text COLLATE "C" NOT NULL,
  held_by text NOT NULL,
  note text NOT NULL,
  held_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (organisation, case_id)
);

-- Cases that are being forgotten, of the time at which the last under the id had closed, because of a decision (its nonce) or the policy: no hold is set on one,
-- and no case starts under its id, until the row is gone or was not touched for a day.
CREATE TABLE case_forgettings (
  organisation text NOT NULL DEFAULT organisation(),
  case_id text COLLATE "C" NOT NULL,
  because text COLLATE "C" NOT NULL,
  closed_at timestamptz NOT NULL,
  -- Nothing kept it when that was looked at after the row was there: it goes, whoever asks.
  going boolean NOT NULL DEFAULT false,
  at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (organisation, case_id)
);

-- By then a deliverer has told the case of alerts, or died: one may be about to open.
ALTER TABLE case_joins ADD COLUMN telling_until timestamptz;

-- Decisions on holds and erasures that were begun: a nonce counts for one, and once it is done for nothing any more.
CREATE TABLE forget_decisions (
  organisation text NOT NULL DEFAULT organisation(),
  nonce text NOT NULL,
  digest text NOT NULL,
  begun_at timestamptz NOT NULL DEFAULT now(),
  done_at timestamptz,
  -- The code of what it was refused for after it was begun.
  refused text,
  PRIMARY KEY (organisation, nonce)
);
