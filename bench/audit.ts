import { randomUUID } from 'node:crypto';
import type { Pool } from 'pg';
import { AuditChain } from '../store/audit/chain.js';
import type { AuditEntry } from '../store/audit/entry.js';
import { AuditLog } from '../store/audit/log.js';
import type { KeyRing } from '../store/key-ring.js';
import { query } from '../store/postgres/connection.js';
import type { Role } from '../store/role-keys.js';
import type { Task } from './measure.js';

const NOTES = 400;
const BATCH = 2_000;
/** Roles that note at the same time. */
const AT_ONCE = 8;

const entry = (): AuditEntry => ({
  key: randomUUID(),
  at: '2026-03-10T12:00:00.000Z',
  kind: 'case.triage',
  by: 'playbook',
  caseId: 'case-1',
  text: 'slack: 96 rows of narrow evidence',
});

/** The audit log: what roles note, what the records role takes in; beside the plain insert of the same row. */
export function auditTasks(as: (role: Role) => Pool, keys: KeyRing): readonly Task[] {
  const log = new AuditLog(as('containment'));
  const records = as('records');
  const chain = new AuditChain(records, keys.signing('audit'));
  const together = async (one: () => Promise<unknown>): Promise<void> => {
    const some = async (): Promise<void> => {
      for (let i = 0; i < NOTES / AT_ONCE; i++) await one();
    };
    await Promise.all(Array.from({ length: AT_ONCE }, some));
  };
  return [
    {
      name: 'audit, entries noted one by one',
      unit: 'entries',
      count: NOTES,
      run: () => together(() => log.note(entry())),
      plain: () =>
        together(() => {
          const one = entry();
          return query(records, 'INSERT INTO audit_entries (key, entry) VALUES ($1, $2)', [
            one.key,
            JSON.stringify(one),
          ]);
        }),
    },
    {
      name: 'audit, noted and taken into the chain',
      unit: 'entries',
      count: BATCH,
      run: () => chain.append(Array.from({ length: BATCH }, entry)),
    },
  ];
}
