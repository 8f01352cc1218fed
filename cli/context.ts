import { join, resolve } from 'node:path';
import { Client, Connection } from '@temporalio/client';
import { dataConverter } from '../store/data-converter.js';
import { KeyRing } from '../store/key-ring.js';
import { payloadKeys } from '../store/payload-codec.js';
import { statePaths, type StatePaths } from '../store/state-paths.js';
import { loadConfig } from '../workers/config.js';
import { existsSync } from 'node:fs';

/** State folder of this machine: `QUELL_STATE`, by default `.quell`. */
export const stateFolder = (): string => resolve(process.env['QUELL_STATE'] ?? '.quell');

export const paths = (): StatePaths => statePaths(stateFolder());

/** Keys for the command line: `QUELL_KEYS`, by default what the console role of this state folder holds. */
export function cliKeys(): KeyRing {
  return KeyRing.read({
    dir: process.env['QUELL_KEYS'] ?? join(stateFolder(), 'roles', 'console', 'keys'),
    env: process.env,
  });
}

/** Runs with a client that encrypts; `TEMPORAL_ADDRESS` and `TEMPORAL_NAMESPACE`, else the configuration's, else the dev server's usual ones. */
export async function withClient<T>(work: (client: Client) => Promise<T>): Promise<T> {
  const { address, namespace } = temporal();
  const connection = await Connection.connect({ address, connectTimeout: 5_000 });
  try {
    return await work(
      new Client({
        connection,
        namespace,
        dataConverter: dataConverter(payloadKeys(cliKeys())),
        identity: 'quell-cli',
      }),
    );
  } finally {
    await connection.close();
  }
}

function temporal(): { readonly address: string; readonly namespace: string } {
  const file = process.env['QUELL_CONFIG'] ?? join(stateFolder(), 'quell.yaml');
  const configured = existsSync(file) ? loadConfig(file).temporal : undefined;
  return {
    address: process.env['TEMPORAL_ADDRESS'] ?? configured?.address ?? 'localhost:7233',
    namespace: process.env['TEMPORAL_NAMESPACE'] ?? configured?.namespace ?? 'default',
  };
}

export const print = (line = ''): void => void process.stdout.write(`${line}\n`);
