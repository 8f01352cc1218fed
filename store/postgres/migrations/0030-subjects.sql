-- Who is who. What names somebody is encrypted with the registry key, and looked up by an HMAC under it.

CREATE TABLE subject_registry (
  organisation text NOT NULL DEFAULT organisation() PRIMARY KEY,
  -- The key that all of it is under: another one would find nobody, and register everybody anew.
  key_id text NOT NULL,
  -- Whoever binds or joins counts it up first, and so takes a turn.
  changes bigint NOT NULL DEFAULT 0
);

CREATE TABLE subjects (
  organisation text NOT NULL DEFAULT organisation(),
  subject_id text NOT NULL,
  -- The id that stays when ids are joined, at first its own. One step leads there, however often it was joined.
  canonical text NOT NULL,
  profile bytea,
  PRIMARY KEY (organisation, subject_id),
  FOREIGN KEY (organisation, canonical) REFERENCES subjects
);
CREATE INDEX subjects_of_canonical ON subjects (organisation, canonical);

CREATE TABLE subject_aliases (
  organisation text NOT NULL DEFAULT organisation(),
  alias bytea NOT NULL CHECK (octet_length(alias) = 32),
  subject_id text NOT NULL,
  -- A directory or the override file said so, not only an alert.
  verified boolean NOT NULL DEFAULT false,
  box bytea NOT NULL,
  PRIMARY KEY (organisation, alias),
  FOREIGN KEY (organisation, subject_id) REFERENCES subjects
);
CREATE INDEX subject_aliases_of_subject ON subject_aliases (organisation, subject_id);
