import { connect } from 'node:net';
import { text } from 'node:stream/consumers';
import { Client } from 'pg';
import { clientConfig, type DatabaseSettings } from '../../store/postgres/settings.js';
import type { Role } from '../../store/role-keys.js';

declare module 'vitest' {
  export interface ProvidedContext {
    /** Socket of the run's set-up, which answers where the server is. */
    readonly database: string;
  }
}

/** What the run's set-up says of its server. */
export interface ServerAnswer {
  /** As the owner of the server. */
  readonly settings: DatabaseSettings;
  /** A migrated database that nobody is connected to. */
  readonly template: string;
  /** File with the password of every worker role's login. */
  readonly passwordFile: string;
}

/** Organisations that every test database knows. */
export const ORGANISATIONS = ['test', 'other'] as const;
export type TestOrganisation = (typeof ORGANISATIONS)[number];

export const loginOf = (role: Role, organisation: TestOrganisation): string => `${organisation}_${role}`;

/** Asks the run's set-up for its server, which the first to ask starts. */
export async function askForServer(socket: string): Promise<ServerAnswer> {
  const answer = JSON.parse(await text(connect(socket))) as ServerAnswer | { readonly failure: string };
  if ('failure' in answer) throw new Error(answer.failure);
  return answer;
}

/** One statement that no transaction may be around. */
export async function onServer(settings: DatabaseSettings, statement: string): Promise<void> {
  const client = new Client(clientConfig(settings));
  await client.connect();
  try {
    await client.query(statement);
  } finally {
    await client.end();
  }
}

export const withDatabase = (settings: DatabaseSettings, database: string): DatabaseSettings => ({
  ...settings,
  database,
});
