import { readFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { isAbsolute } from 'node:path';
import { checkServerIdentity, type ConnectionOptions } from 'node:tls';
import type { ClientConfig } from 'pg';
import { parse } from 'pg-connection-string';
import { addressOf, notBlockableBecause } from '../../domain/address.js';
import { QuellError } from '../../domain/errors.js';
import { errno } from '../files.js';

/** One server. */
export interface Place {
  /** Name, address, or folder of the server's Unix socket. */
  readonly host: string;
  readonly port: number;
}

/** Where the database of one role is and how it is reached. */
export interface DatabaseSettings extends Place {
  /** Servers beside the first, one of which takes writes when that one does not: standbys. */
  readonly others?: readonly Place[];
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
const FOLLOWED = ['host', 'port', 'user', 'target_session_attrs', 'sslmode', 'sslrootcert', 'sslcert', 'sslkey'];

/**
 * Reads `DATABASE_URL` (`postgresql://ROLE@HOST/DATABASE?sslrootcert=FILE`) and `DATABASE_PASSWORD_FILE`. Several hosts (`HOST:PORT,HOST:PORT`) are a primary and its standbys.
 * A server that is not on this machine is reached by verified TLS only: no `sslmode`, or `verify-full`. Errors: CONFIG, without the URL.
 */
export function databaseSettings(env: Readonly<Record<string, string | undefined>>): DatabaseSettings {
  const url = env['DATABASE_URL'];
  if (!url) throw refused('is not set');
  const [base, parameters] = split(url);
  const [first, ...rest] = eachHost(base, parameters).map(parsed);
  if (!first) throw refused('names no host');
  const { user, password, database } = first;
  if (!user || !database) throw refused('names no role or database');
  const { host, port } = placeOf(first);
  const others = rest.map(placeOf);
  const passwordFile = env['DATABASE_PASSWORD_FILE'];
  const tls = tlsOf([host, ...others.map((other) => other.host)], parameters);
  return {
    ...{ host, port, user, database },
    ...(others.length > 0 ? { others } : {}),
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

/** The same for another of the servers, by the files of TLS as they were read. */
export const configAt = (config: ClientConfig, { host, port }: Place): ClientConfig => ({
  ...{ ...config, host, port },
  ...(typeof config.ssl === 'object' ? { ssl: { ...config.ssl, checkServerIdentity: identityOf(host) } } : {}),
});

/** The URL that `databaseSettings` reads, of a server on a Unix socket. */
export function socketUrl(folder: string, role: string, database: string): string {
  return `postgresql://${encodeURIComponent(role)}@/${encodeURIComponent(database)}?host=${encodeURIComponent(folder)}`;
}

/** The URL of the same database for another login, without a password. */
export const urlAs = (url: string, login: string): string =>
  url.replace(/^(\w+:\/\/)(?:[^/?]*@)?/, (_, scheme: string) => `${scheme}${encodeURIComponent(login)}@`);

/** The parser would read the files of TLS itself, and takes modes that verify less. */
function split(url: string): readonly [base: string, parameters: URLSearchParams] {
  const at = url.indexOf('?');
  const parameters = new URLSearchParams(at < 0 ? '' : url.slice(at));
  const unknown = [...parameters.keys()].filter((name) => !FOLLOWED.includes(name));
  // A password with a question mark in it would be among them: only what looks like a name is told.
  const named = unknown.map((name) => (/^[a-z_]{1,40}$/.test(name) ? name : '(no name)'));
  if (named.length > 0) throw refused(`has parameters that are not followed: ${named.join(', ')}`);
  if (!['read-write', null].includes(parameters.get('target_session_attrs')))
    throw refused('asks for target_session_attrs other than read-write, which is always meant');
  return [at < 0 ? url : url.slice(0, at), parameters];
}

/** One URL for each host (https://www.postgresql.org/docs/18/libpq-connect.html#LIBPQ-MULTIPLE-HOSTS), because the parser knows one. */
function eachHost(base: string, parameters: URLSearchParams): readonly string[] {
  const [, before = '', named = '', after = ''] = /^([^/]*\/\/(?:[^/]*@)?)([^/]*)(.*)$/s.exec(base) ?? [];
  const [hosts, ports, authorities] = [parameters.get('host') ?? '', parameters.get('port') ?? '', named].map((list) =>
    list.split(','),
  ) as [string[], string[], string[]];
  const count = Math.max(hosts.length, authorities.length);
  for (const list of [hosts, ports, authorities])
    if (list.length !== 1 && list.length !== count) throw refused('names hosts and ports that are not as many');
  const at = (list: readonly string[], i: number): string => list[list.length === 1 ? 0 : i] ?? '';
  return Array.from({ length: count }, (_, i) => {
    const place = new URLSearchParams([...parameters].filter(([name]) => ['host', 'port', 'user'].includes(name)));
    if (place.has('host')) place.set('host', at(hosts, i));
    if (place.has('port')) place.set('port', at(ports, i));
    return `${before}${at(authorities, i)}${after}?${place.toString()}`;
  });
}

function placeOf({ host, port }: ReturnType<typeof parse>): Place {
  if (!host) throw refused('names no host');
  if (port && !(Number(port) > 0 && Number(port) < 65_536)) throw refused('names a port that is none');
  return { host, port: port ? Number(port) : PORT };
}

function parsed(text: string): ReturnType<typeof parse> {
  if (!/^postgres(ql)?:\/\//.test(text)) throw refused('does not begin with postgresql://');
  try {
    return parse(text);
  } catch {
    throw refused('cannot be read');
  }
}

function tlsOf(hosts: readonly string[], parameters: URLSearchParams): TlsFiles | undefined {
  const mode = parameters.get('sslmode');
  const [ca, cert, key] = ['sslrootcert', 'sslcert', 'sslkey'].map((name) => parameters.get(name) || undefined);
  const local = hosts.every(isLocal);
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
    checkServerIdentity: identityOf(host),
  };
}

/** The driver names no host to Node when it is an address, which would check the name `localhost` instead. */
function identityOf(host: string): NonNullable<ConnectionOptions['checkServerIdentity']> {
  return (_, certificate) => checkServerIdentity(host, certificate);
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
