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

-- Decisions on holds and erasures that were obeyed: a nonce counts for one.
CREATE TABLE forget_decisions (
  organisation text NOT NULL DEFAULT organisation(),
  nonce text NOT NULL,
  digest text NOT NULL,
  obeyed_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (organisation, nonce)
);
