import { QuellError } from '../domain/errors.js';
import { ROLES, type Role } from '../store/role-keys.js';
import { readContext, type RoleContext, type RunningRole } from './context.js';
import { installRuntime } from './runtime.js';

/** Each role's code is loaded only in its own process: a worker does not hold what it does not need. */
const START: Readonly<Record<Role, () => Promise<(context: RoleContext) => Promise<RunningRole>>>> = {
  playbook: async () => (await import('./roles/playbook.js')).startPlaybook,
  evidence: async () => (await import('./roles/evidence.js')).startEvidence,
  analysis: async () => (await import('./roles/analysis.js')).startAnalysis,
  people: async () => (await import('./roles/people.js')).startPeople,
  containment: async () => (await import('./roles/containment.js')).startContainment,
  records: async () => (await import('./roles/records.js')).startRecords,
  intake: async () => (await import('./roles/intake.js')).startIntake,
  console: async () => (await import('./roles/console.js')).startConsole,
};

/** Starts a role in this process. Errors: CONFIG, those of its database, and those of the role. */
export async function startRole(context: RoleContext): Promise<RunningRole> {
  const { database } = context;
  try {
    await database.ready();
    const running = await (await START[context.role]())(context);
    return { ...running, stop: () => running.stop().finally(() => database.end()) };
  } catch (error) {
    await database.end();
    throw error;
  }
}

const isRole = (name: string | undefined): name is Role => (ROLES as readonly string[]).includes(name ?? '');

/** Runs a role until it ends or is told to stop. Says `ready` over IPC where a supervisor listens. */
export async function runRole(role: string | undefined): Promise<void> {
  if (!isRole(role)) throw new QuellError('CONFIG', `--role must be one of ${ROLES.join(', ')}`);
  const logger = installRuntime(role);
  let running: RunningRole | undefined;
  let stopping = false;
  const stop = (): void => {
    if (stopping) return;
    stopping = true;
    if (!running) process.exit(0);
    running.stop().then(
      () => process.exit(0),
      (error: unknown) => {
        logger.error({ failure: error instanceof Error ? error.message : 'unknown' }, 'did not stop cleanly');
        process.exit(1);
      },
    );
  };
  process.on('SIGTERM', stop);
  process.on('SIGINT', stop);
  // The supervisor is gone, however it went: no role outlives it.
  process.on('disconnect', stop);
  try {
    running = await startRole(readContext(role, process.env));
    logger.info({ addresses: running.addresses }, 'ready');
    process.send?.({ ready: true, addresses: running.addresses });
    await running.ended;
  } catch (error) {
    logger.fatal(
      { failure: error instanceof QuellError ? error.message : error instanceof Error ? error.stack : 'unknown' },
      'cannot run',
    );
    process.exit(1);
  }
}
