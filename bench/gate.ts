import { randomUUID } from 'node:crypto';
import type { Pool } from 'pg';
import { refuseLease } from '../domain/budget.js';
import { ActionLedger } from '../store/containment/ledger.js';
import type { NoteBoxes } from '../store/containment/note-boxes.js';
import { query } from '../store/postgres/connection.js';
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
const WRITE = { platform: 'slack', operation: 'users.deactivate', targetId: 'U1' } as const;

/** What the gate does before each step, and what a step notes before each write; beside the plain statement that keeps the row. */
export function gateTasks(pool: Pool, notes: NoteBoxes): readonly Task[] {
  const ledger = new ActionLedger(pool, notes);
  let day = Date.now();
  /** Each run is in an hour of its own, so that none is slower than the one before. */
  const nextHour = (): void => void (day += 2 * 3_600_000);
  const request = (at: string) => ({ owner: randomUUID(), accounts: [{ accountId: randomUUID() }], at, endsAt: at });
  const lease = (): Promise<void> => {
    const at = new Date(day).toISOString();
    const asked = request(at);
    const binding = { planDigest: randomUUID(), tokens: [randomUUID()], lease: asked };
    return ledger.bind(binding, (leases) => refuseLease(leases, asked, LIMITS, at));
  };
  const plainLease = (): Promise<unknown> => {
    const { owner, accounts, at, endsAt } = request(new Date(day).toISOString());
    const text = 'INSERT INTO containment_leases (owner, accounts, at, ends_at) VALUES ($1, $2, $3, $4)';
    return query(pool, text, [owner, JSON.stringify(accounts), at, endsAt]);
  };
  const note = async (): Promise<void> => {
    const turn = { key: randomUUID(), holder: randomUUID() };
    await ledger.takeTurn(turn);
    await ledger.note(
      turn,
      { caseId: 'case-s-1', planDigest: turn.key, step: 1 },
      { kind: 'intended', content: WRITE },
    );
    await ledger.endTurn(turn);
  };
  const plainNote = (): Promise<unknown> => {
    const text = `INSERT INTO containment_notes (plan_digest, step, kind, content) VALUES ($1, 1, 'intended', $2)`;
    return query(pool, text, [randomUUID(), JSON.stringify(WRITE)]);
  };
  const each = (
    name: string,
    unit: string,
    one: () => Promise<unknown>,
    plain: () => Promise<unknown>,
  ): readonly Task[] => {
    const oneByOne = (work: () => Promise<unknown>) => async () => {
      nextHour();
      for (let i = 0; i < ONE_BY_ONE; i++) await work();
    };
    const atOnce = (work: () => Promise<unknown>) => async () => {
      nextHour();
      await Promise.all(Array.from({ length: AT_ONCE }, work));
    };
    return [
      {
        ...{ name: `${name}, one after the other`, unit, count: ONE_BY_ONE },
        ...{ run: oneByOne(one), plain: oneByOne(plain) },
      },
      {
        ...{ name: `${name}, ${String(AT_ONCE)} cases at once`, unit, count: AT_ONCE },
        ...{ run: atOnce(one), plain: atOnce(plain) },
      },
    ];
  };
  return [
    ...each('lease blast radius', 'leases', lease, plainLease),
    ...each('note a write in its own turn', 'notes', note, plainNote),
  ];
}
