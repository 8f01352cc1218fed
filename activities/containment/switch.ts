import { access } from 'node:fs/promises';
import { QuellError } from '../../domain/errors.js';
import type { ContainmentConfig } from './config.js';
import type { SwitchBook } from './ports.js';

/** The organisation's stop, as this worker obeyed it, and the stop file of this machine: only its proven absence lets a write through. Throws STOPPED. */
export async function assertNotStopped({
  config,
  memory,
}: {
  readonly config: Pick<ContainmentConfig, 'stopFile'>;
  readonly memory: Pick<SwitchBook, 'stopped'>;
}): Promise<void> {
  if (memory.stopped) throw new QuellError('STOPPED', `since ${memory.stopped.at}`);
  const absent = await access(config.stopFile).then(
    () => false,
    (error: unknown) => (error as NodeJS.ErrnoException).code === 'ENOENT',
  );
  if (!absent) throw new QuellError('STOPPED', 'local stop file');
}
