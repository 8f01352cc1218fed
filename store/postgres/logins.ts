import { createHash, createHmac, pbkdf2Sync, randomBytes } from 'node:crypto';
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
  /** At the same time at most, so that one login does not use up what the server has for all. Absent: as it was, at first without a limit. */
  readonly connections?: number;
}

const LOGIN = /^[a-z][a-z0-9_.-]{0,62}$/;
const ORGANISATION = /^[a-z0-9][a-z0-9-]{0,62}$/;

/**
 * Lets a login work as one worker role of one organisation, and makes it where there is none; on a connection of the owner. Errors: CONFIG for a
 * name or password that is none, and for a login that is another organisation's or another role's already.
 */
export async function enrol(on: Queryable, { login, organisation, role, password, connections }: Login): Promise<void> {
  if (!LOGIN.test(login)) throw new QuellError('CONFIG', `${JSON.stringify(login)} is no name of a login`);
  if (!ORGANISATION.test(organisation))
    throw new QuellError('CONFIG', 'an organisation is named by lower-case letters, digits and dashes');
  const verifier = password === undefined ? undefined : verifierOf(password);
  const name = escapeIdentifier(login);
  const { rowCount } = await query(on, 'SELECT FROM pg_roles WHERE rolname = $1', [login]);
  if (rowCount === 0) await query(on, `CREATE ROLE ${name} LOGIN`);
  if (connections !== undefined) await query(on, `ALTER ROLE ${name} CONNECTION LIMIT ${Math.floor(connections)}`);
  const { rows } = await query<{ organisation: string; role: string }>(
    on,
    `INSERT INTO members (login, organisation, role) VALUES ($1, $2, $3)
     ON CONFLICT (login) DO UPDATE SET login = excluded.login RETURNING organisation, role`,
    [login, organisation, role],
  );
  if (rows[0]?.organisation !== organisation || rows[0].role !== role)
    throw new QuellError('CONFIG', `${login} is the ${rows[0]?.role ?? ''} login of ${rows[0]?.organisation ?? ''}`);
  if (verifier !== undefined) await query(on, `ALTER ROLE ${name} PASSWORD ${escapeLiteral(verifier)}`);
  await query(on, `GRANT ${groupOf(role)} TO ${name}`);
}

/** The server's own default. */
const ITERATIONS = 4_096;

/**
 * What the server keeps of a password (RFC 5803), so that the statement, and with it the server's log, never holds the password itself.
 * Errors: CONFIG for one that is empty, or of other signs than those which every client sends alike.
 */
function verifierOf(password: string): string {
  if (!/^[\x20-\x7e]+$/.test(password))
    throw new QuellError('CONFIG', 'a password has signs of ASCII, and one at least');
  const salt = randomBytes(16);
  const salted = pbkdf2Sync(password, salt, ITERATIONS, 32, 'sha256');
  const keyed = (text: string): Buffer => createHmac('sha256', salted).update(text).digest();
  const stored = createHash('sha256').update(keyed('Client Key')).digest('base64');
  return `SCRAM-SHA-256$${ITERATIONS}:${salt.toString('base64')}$${stored}:${keyed('Server Key').toString('base64')}`;
}
