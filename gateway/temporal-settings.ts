import { existsSync } from 'node:fs';
import { loadClientConnectConfig } from '@temporalio/envconfig';
import type { ConnectionOptions } from '@temporalio/client';
import { QuellError } from '../domain/errors.js';
import { isLoopbackHost } from '../domain/loopback.js';

/** Where Temporal is and how a process proves itself there: an API key, or a client certificate. */
export interface TemporalSettings extends Pick<ConnectionOptions, 'tls' | 'metadata'> {
  readonly apiKey?: string;
  readonly address: string;
  readonly namespace: string;
}

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * Temporal's own environment variables (`TEMPORAL_ADDRESS`, `TEMPORAL_NAMESPACE`, `TEMPORAL_API_KEY`, `TEMPORAL_TLS…`, or a
 * profile of the file that `TEMPORAL_CONFIG_FILE` names), then the configuration, then where a dev server listens. No file
 * is read that was not named. Errors: CONFIG for a file or variable that cannot be read, and for a server elsewhere without TLS unless
 * `TEMPORAL_TLS=false` (or `disabled` in the profile) says that this is meant; never with an API key.
 */
export function temporalSettings(
  env: Environment,
  configured?: { readonly address?: string; readonly namespace?: string },
): TemporalSettings {
  const { connectionOptions, namespace } = load(env);
  const { address, tls, apiKey, metadata } = connectionOptions;
  const server = address ?? configured?.address ?? 'localhost:7233';
  requireTls(server, tls, typeof apiKey === 'string');
  return {
    address: server,
    namespace: namespace ?? configured?.namespace ?? 'default',
    ...(tls === undefined || tls === null ? {} : { tls }),
    ...(typeof apiKey === 'string' ? { apiKey } : {}),
    ...(metadata === undefined ? {} : { metadata }),
  };
}

function requireTls(server: string, tls: ConnectionOptions['tls'], withKey: boolean): void {
  const isPlain = tls === undefined || tls === null || tls === false;
  if (!isPlain || isLocal(server)) return;
  if (withKey) throw new QuellError('CONFIG', `the API key would go to ${server} without TLS`);
  if (tls !== false)
    throw new QuellError(
      'CONFIG',
      `Temporal at ${server} would be reached without TLS; set TEMPORAL_TLS=true, or TEMPORAL_TLS=false if the way there is safe by other means`,
    );
}

function isLocal(server: string): boolean {
  const url = `http://${server}`;
  return URL.canParse(url) && isLoopbackHost(new URL(url).hostname);
}

/** What Temporal's own reader takes as no answer at all. */
const SWITCHES = ['TEMPORAL_TLS', 'TEMPORAL_TLS_DISABLE_HOST_VERIFICATION'];

function load(env: Environment): ReturnType<typeof loadClientConnectConfig> {
  const said = Object.entries(env).filter((e): e is [string, string] => e[1] !== undefined && e[1] !== '');
  for (const [name, value] of said)
    if (SWITCHES.includes(name) && !['true', 'false', '1', '0'].includes(value))
      throw new QuellError('CONFIG', `${name} must be true or false`);
  const file = said.find(([name]) => name === 'TEMPORAL_CONFIG_FILE')?.[1];
  if (file !== undefined && !existsSync(file))
    throw new QuellError('CONFIG', `TEMPORAL_CONFIG_FILE names ${file}, which is not there`);
  try {
    return loadClientConnectConfig({
      overrideEnvVars: Object.fromEntries(said),
      disableFile: file === undefined,
    });
  } catch {
    throw new QuellError('CONFIG', 'the TEMPORAL_ variables, or a file that they name, cannot be read');
  }
}
