-- Who may do what is granted to roles by name. PostgreSQL lets every role use the schema.
REVOKE ALL ON SCHEMA public FROM PUBLIC;
