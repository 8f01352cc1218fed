import { spawnSync } from 'node:child_process';
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';

const GONE_WITHIN_MS = 10_000;

/** Notes which process uses `file`, for `endLeftover` after a start that found no clean end. */
export function notePid(file: string, pid: number): void {
  writeFileSync(pidFile(file), String(pid), { mode: 0o600 });
}

export function forgetPid(file: string): void {
  rmSync(pidFile(file), { force: true });
}

/**
 * Ends the process that a killed supervisor left behind on `file`: two servers must not write one database. A process id
 * is used again by the system, so it counts only while that process's command line names the file.
 */
export async function endLeftover(file: string): Promise<void> {
  const pid = readPid(file);
  if (pid === undefined) return;
  const deadline = Date.now() + GONE_WITHIN_MS;
  for (let signal: NodeJS.Signals = 'SIGTERM'; commandLine(pid).includes(file); await sleep(100)) {
    if (Date.now() > deadline) signal = 'SIGKILL';
    try {
      process.kill(pid, signal);
    } catch {
      break; // it ended between the look and the signal
    }
  }
  forgetPid(file);
}

const pidFile = (file: string): string => `${file}.pid`;

function readPid(file: string): number | undefined {
  try {
    const pid = Number(readFileSync(pidFile(file), 'utf8'));
    return Number.isSafeInteger(pid) && pid > 1 ? pid : undefined;
  } catch {
    return undefined;
  }
}

function commandLine(pid: number): string {
  if (process.platform !== 'linux')
    return spawnSync('ps', ['-o', 'command=', '-p', String(pid)], { encoding: 'utf8' }).stdout;
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8');
  } catch {
    return '';
  }
}
