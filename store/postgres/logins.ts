import { escapeIdentifier, escapeLiteral } from 'pg';
import { QuellError } from '../../domain/errors.js';
import type { Role } from '../role-keys.js';
import { query, type Queryable } from './connection.js';
import { groupOf } from './grants.js';

/** Who signs in: one process or several of one worker role of one organisation. */
export interface Login {
  /** Name of the role of the database. */
  readonly login: string;
  /** Lower-case letters, digits, dashes. */
  readonly organisation: string;
  readonly role: Role;
  /** Absent: it signs in by certificate or token, or has one already. */
  readonly password?: string;
}

const LOGIN = /^[a-z][a-z0-9_.-]{0,62}$/;
const ORGANISATION = /^[a-z0-9][a-z0-9-]{0,62}$/;

/**
 * Lets a login work as one worker role of one organisation, and makes it where there is none; on a connection of the owner. Errors: CONFIG for a
 * name that is none, and for a login that is another organisation's or another role's already.
 */
export async function enrol(on: Queryable, { login, organisation, role, password }: Login): Promise<void> {
  if (!LOGIN.test(login)) throw new QuellError('CONFIG', `${JSON.stringify(login)} is no name of a login`);
  if (!ORGANISATION.test(organisation))
    throw new QuellError('CONFIG', 'an organisation is named by lower-case letters, digits and dashes');
  const name = escapeIdentifier(login);
  const { rowCount } = await query(on, 'SELECT FROM pg_roles WHERE rolname = $1', [login]);
  if (rowCount === 0) await query(on, `CREATE ROLE ${name} LOGIN`);
  const { rows } = await query<{ organisation: string; role: string }>(
    on,
    `INSERT INTO members (login, organisation, role) VALUES ($1, $2, $3)
     ON CONFLICT (login) DO UPDATE SET login = excluded.login RETURNING organisation, role`,
    [login, organisation, role],
  );
  if (rows[0]?.organisation !== organisation || rows[0].role !== role)
    throw new QuellError('CONFIG', `${login} is the ${rows[0]?.role ?? ''} login of ${rows[0]?.organisation ?? ''}`);
  if (password !== undefined) await query(on, `ALTER ROLE ${name} PASSWORD ${escapeLiteral(password)}`);
  await query(on, `GRANT ${groupOf(role)} TO ${name}`);
}
