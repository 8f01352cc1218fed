import { loadClientConnectConfig } from '@temporalio/envconfig';
import type { ConnectionOptions } from '@temporalio/client';
import { QuellError } from '../domain/errors.js';

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
 * is read that was not named. Errors: CONFIG for a file or variable that cannot be read.
 */
export function temporalSettings(
  env: Environment,
  configured?: { readonly address?: string; readonly namespace?: string },
): TemporalSettings {
  const { connectionOptions, namespace } = load(env);
  const { address, tls, apiKey, metadata } = connectionOptions;
  return {
    address: address ?? configured?.address ?? 'localhost:7233',
    namespace: namespace ?? configured?.namespace ?? 'default',
    ...(tls === undefined || tls === null ? {} : { tls }),
    ...(typeof apiKey === 'string' ? { apiKey } : {}),
    ...(metadata === undefined ? {} : { metadata }),
  };
}

function load(env: Environment): ReturnType<typeof loadClientConnectConfig> {
  const said = Object.entries(env).filter((e): e is [string, string] => e[1] !== undefined && e[1] !== '');
  try {
    return loadClientConnectConfig({
      overrideEnvVars: Object.fromEntries(said),
      disableFile: !said.some(([name]) => name === 'TEMPORAL_CONFIG_FILE'),
    });
  } catch {
    throw new QuellError('CONFIG', 'the TEMPORAL_ variables, or a file that they name, cannot be read');
  }
}
