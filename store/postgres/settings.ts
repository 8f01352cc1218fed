import { readFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { isAbsolute } from 'node:path';
import { checkServerIdentity, type ConnectionOptions } from 'node:tls';
import type { ClientConfig } from 'pg';
import { parse } from 'pg-connection-string';
import { addressOf, notBlockableBecause } from '../../domain/address.js';
import { QuellError } from '../../domain/errors.js';
import { errno } from '../files.js';

/** Where the database of one role is and how it is reached. */
export interface DatabaseSettings {
  /** Name, address, or folder of the server's Unix socket. */
  readonly host: string;
  readonly port: number;
  readonly database: string;
  readonly user: string;
  /** Read again for each new connection: a token or a password may be renewed while the role runs. Wins over one of the URL. */
  readonly passwordFile?: string;
  readonly password?: string;
  /** Undefined: plain, on this machine alone. */
  readonly tls?: TlsFiles;
}

/** PEM files; without `ca` the authorities that Node trusts. */
export interface TlsFiles {
  readonly ca?: string;
  readonly cert?: string;
  readonly key?: string;
}

const PORT = 5432;
/** The parameters of libpq that are followed (https://www.postgresql.org/docs/18/libpq-connect.html#LIBPQ-PARAMKEYWORDS); what another asks for would be left undone in silence. */
const FOLLOWED = ['host', 'port', 'user', 'sslmode', 'sslrootcert', 'sslcert', 'sslkey'];

/**
 * Reads `DATABASE_URL` (`postgresql://ROLE@HOST/DATABASE?sslrootcert=FILE`) and `DATABASE_PASSWORD_FILE`. A server that is not on this machine is reached by verified
 * TLS only: no `sslmode`, or `verify-full`. Errors: CONFIG, without the URL.
 */
export function databaseSettings(env: Readonly<Record<string, string | undefined>>): DatabaseSettings {
  const url = env['DATABASE_URL'];
  if (!url) throw refused('is not set');
  const [text, parameters] = split(url);
  const { host, port, user, password, database } = parsed(text);
  if (!host || !user || !database) throw refused('names no host, role or database');
  if (host.includes(',')) throw refused('names several hosts; name the one that follows the primary');
  if (port && !(Number(port) > 0 && Number(port) < 65_536)) throw refused('names a port that is none');
  const passwordFile = env['DATABASE_PASSWORD_FILE'];
  const tls = tlsOf(host, parameters);
  return {
    ...{ host, user, database, port: port ? Number(port) : PORT },
    ...(passwordFile ? { passwordFile } : {}),
    ...(password ? { password } : {}),
    ...(tls ? { tls } : {}),
  };
}

/** What `pg` is to connect with. Errors: CONFIG when a file of TLS cannot be read. */
export function clientConfig(settings: DatabaseSettings): ClientConfig {
  const { host, port, database, user, passwordFile, password, tls } = settings;
  return {
    ...{ host, port, database, user },
    // By a function, also where there is none: else the driver takes PGPASSWORD or ~/.pgpass.
    password: () => (passwordFile === undefined ? (password ?? '') : passwordIn(passwordFile)),
    ssl: tls === undefined ? false : tlsOptions(host, tls),
  };
}

/** The URL that `databaseSettings` reads, of a server on a Unix socket. */
export function socketUrl(folder: string, role: string, database: string): string {
  return `postgresql://${encodeURIComponent(role)}@/${encodeURIComponent(database)}?host=${encodeURIComponent(folder)}`;
}

/** The URL of the same database for another login, without a password. */
export const urlAs = (url: string, login: string): string =>
  url.replace(/^(\w+:\/\/)(?:[^/?]*@)?/, (_, scheme: string) => `${scheme}${encodeURIComponent(login)}@`);

/** The parser would read the files of TLS itself, and takes modes that verify less. */
function split(url: string): readonly [text: string, parameters: URLSearchParams] {
  const at = url.indexOf('?');
  const parameters = new URLSearchParams(at < 0 ? '' : url.slice(at));
  const unknown = [...parameters.keys()].filter((name) => !FOLLOWED.includes(name));
  // A password with a question mark in it would be among them: only what looks like a name is told.
  const named = unknown.map((name) => (/^[a-z_]{1,40}$/.test(name) ? name : '(no name)'));
  if (named.length > 0) throw refused(`has parameters that are not followed: ${named.join(', ')}`);
  const place = new URLSearchParams([...parameters].filter(([name]) => !name.startsWith('ssl')));
  return [`${at < 0 ? url : url.slice(0, at)}?${place.toString()}`, parameters];
}

function parsed(text: string): ReturnType<typeof parse> {
  if (!/^postgres(ql)?:\/\//.test(text)) throw refused('does not begin with postgresql://');
  try {
    return parse(text);
  } catch {
    throw refused('cannot be read');
  }
}

function tlsOf(host: string, parameters: URLSearchParams): TlsFiles | undefined {
  const mode = parameters.get('sslmode');
  const [ca, cert, key] = ['sslrootcert', 'sslcert', 'sslkey'].map((name) => parameters.get(name) || undefined);
  const local = isLocal(host);
  if (local && (mode === 'disable' || (mode === null && !ca && !cert && !key))) return undefined;
  if (mode !== null && mode !== 'verify-full')
    throw refused(
      `asks for sslmode ${mode}${local ? '' : ', and the host is another machine'}: only verify-full is safe`,
    );
  if ((cert === undefined) !== (key === undefined)) throw refused('names sslcert or sslkey without the other');
  return { ...(ca ? { ca } : {}), ...(cert ? { cert } : {}), ...(key ? { key } : {}) };
}

function isLocal(host: string): boolean {
  if (isAbsolute(host) || host === 'localhost') return true;
  const address = addressOf(host);
  return address !== undefined && notBlockableBecause(address) === 'loopback';
}

function tlsOptions(host: string, { ca, cert, key }: TlsFiles): ConnectionOptions {
  return {
    ...(ca ? { ca: pem(ca, 'sslrootcert') } : {}),
    ...(cert ? { cert: pem(cert, 'sslcert') } : {}),
    ...(key ? { key: pem(key, 'sslkey') } : {}),
    minVersion: 'TLSv1.2',
    rejectUnauthorized: true,
    // The driver names no host to Node when it is an address, which would check the name `localhost` instead.
    checkServerIdentity: (_, certificate) => checkServerIdentity(host, certificate),
  };
}

function pem(path: string, name: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    throw refused(`names a file by ${name} that cannot be read: ${errno(error)}`);
  }
}

async function passwordIn(path: string): Promise<string> {
  try {
    return (await readFile(path, 'utf8')).replace(/\r?\n$/, '');
  } catch (error) {
    // Whoever renews it may be about to put it there.
    throw new QuellError('DATABASE_UNAVAILABLE', `DATABASE_PASSWORD_FILE cannot be read: ${errno(error)}`);
  }
}

const refused = (why: string): QuellError => new QuellError('CONFIG', `DATABASE_URL ${why}`);
