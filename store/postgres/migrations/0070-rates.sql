-- One bucket of a vendor's limits, for one worker role at one tenant: whoever takes calls of it holds this row.
CREATE TABLE rate_buckets (
  organisation text NOT NULL DEFAULT organisation(),
  role text NOT NULL DEFAULT worker_role(),
  bucket text NOT NULL,
  -- The vendor asked for silence until then.
  silent_until timestamptz NOT NULL DEFAULT '-infinity',
  PRIMARY KEY (organisation, role, bucket)
);

-- Calls that a process took to make, and until when they count.
CREATE TABLE rate_leases (
  organisation text NOT NULL DEFAULT organisation(),
  role text NOT NULL DEFAULT worker_role(),
  bucket text NOT NULL,
  id bigint GENERATED ALWAYS AS IDENTITY,
  calls int NOT NULL,
  until timestamptz NOT NULL,
  PRIMARY KEY (organisation, role, bucket, id)
);
