import { DatabaseError as ServerError } from 'pg';
import { QuellError, type ErrorCode } from '../../domain/errors.js';

/**
 * What the database, or the way to it, said no to. Neither message nor cause holds what the server wrote: that can quote values. `state` is the
 * SQLSTATE; where no server answered, the code of the system or of TLS, or `connection`.
 */
export class DatabaseError extends QuellError {
  constructor(
    code: ErrorCode,
    readonly state: string,
    /** Name in the schema, of the rule that was broken. */
    readonly constraint?: string,
  ) {
    super(code, constraint === undefined ? state : `${state} ${constraint}`);
  }
}

/** A unique key has the value already: an answer, not a failure. */
export class Taken {
  constructor(readonly constraint: string) {}
}

const UNIQUE_VIOLATION = '23505';

/**
 * By SQLSTATE or its class (https://www.postgresql.org/docs/18/errcodes-appendix.html). A credential that is refused (28) may be one that is being
 * rotated. All that is not here is refused for good: asked again, the server would say the same.
 */
const CODES: readonly (readonly [prefix: string, code: ErrorCode])[] = [
  ['08', 'DATABASE_UNAVAILABLE'], // connection
  ['25006', 'DATABASE_UNAVAILABLE'], // read-only: a standby, before its promotion
  ['28', 'DATABASE_UNAVAILABLE'], // credential
  ['40', 'DATABASE_UNAVAILABLE'], // rolled back: deadlock, serialization
  ['3F000', 'DATABASE_SCHEMA'], // no such schema
  ['42P01', 'DATABASE_SCHEMA'], // no such table
  ['42703', 'DATABASE_SCHEMA'], // no such column
  ['42883', 'DATABASE_SCHEMA'], // no such function
  ['53', 'DATABASE_UNAVAILABLE'], // disk, memory, connections
  ['55P03', 'DATABASE_UNAVAILABLE'], // lock not available
  ['57', 'DATABASE_UNAVAILABLE'], // shutdown, start-up, time-out
  ['58', 'DATABASE_UNAVAILABLE'], // system
  ['XX', 'DATABASE_UNAVAILABLE'], // internal
];

/**
 * Calls the driver: what it throws becomes an error of the catalogue. A mistake of the caller (a `TypeError`) stays what it is.
 * The work is calls of the driver alone, because every plain error counts as one of the connection.
 */
export async function inDatabase<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw databaseError(error);
  }
}

/** Does work, of which a unique key that is taken is an answer. In a transaction it would have ended that one: there say `ON CONFLICT`. */
export async function unlessTaken<T>(work: () => Promise<T>): Promise<T | Taken> {
  try {
    return await work();
  } catch (error) {
    if (stateOf(error) !== UNIQUE_VIOLATION) throw error;
    return new Taken((error as { constraint?: string }).constraint ?? '');
  }
}

/** The SQLSTATE of what the server refused, mapped or as the driver threw it. */
export function stateOf(error: unknown): string | undefined {
  if (error instanceof DatabaseError) return error.state;
  return error instanceof ServerError ? error.code : undefined;
}

function databaseError(error: unknown): unknown {
  if (error instanceof QuellError) return error;
  if (error instanceof ServerError) {
    const state = error.code ?? 'XX000';
    const code = CODES.find(([prefix]) => state.startsWith(prefix))?.[1] ?? 'DATABASE_REFUSED';
    return new DatabaseError(code, state, error.constraint);
  }
  if (!(error instanceof Error) || error instanceof TypeError || error instanceof RangeError) return error;
  const code = 'code' in error && typeof error.code === 'string' ? error.code : 'connection';
  return new DatabaseError('DATABASE_UNAVAILABLE', code);
}
