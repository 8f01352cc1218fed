import { DefaultLogger, Runtime, type LogEntry } from '@temporalio/worker';
import pino from 'pino';
import { inert } from '../domain/inert.js';
import type { Role } from '../store/role-keys.js';

let installed: pino.Logger = pino({ level: 'silent' });

/** The process's logger. */
export const installedLogger = (): pino.Logger => installed;

/** Writes JSON lines on standard output; a terminal that shows one is neither moved nor painted by it, whatever names are in it. */
export const createLogger = (name: string, to?: pino.DestinationStream): pino.Logger =>
  pino(
    {
      name,
      level: process.env['QUELL_LOG_LEVEL'] ?? 'info',
      hooks: { streamWrite: (line) => `${inert(line.replace(/\n$/, ''))}\n` },
    },
    ...(to ? [to] : []),
  );

/** Makes a logger the process's, the SDK's own lines included. */
function install(logger: pino.Logger, level: 'INFO' | 'WARN'): void {
  installed = logger;
  Runtime.install({
    logger: new DefaultLogger(level, (entry) => write(logger, entry)),
    // The process owner stops the worker; the SDK must not race it.
    shutdownSignals: [],
  });
}

/** For a process that is many roles: their warnings in one place. */
export function installSharedRuntime(logger: pino.Logger): void {
  install(logger, 'WARN');
}

/**
 * One JSON line per event on standard output. Failures are logged by code and class alone: the SDK's own lines hold the
 * plain message and stack of a failed activity whatever the codec does.
 */
export function installRuntime(role: Role): pino.Logger {
  const logger = createLogger(`quell-${role}`);
  install(logger, 'INFO');
  return logger;
}

const KEPT = ['taskQueue', 'workflowType', 'workflowId', 'activityType', 'attempt', 'state', 'sdkComponent'] as const;

function write(logger: pino.Logger, { level, message, meta }: LogEntry): void {
  const kept = Object.fromEntries(KEPT.flatMap((name) => (meta?.[name] === undefined ? [] : [[name, meta[name]]])));
  const failure = failureOf(meta?.['error']);
  const line = { ...kept, ...(failure === undefined ? {} : { failure }) };
  if (level === 'ERROR') logger.error(line, message);
  else if (level === 'WARN') logger.warn(line, message);
  else logger.info(line, message);
}

function failureOf(error: unknown): string | undefined {
  if (!(error instanceof Error)) return undefined;
  return 'type' in error && typeof error.type === 'string' ? error.type : error.name;
}
