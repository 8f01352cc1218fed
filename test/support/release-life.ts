import { randomUUID } from 'node:crypto';
import type { Pool } from 'pg';
import type { CaseSummary } from '../../domain/case-summary.js';
import type { SwitchDecision } from '../../domain/decision.js';
import { AuditChain } from '../../store/audit/chain.js';
import { AuditLog } from '../../store/audit/log.js';
import { CaseWriter } from '../../store/cases/case-writer.js';
import { IncidentLinks } from '../../store/cases/incident-links.js';
import { ActionLedger } from '../../store/containment/ledger.js';
import { EndedSessions } from '../../store/ended-sessions.js';
import { CaseJoins } from '../../store/inbox/case-joins.js';
import { InboxReader } from '../../store/inbox/reader.js';
import { InboxWriter } from '../../store/inbox/writer.js';
import type { KeyRing } from '../../store/key-ring.js';
import { CallLeases } from '../../store/rates/call-leases.js';
import type { Role } from '../../store/role-keys.js';
import { SubjectRegistry } from '../../store/subjects/registry.js';
import { noteBoxes, subjectKeys } from '../store/support.js';
import { message } from './inbox.js';

const AT = '2026-01-01T00:00:00.000Z';
const LATER = '2036-01-01T00:00:00.000Z';
const CASE = 'case-s-a';
const PLAN = 'd'.repeat(64);

/** A short life of an organisation in all stores, without a file: what a recorded release holds. Some of it is under way still. */
export async function liveAWhile(as: (role: Role) => Pool, keys: KeyRing): Promise<void> {
  const inbox = new InboxWriter(as('intake'), keys.sealing('inbox'));
  for (const i of [1, 2, 3, 4]) await inbox.append(message(i));
  const reader = new InboxReader(as('console'), keys.opening('inbox'));
  const [first, second, third] = await reader.claim('alert', { messages: 3, bytes: 2 ** 20 });
  await reader.settle([
    { seq: first!.seq, status: 'delivered', alertIds: ['al-1'], caseIds: [CASE] },
    { seq: second!.seq, status: 'dead_letter', text: 'nobody knows whom it means' },
  ]);
  await reader.hold([{ seq: third!.seq, why: 'cap', caseId: CASE, forMs: 60_000 }]);
  await reader.close();
  const joins = new CaseJoins(as('console'));
  await joins.letIn({ name: 'siem', newCasesPerMinute: 30 }, [CASE]);
  await joins.joined(CASE, 'high', true);
  await new EndedSessions(as('console')).end({ id: randomUUID(), until: Date.parse(LATER) });

  const registry = await SubjectRegistry.open(as('evidence'), subjectKeys(keys.secret('registry')));
  const { subjectId } = await registry.resolve([{ mail: 'kim@example.com' }]);
  await registry.bind(subjectId, [{ platform: 'slack', tenant: 'main', nativeId: 'U1' }]);

  const log = new AuditLog(as('console'));
  await log.note({ key: `${CASE}:opened`, at: AT, kind: 'case.opened', by: 'records', caseId: CASE });
  const summary: CaseSummary = {
    ...{ caseId: CASE, subjectId, openedAt: AT, stage: 'closed', severity: 'high', verdict: 'compromised' },
    ...{ platforms: ['slack'], alertIds: ['al-1'], alertCount: 1, openTasks: 0, openPlans: 0, links: ['192.0.2.1'] },
  };
  await new CaseWriter(as('records')).put(summary, AT);
  const links = new IncidentLinks(as('records'));
  await links.tie('case-s-b', await links.join(CASE, ['192.0.2.1']), ['192.0.2.2'], AT);

  const leases = new CallLeases(as('evidence'));
  const wanted = { bucket: 'slack/main audit', calls: 10, seconds: 60, chunk: 4, withinMs: 1_000 };
  await leases.take(wanted);
  await leases.take(wanted);
  await contain(new ActionLedger(as('containment'), noteBoxes(keys)), new AuditLog(as('containment')));
  const chain = new AuditChain(as('records'), keys.signing('audit'));
  await chain.checkpoint();
  await log.note({ key: 'signed-in', at: LATER, kind: 'console.signed_in', by: 'p-1' }); // waits for the chain
}

async function contain(ledger: ActionLedger, log: AuditLog): Promise<void> {
  const [id, turn] = [
    { planDigest: PLAN, step: 1, caseId: CASE },
    { key: `${PLAN}:1`, holder: randomUUID() },
  ];
  const write = { platform: 'slack', operation: 'users.deactivate', targetId: 'U1' } as const;
  await ledger.takeTurn(turn);
  const lease = { owner: turn.key, accounts: [{ accountId: 'U1', department: 'Sales' }], at: AT, endsAt: LATER };
  await ledger.bind({ planDigest: PLAN, tokens: ['n-1'], lease }, () => undefined);
  await ledger.note(turn, id, { kind: 'intended', content: write });
  await ledger.note(turn, id, {
    kind: 'finished',
    content: {
      ...{ planId: 'p', step: 1, status: 'done', at: AT, text: 'Written.', verified: true, writes: [write] },
      allowedBy: ['k'],
    },
  });
  const data = { planId: 'p', step: 1, status: 'done', planDigest: PLAN };
  await log.note({ key: `${turn.key}:act`, at: AT, kind: 'action.act.done', by: 'containment', caseId: CASE, data });
  await ledger.burn(['g-1']);
  const body: SwitchDecision = { type: 'switch', verb: 'stop', personId: 'p-1', at: AT, nonce: 'n-2' } as never;
  await ledger.obey({ used: [] }, { body, keyId: 'k-1', signature: 's' }, { by: 'p-1', at: AT, why: '', nonce: 'n-2' });
}
