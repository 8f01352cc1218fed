-- The case index: a row for each case of a subject, of which lists show what stands here. Ids and numbers, no personal data.
CREATE TABLE cases (
  organisation text NOT NULL DEFAULT organisation(),
  case_id text COLLATE "C" NOT NULL,
  opened_at timestamptz NOT NULL,
  subject_id text COLLATE "C" NOT NULL,
  -- The workflow's count of its writes: one that comes late changes nothing.
  written integer NOT NULL,
  updated_at timestamptz NOT NULL,
  stage text NOT NULL,
  -- Its place among the severities, the mildest first.
  severity smallint NOT NULL,
  verdict text NOT NULL,
  platforms text[] NOT NULL,
  sources text[] NOT NULL,
  alert_count integer NOT NULL,
  open_tasks integer NOT NULL,
  open_plans integer NOT NULL,
  waits json NOT NULL,
  task_roles text[] NOT NULL,
  due_at timestamptz,
  -- Hashes of what may tie it to other cases.
  links text[] NOT NULL,
  incident_id text COLLATE "C",
  closed_as text,
  report json,
  began_at timestamptz,
  detected_at timestamptz,
  acknowledged_at timestamptz,
  contained_at timestamptz,
  closed_at timestamptz,
  -- What people may search by: fixed words and names of the configuration, no content. Without an index of its own: row security lets the server look into one
  -- for an operator alone that it knows to leak nothing, and those of text search are not.
  words tsvector NOT NULL GENERATED ALWAYS AS (array_to_tsvector(array_remove(platforms || sources || (ARRAY['info', 'low', 'medium', 'high', 'critical'])[severity + 1]
    || string_to_array(replace(stage || ' ' || verdict || ' ' || COALESCE(closed_as, ''), '_', ' '), ' '), ''))) STORED,
  PRIMARY KEY (organisation, case_id, opened_at)
);
CREATE INDEX cases_by_opening ON cases (organisation, opened_at, case_id);
CREATE INDEX cases_by_change ON cases (organisation, updated_at, case_id);
CREATE INDEX cases_by_severity ON cases (organisation, severity, opened_at, case_id);
CREATE INDEX cases_by_due ON cases (organisation, COALESCE(due_at, 'infinity'::timestamptz), opened_at, case_id);
CREATE INDEX cases_by_verdict ON cases (organisation, verdict, opened_at, case_id);
-- With what they are counted by.
CREATE INDEX cases_open ON cases (organisation, opened_at, case_id) INCLUDE (severity, verdict, subject_id) WHERE closed_at IS NULL;
CREATE INDEX cases_closed ON cases (organisation, opened_at, case_id) INCLUDE (severity, verdict, subject_id) WHERE closed_at IS NOT NULL;
CREATE INDEX cases_of_subject ON cases (organisation, subject_id);
CREATE INDEX cases_of_incident ON cases (organisation, incident_id) WHERE incident_id IS NOT NULL;

-- Which cases hold an alert.
CREATE TABLE case_alerts (
  organisation text NOT NULL DEFAULT organisation(),
  alert_id text COLLATE "C" NOT NULL,
  case_id text COLLATE "C" NOT NULL,
  opened_at timestamptz NOT NULL,
  PRIMARY KEY (organisation, alert_id, case_id, opened_at)
);

-- Whose decision a plan waits for. One that waits for nobody any more keeps its row, so that a late write does not bring it back.
CREATE TABLE plan_waits (
  organisation text NOT NULL DEFAULT organisation(),
  plan_id text COLLATE "C" NOT NULL,
  case_id text COLLATE "C" NOT NULL,
  written integer NOT NULL,
  roles text[] NOT NULL,
  ends_at timestamptz NOT NULL,
  decided_by text[] NOT NULL,
  decided_at timestamptz,
  PRIMARY KEY (organisation, plan_id)
);
CREATE INDEX plan_waits_of_case ON plan_waits (organisation, case_id);
CREATE INDEX plan_waits_open ON plan_waits (organisation, case_id) WHERE roles <> '{}';

-- Which incident an attacker's address, app or session (hashed) belongs to: the first that is told.
CREATE TABLE incident_links (
  organisation text NOT NULL DEFAULT organisation(),
  link text COLLATE "C" NOT NULL,
  incident_id text COLLATE "C" NOT NULL,
  PRIMARY KEY (organisation, link)
);

-- Which cases know of it.
CREATE TABLE case_links (
  organisation text NOT NULL DEFAULT organisation(),
  link text COLLATE "C" NOT NULL,
  case_id text COLLATE "C" NOT NULL,
  PRIMARY KEY (organisation, link, case_id)
);

-- Cases that another case's traces led to, until they close.
CREATE TABLE case_ties (
  organisation text NOT NULL DEFAULT organisation(),
  case_id text COLLATE "C" NOT NULL,
  incident_id text COLLATE "C" NOT NULL,
  tied_at timestamptz NOT NULL,
  PRIMARY KEY (organisation, case_id)
);

-- Sessions of the console that people ended before their time, until they would have ended by themselves.
CREATE TABLE ended_sessions (
  organisation text NOT NULL DEFAULT organisation(),
  session_id text COLLATE "C" NOT NULL,
  ends_at timestamptz NOT NULL,
  PRIMARY KEY (organisation, session_id)
);
