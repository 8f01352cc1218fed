import { query, type Queryable } from './connection.js';
import { DATABASE_ROLES, FUNCTIONS, GRANTS, groupOf, OF_ONE_ROLE, OWN_TABLES, TRIGGER_FUNCTIONS } from './grants.js';

const POLICY = 'of_organisation';

/**
 * Makes the rights of the worker roles what this release says (`GRANTS`), on a connection of the owner: those that an earlier release gave are
 * gone, and each table shows a role the rows of its own organisation alone. In a transaction, so that nobody is without rights in between.
 */
export async function applyRights(on: Queryable): Promise<void> {
  for (const role of DATABASE_ROLES) await makeGroup(on, groupOf(role));
  const everybody = DATABASE_ROLES.map(groupOf).join(', ');
  await query(on, 'BEGIN');
  try {
    for (const statement of [
      'REVOKE ALL ON SCHEMA public FROM PUBLIC', // a database that was restored has it again
      `GRANT USAGE ON SCHEMA public TO ${everybody}`,
      ...TRIGGER_FUNCTIONS.map((f) => `REVOKE ALL ON FUNCTION ${f} FROM PUBLIC, ${everybody}`),
      ...FUNCTIONS.flatMap((f) => [
        `REVOKE ALL ON FUNCTION ${f} FROM PUBLIC`,
        `GRANT EXECUTE ON FUNCTION ${f} TO ${everybody}`,
      ]),
      ...Object.keys(GRANTS).flatMap((table) => [...rowsOfOwn(table), ...rightsOf(table, everybody)]),
    ])
      await query(on, statement);
    await query(on, 'COMMIT');
  } catch (error) {
    await query(on, 'ROLLBACK');
    throw error;
  }
}

/** Roles are the server's, not the database's: another database may be making the same. */
const makeGroup = (on: Queryable, group: string): Promise<unknown> =>
  query(
    on,
    `DO $$ BEGIN
       IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = '${group}') THEN CREATE ROLE ${group} NOLOGIN; END IF;
     EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL; END $$`,
  );

const rowsOfOwn = (table: string): readonly string[] => [
  `ALTER TABLE ${table} ENABLE ROW LEVEL SECURITY`,
  `DROP POLICY IF EXISTS ${POLICY} ON ${table}`,
  // Asked once a statement, not once a row.
  `CREATE POLICY ${POLICY} ON ${table} USING (organisation = (SELECT organisation())${OF_ONE_ROLE.includes(table) ? ' AND role = (SELECT worker_role())' : ''})`,
];

const rightsOf = (table: string, everybody: string): readonly string[] => [
  `REVOKE ALL ON ${table} FROM PUBLIC, ${everybody}`,
  ...DATABASE_ROLES.flatMap((role) => {
    const privileges = GRANTS[table]?.[role] ?? [];
    return privileges.length === 0 ? [] : [`GRANT ${privileges.join(', ')} ON ${table} TO ${groupOf(role)}`];
  }),
];

/**
 * What differs between the rights in the database and those of this release, in words; nothing when they are the same. It also names tables
 * whose rows are not kept apart, and who can pass all of that by.
 */
export async function wrongRights(on: Queryable): Promise<readonly string[]> {
  const { rows: tables } = await query<{ name: string; apart: boolean }>(
    on,
    `SELECT c.relname AS name,
            c.relrowsecurity AND (SELECT count(*) = 1 AND bool_and(${IS_OF_OWN}) FROM pg_policy p WHERE p.polrelid = c.oid) AS apart
     FROM pg_class c WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p', 'v', 'm') AND NOT c.relispartition ORDER BY 1`,
  );
  const { rows: given } = await query<{ right: string }>(on, GIVEN);
  const { rows: mighty } = await query<{ name: string }>(
    on,
    'SELECT m.login AS name FROM members m JOIN pg_roles r ON r.rolname = m.login WHERE r.rolsuper OR r.rolbypassrls ORDER BY 1',
  );
  const { rows: members } = await query<{ name: string; of: string }>(on, MEMBERS, [DATABASE_ROLES.map(groupOf)]);
  const have = new Set(given.map(({ right }) => right));
  const want = new Set(expected());
  const known = new Set([...Object.keys(GRANTS), ...OWN_TABLES]);
  return [
    ...tables
      .filter(({ name }) => !known.has(name))
      .map(({ name }) => `${name}: a table of which this release says nothing`),
    ...tables
      .filter(({ name, apart }) => name in GRANTS && !apart)
      .map(({ name }) => `${name}: rows of organisations are not kept apart`),
    ...[...want].filter((right) => !have.has(right)).map((right) => `missing: ${right}`),
    ...[...have].filter((right) => !want.has(right)).map((right) => `beyond: ${right}`),
    ...members.map(({ name, of }) => `${name}: has the rights of ${of} besides its own`),
    ...mighty.map(({ name }) => `${name}: sees the rows of every organisation`),
  ];
}

/** What a policy says that `rowsOfOwn` made. */
const IS_OF_OWN = `p.polname = '${POLICY}' AND p.polcmd = '*' AND p.polpermissive AND p.polroles = '{0}' AND p.polwithcheck IS NULL
  AND replace(pg_get_expr(p.polqual, p.polrelid), 'public.', '') = CASE WHEN c.relname = ANY ('{${OF_ONE_ROLE.join()}}')
    THEN '((organisation = ( SELECT organisation() AS organisation)) AND (role = ( SELECT worker_role() AS worker_role)))'
    ELSE '(organisation = ( SELECT organisation() AS organisation))' END`;

/** Logins and groups that are members of more than they should be. */
const MEMBERS = `
  SELECT r.rolname AS name, g.rolname AS of FROM pg_auth_members a JOIN pg_roles r ON r.oid = a.member JOIN pg_roles g ON g.oid = a.roleid
    LEFT JOIN members m ON m.login = r.rolname
  WHERE (m.login IS NOT NULL AND g.rolname <> 'quell_' || m.role) OR r.rolname = ANY ($1) ORDER BY 1, 2`;

/** Whoever is no owner, by function, table or column: a right on all columns is one on the table. */
const GIVEN = `
  WITH tables AS (SELECT oid, relname, relacl, relowner FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p', 'v', 'm')),
  rights AS (
    SELECT t.relname, '' AS attname, a.* FROM tables t, aclexplode(t.relacl) a
    UNION ALL
    SELECT t.relname, c.attname, a.* FROM tables t JOIN pg_attribute c ON c.attrelid = t.oid, aclexplode(c.attacl) a)
  SELECT format('%s EXECUTE of %s(%s)', CASE WHEN grantee = 0 THEN 'everybody' ELSE grantee::regrole::text END, p.proname, pg_get_function_identity_arguments(p.oid)) AS right
  FROM pg_proc p, aclexplode(coalesce(p.proacl, acldefault('f', p.proowner))) a
  WHERE p.pronamespace = 'public'::regnamespace AND grantee <> p.proowner AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.objid = p.oid AND d.deptype = 'e')
  UNION
  SELECT format('%s %s%s of %s', CASE WHEN grantee = 0 THEN 'everybody' ELSE grantee::regrole::text END, privilege_type,
                CASE WHEN attname = '' THEN '' ELSE ' (' || attname || ')' END, relname) AS right
  FROM rights JOIN tables USING (relname) WHERE grantee <> relowner ORDER BY 1`;

/** One for each column, in the words of `GIVEN`. */
function expected(): readonly string[] {
  const onTables = Object.entries(GRANTS).flatMap(([table, roles]) =>
    DATABASE_ROLES.flatMap((role) =>
      (roles[role] ?? []).flatMap((privilege) =>
        eachColumn(privilege).map((one) => `${groupOf(role)} ${one} of ${table}`),
      ),
    ),
  );
  return [...onTables, ...FUNCTIONS.flatMap((f) => DATABASE_ROLES.map((role) => `${groupOf(role)} EXECUTE of ${f}`))];
}

function eachColumn(privilege: string): readonly string[] {
  const [, name, columns] = /^(\w+) \((.+)\)$/.exec(privilege) ?? [];
  return columns === undefined ? [privilege] : columns.split(',').map((column) => `${name ?? ''} (${column.trim()})`);
}

/** As `quell db grants` prints them. */
export function describeRights(): readonly string[] {
  return Object.entries(GRANTS).flatMap(([table, roles]) => [
    table,
    ...DATABASE_ROLES.flatMap((role) =>
      roles[role] ? [`  ${groupOf(role).padEnd(18)} ${roles[role].join(', ')}`] : [],
    ),
  ]);
}
