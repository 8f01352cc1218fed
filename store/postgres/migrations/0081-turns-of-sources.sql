-- Whoever counts the new cases of a source holds its row. An advisory lock in its place could be held by every login of the database, of other organisations too.
CREATE TABLE source_turns (
  organisation text NOT NULL DEFAULT organisation(),
  source text NOT NULL,
  turns bigint NOT NULL DEFAULT 0,
  PRIMARY KEY (organisation, source)
);
