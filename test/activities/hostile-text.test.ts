import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';

const child = fileURLToPath(new URL('hostile-text-child.ts', import.meta.url));
/** A watchdog, no measure: what is linear needs seconds for all, one pattern that is not needs minutes for one text. */
const WATCHDOG_MS = 90_000;

it('no text of an attacker keeps the event loop from what else it has to do', async () => {
  const last = await new Promise<string | undefined>((resolve) => {
    execFile(process.execPath, ['--import', 'tsx', child], { timeout: WATCHDOG_MS, killSignal: 'SIGKILL' }, (_, out) =>
      resolve(out.trimEnd().split('\n').at(-1)),
    );
  });
  // The last line names what did not come back.
  expect(last).toBe('all');
}, 120_000);
