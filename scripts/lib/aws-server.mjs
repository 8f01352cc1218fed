// Where the server comes from that S3 and KMS are tested against: moto, a Python program, pinned with all that it needs.
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { ROOT } from './setup.mjs';
import { installWheels } from './wheel.mjs';

const REQUIREMENTS = fileURLToPath(new URL('aws-server-requirements.txt', import.meta.url));

/** Folder of Python modules with the server; fetched by pip when it is not there. Throws with what to do when it cannot be had. */
export function awsServer(cache = join(ROOT, '.cache', 'aws-server')) {
  const pinned = createHash('sha256').update(readFileSync(REQUIREMENTS)).digest('hex').slice(0, 16);
  const folder = join(cache, pinned);
  if (existsSync(folder)) return folder;
  console.log('Fetching the server that S3 and KMS are tested against …');
  mkdirSync(dirname(folder), { recursive: true });
  const why = installWheels(REQUIREMENTS, folder);
  if (why === undefined) return folder;
  throw new Error(`${why}\nThe tests of S3 and KMS need Python 3.10 or newer with pip or venv.`);
}
