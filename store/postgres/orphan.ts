import { spawnSync } from 'node:child_process';
import { closeSync, constants, openSync, readFileSync, readlinkSync, realpathSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { QuellError } from '../../domain/errors.js';

const ENDS_WITHIN_MS = 20_000;
const LOOK_EVERY_MS = 25;

/** Process id of the server that runs on `data`, by the server's own file. A process id is used again by the system, so it counts only while that process is on this folder. */
export function serverPid(data: string): number | undefined {
  const pid = Number(noteOf(data)[0]);
  return Number.isSafeInteger(pid) && pid > 1 && isOn(pid, data) ? pid : undefined;
}

const STATUS_LINE = 7;

/** Whether the server on `data` takes connections. */
export const isReady = (data: string): boolean =>
  noteOf(data)[STATUS_LINE]?.trim() === 'ready' && serverPid(data) !== undefined;

/**
 * Ends the server that a killed owner left on `data`, by its process id: a fast shutdown (transactions are rolled back, all that is committed is written), and an
 * immediate one when that takes too long. Errors: STORE when it does not end.
 */
export async function endOrphan(data: string): Promise<void> {
  for (const signal of ['SIGINT', 'SIGQUIT'] as const) {
    const pid = serverPid(data);
    if (pid === undefined) return disown(data);
    signalTo(pid, signal);
    for (const deadline = Date.now() + ENDS_WITHIN_MS; Date.now() < deadline; await sleep(LOOK_EVERY_MS))
      if (!isOn(pid, data)) return disown(data);
  }
  throw new QuellError('STORE', 'a database server of an earlier start does not end');
}

/** One more than Linux gives (https://man7.org/linux/man-pages/man5/proc_sys_kernel.5.html, pid_max). */
const NO_PROCESS = 4_194_304;

/**
 * The next server does not start while the process id in the file of a killed one is somebody's, as it soon is in a container. The rest of the file stays: by
 * it the next one sees whether processes of the last are left.
 */
function disown(data: string): void {
  const [pid, ...rest] = noteOf(data);
  if (pid === undefined) return;
  // The folder is the server's user's: a link in the place of its file is not followed.
  const file = openSync(fileOf(data), constants.O_WRONLY | constants.O_TRUNC | constants.O_NOFOLLOW);
  try {
    writeFileSync(file, [NO_PROCESS, ...rest].join('\n'));
  } finally {
    closeSync(file);
  }
}

/** Sends a signal to a process that may have ended. */
export function signalTo(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch {
    // it has
  }
}

/** A server's working folder is its data; elsewhere than on Linux its command line names it. */
function isOn(pid: number, data: string): boolean {
  if (process.platform !== 'linux')
    return spawnSync('ps', ['-o', 'command=', '-p', String(pid)], { encoding: 'utf8' }).stdout.includes(data);
  try {
    return readlinkSync(`/proc/${pid}/cwd`) === realpathSync(data);
  } catch {
    return false;
  }
}

const fileOf = (data: string): string => join(data, 'postmaster.pid');

/** Lines of the file that a server writes (https://www.postgresql.org/docs/18/storage-file-layout.html). */
function noteOf(data: string): readonly string[] {
  try {
    return readFileSync(fileOf(data), 'utf8').split('\n');
  } catch {
    return [];
  }
}
