-- Who signs in belongs to one organisation, and every row to one. A session cannot choose: what counts is who signed in.
CREATE TABLE members (
  login text PRIMARY KEY,
  organisation text NOT NULL CHECK (organisation ~ '^[a-z0-9][a-z0-9-]{0,62}$'),
  role text NOT NULL
);

CREATE FUNCTION organisation() RETURNS text LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
  RETURN (SELECT m.organisation FROM public.members m WHERE m.login = session_user::text);

CREATE FUNCTION worker_role() RETURNS text LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
  RETURN (SELECT m.role FROM public.members m WHERE m.login = session_user::text);

-- What a process asks at its start: whether the schema is of its release.
CREATE FUNCTION newest_step() RETURNS text LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
  RETURN (SELECT max(s.name) FROM public.schema_steps s);
