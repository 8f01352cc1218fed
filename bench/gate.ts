import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { ActionLedger } from '../activities/containment/index.js';
import { refuseLease } from '../domain/budget.js';
import type { Task } from './measure.js';

const ONE_BY_ONE = 50;
const AT_ONCE = 300;
/** No bound is met: what is measured is asking and keeping, over a full hour of other leases. */
const LIMITS = {
  accountsPerHour: 1_000_000,
  actionsPerHour: 1_000_000,
  accountsPerDepartmentPerHour: 1_000_000,
  accountsHeld: 1_000_000,
};

export interface GateTasks {
  readonly tasks: readonly Task[];
  close(): Promise<void>;
}

/** What the gate does before each step: a lease of the blast radius, decided on what is there and kept on disk. */
export async function gateTasks(folder: string): Promise<GateTasks> {
  const ledger = await ActionLedger.open(join(folder, 'containment', 'ledger.jsonl'));
  let day = Date.now();
  /** Each run is in an hour of its own, so that none is slower than the one before. */
  const nextHour = (): void => void (day += 2 * 3_600_000);
  const lease = (): Promise<void> => {
    const at = new Date(day).toISOString();
    const request = { owner: randomUUID(), accounts: [{ accountId: randomUUID() }], at, endsAt: at };
    return ledger.lease(request, (leases) => refuseLease(leases, request, LIMITS, at));
  };
  return {
    tasks: [
      {
        name: 'lease blast radius, one after the other',
        unit: 'leases',
        count: ONE_BY_ONE,
        run: async () => {
          nextHour();
          for (let i = 0; i < ONE_BY_ONE; i++) await lease();
        },
      },
      {
        name: `lease blast radius, ${String(AT_ONCE)} cases at once`,
        unit: 'leases',
        count: AT_ONCE,
        run: async () => {
          nextHour();
          await Promise.all(Array.from({ length: AT_ONCE }, lease));
        },
      },
    ],
    close: () => ledger.close(),
  };
}
