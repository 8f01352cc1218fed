import type { FastifyInstance } from 'fastify';
import { clearanceOf, refuseDecision } from '../../../domain/approval.js';
import { digest } from '../../../domain/canonical.js';
import type { CaseState } from '../../../domain/case.js';
import type { ApprovalDecision, ForgetDecision, Signed, TaskCompletion } from '../../../domain/decision.js';
import { refuseForgetting } from '../../../domain/forgetting.js';
import { RETENTION } from '../../../domain/retention.js';
import { QuellError } from '../../../domain/errors.js';
import type { CasePolicy } from '../../../domain/policy.js';
import { afterSwitch, refuseSwitch, type SwitchState } from '../../../domain/switch.js';
import { parseAlerts } from '../../../gateway/alerts/index.js';
import { createConsole, type ConsoleOptions } from '../../../gateway/console/app.js';
import type { ConsoleAudit, ConsolePorts } from '../../../gateway/console/ports.js';
import { hashPassword, Sessions } from '../../../gateway/console/session.js';
import { waitsFor, type CaseEntry } from '../../../store/cases/case-entry.js';
import type { CaseFilter } from '../../../store/cases/case-list.js';
import type { CaseStanding, DueCase } from '../../../store/forgetting/case-standing.js';
import type { CaseHold } from '../../../store/forgetting/holds.js';
import type { DeadLetter } from '../../../store/inbox/dead-letters.js';
import type { ContainmentView } from '../../../workflows/messages.js';
import { signBody } from '../../../store/signing.js';
import { signingKey } from '../../activities/support/keys.js';
import { quell } from '../alerts/fixtures.js';
import { at, caseState, DOSSIER, NOW, PEOPLE, PLAN, RULES } from './played-case.js';

/** Sessions of a key, at an instant; those that are ended are kept in memory. */
export function testSessions(byte = 7, now: () => number = () => NOW.getTime()): Sessions {
  const ended = new Set<string>();
  const keeps = {
    end: (s: { readonly id: string }) => Promise.resolve(void ended.add(s.id)),
    has: (s: { readonly id: string }) => Promise.resolve(ended.has(s.id)),
  };
  return new Sessions({ keyId: 'k', bytes: Buffer.alloc(32, byte) }, keeps, now);
}

export const PASSWORD = 'a password of the test';
const HASH = hashPassword(PASSWORD);

/** What the containment worker says that the first step would touch now; it says nothing of the second. */
const TARGETS = {
  steps: [
    {
      step: 1,
      target: { type: 'sessions', accountId: 'U0DANA', sessionIds: [] },
      affects: ['U0DANA'],
      reach: 'accounts',
      because: ['vip'],
    },
  ],
  names: { U0DANA: 'Dana <i>Example</i>' },
} as const;

/** The console over a case that is played in memory: decisions are held against the domain's own rules. */
export interface PlayedConsole {
  readonly app: FastifyInstance;
  readonly state: CaseState;
  readonly view: ContainmentView;
  readonly audits: ConsoleAudit[];
  readonly completions: Signed<TaskCompletion>[];
  readonly notes: Map<string, string>;
  readonly resent: { readonly seq: number; readonly mail?: string }[];
  /** How the stop switch stands. */
  switch: SwitchState;
  /** Of what is due, what is held, and what the index says of cases. */
  readonly due: DueCase[];
  readonly holds: CaseHold[];
  readonly standings: (CaseStanding | DueCase)[];
  readonly forgotten: ForgetDecision[];
}

export function playConsole(options: Partial<ConsoleOptions> = {}, change: Partial<ConsolePorts> = {}): PlayedConsole {
  const key = signingKey('k-console');
  const analysis = signingKey('k-analysis');
  const keys = [{ keyId: key.keyId, publicKey: key.publicKey, holder: { kind: 'console' as const } }];
  const policy = {
    digest: 'd'.repeat(64),
    mode: 'live',
    containment: { approvalRules: RULES },
    disclosure: { clocks: [{ id: 'gdpr-33', name: 'Notice', hours: 72, basis: 'Art. 33(1)' }] },
    keys,
    deciders: PEOPLE,
  } as unknown as CasePolicy;
  const state = caseState(policy);
  const view: ContainmentView = {
    planId: 'p-1',
    planDigest: digest(PLAN),
    status: 'awaiting_approval',
    decisions: [],
    refused: [],
    results: [],
    signatures: [],
    checks: 0,
    drift: [],
    plan: signBody(structuredClone(PLAN), analysis),
    deadline: at(110),
  };
  const played = {
    state,
    view,
    audits: [] as ConsoleAudit[],
    completions: [] as Signed<TaskCompletion>[],
    notes: new Map<string, string>(),
    resent: [] as { seq: number; mail?: string }[],
    switch: { used: [] } as SwitchState,
    due: [] as DueCase[],
    holds: [] as CaseHold[],
    standings: [] as (CaseStanding | DueCase)[],
    forgotten: [] as ForgetDecision[],
  };
  const letters: readonly DeadLetter[] = [
    {
      seq: 7,
      source: 'google-alerts',
      kind: 'alert',
      receivedAt: at(-70),
      at: at(-69),
      reason: 'ALERT_NO_SUBJECT: The alert names nobody whom Quell can look up.',
    },
    {
      seq: 9,
      source: 'siem',
      kind: 'alert',
      receivedAt: at(-60),
      at: at(-59),
      reason: 'ALERT_FORMAT: the body is not a quell alert; it looks like panther',
    },
  ];
  const entry: CaseEntry = {
    caseId: state.caseId,
    subjectId: state.subjectId,
    openedAt: state.openedAt,
    updatedAt: at(-1),
    stage: 'containment',
    severity: 'high',
    verdict: 'compromised',
    platforms: ['slack', 'microsoft'],
    alertCount: 4,
    openTasks: 2,
    openPlans: 1,
    waits: [{ id: 'p-1', kind: 'plan', who: 'approvers', until: at(110) }],
    taskRoles: [],
    plans: [{ planId: 'p-1', roles: RULES.flatMap((r) => r.roles), decidedBy: [], until: at(110) }],
    times: {},
  };
  const old: CaseEntry = {
    ...entry,
    caseId: 'case-s-mia',
    subjectId: 's-mia',
    openedAt: at(-9_000),
    stage: 'closed',
    verdict: 'benign',
    severity: 'medium',
    closedAs: 'benign',
    openTasks: 0,
    openPlans: 0,
    waits: [],
    plans: [],
  };
  const found = ({ open, waitsFor: whom, notSubjectIds = [] }: CaseFilter): readonly CaseEntry[] =>
    [entry, old]
      .filter((c) => open === undefined || (c.stage !== 'closed') === open)
      .filter((c) => whom === undefined || waitsFor(c, { personId: '', ...whom }))
      .filter((c) => !notSubjectIds.includes(c.subjectId));
  const people: Readonly<Record<string, { name: string; mails: string[] }>> = {
    's-dana': { name: 'Dana Weiss', mails: ['dana.weiss@example.com'] },
    's-mia': { name: 'Mia Lorenz', mails: ['mia.lorenz@example.com'] },
  };
  const decide = (_: string, decision: Signed<ApprovalDecision>): Promise<void> => {
    const context = { plan: PLAN, planDigest: view.planDigest, rules: RULES, deciders: PEOPLE, keys };
    const refused = refuseDecision(decision, context, view.decisions, NOW.toISOString());
    if (refused) return Promise.reject(new QuellError(refused));
    view.decisions.push(decision);
    const { waiting, denied } = clearanceOf(context, view.decisions);
    if (waiting.length === 0) view.status = denied.length === PLAN.actions.length ? 'denied' : 'acting';
    return Promise.resolve();
  };
  const ports: ConsolePorts = {
    cases: async (filter) => ({ cases: found(filter) }),
    counts: async (filter, person) => ({
      open: found({ ...filter, open: true }).length,
      closed: found({ ...filter, open: false }).length,
      waiting: found({ ...filter, open: true, waitsFor: person }).length,
    }),
    entry: async (caseId) => [entry, old].find((c) => c.caseId === caseId),
    numbers: () => Promise.reject(new QuellError('DATABASE_UNAVAILABLE')),
    view: (id) => Promise.resolve(id === state.caseId ? state : undefined),
    containment: (id) => Promise.resolve(id === 'containment-p-1' ? view : undefined),
    guard: () => Promise.resolve({ ...played.switch, confirmed: true, refused: [] }),
    targets: () => Promise.resolve(TARGETS),
    dossier: () => Promise.resolve(DOSSIER),
    alerts: () =>
      Promise.resolve(
        parseAlerts(
          { ...quell, title: 'Bulk reads <b>now</b>' },
          { source: 'siem', format: 'quell', receivedAt: at(-46) },
        ).map((alert) => ({ alert, raw: quell })),
      ),
    ledger: () => Promise.resolve([]),
    person: (id) => Promise.resolve(people[id]),
    people: async (ids) => new Map(ids.flatMap((id) => (people[id] ? [[id, people[id]] as const] : []))),
    idsOf: async (id) => [id],
    subjectWith: async (mail) => Object.keys(people).find((id) => people[id]?.mails.includes(mail)),
    account: (_, __, id) => Promise.resolve(id === 'U0DANA' ? people['s-dana'] : undefined),
    keepNote: (_, text) => {
      const name = `note.${digest({ text }).slice(0, 40)}`;
      played.notes.set(name, text);
      return Promise.resolve(name);
    },
    note: (_, name) => Promise.resolve(played.notes.get(name) ?? ''),
    decide,
    complete: (_, signed) => {
      played.completions.push(signed);
      state.tasks = state.tasks.map((t) =>
        t.taskId === signed.body.taskId
          ? {
              ...t,
              status: signed.body.outcome,
              result: signed.body.fields,
              doneBy: signed.body.personId,
              doneAt: signed.body.at,
            }
          : t,
      );
      return Promise.resolve();
    },
    turn: (signed) => {
      const refused = refuseSwitch(signed, played.switch, { keys, deciders: PEOPLE }, NOW.toISOString());
      if (refused) return Promise.reject(new QuellError(refused));
      played.switch = afterSwitch(signed, played.switch, NOW.toISOString());
      return Promise.resolve({ ...played.switch, confirmed: true });
    },
    queue: () =>
      Promise.resolve({
        waiting: 12,
        oldest: at(-3),
        capped: [{ source: 'siem', messages: 12 }],
        retried: 0,
        gathered: 0,
      }),
    retention: () => Promise.resolve(RETENTION),
    due: ({ held }) => Promise.resolve(held ? [] : played.due),
    holds: (caseIds) => Promise.resolve(played.holds.filter((h) => caseIds?.includes(h.caseId) ?? true)),
    standing: (caseId) => Promise.resolve(played.standings.find((s) => s.caseId === caseId)),
    forget: (signed) => {
      const subjectIds = played.standings.filter((s) => s.caseId === signed.body.caseId).map((s) => s.subjectId);
      const refused = refuseForgetting(signed, { keys, deciders: PEOPLE, subjectIds }, NOW.toISOString());
      if (refused) return Promise.reject(new QuellError(refused));
      played.forgotten.push(signed.body);
      return Promise.resolve('done');
    },
    deadLetters: ({ after, limit }) => Promise.resolve(letters.filter((l) => l.seq > after).slice(0, limit)),
    deadLetterCount: () => Promise.resolve(letters.length),
    deadLetter: (seq) => Promise.resolve(letters.find((l) => l.seq === seq)),
    whomItNames: () =>
      Promise.resolve([
        { who: 'left@example.com' },
        { who: 'known@example.com', subjectId: 's-known', caseId: 'case-s-known' },
      ]),
    letter: (seq) =>
      Promise.resolve({
        seq,
        kind: 'alert',
        source: 'google-alerts',
        dedupeKey: 'x',
        receivedAt: at(-70),
        contentType: 'application/json',
        resent: 0,
        body: Buffer.from('{"alertId":"ga-9","data":{"note":"<script>alert(1)</script>"}}'),
      }),
    resend: (seq) => {
      played.resent.push({ seq });
      return Promise.resolve();
    },
    nameSubject: (seq, mail) => {
      played.resent.push({ seq, mail });
      return Promise.resolve();
    },
    report: (id) =>
      Promise.resolve(
        id === 'case-s-mia' ? '<!doctype html><title>Report</title><h1>Report of the case</h1>' : undefined,
      ),
    audit: (e) => {
      played.audits.push(e);
      return Promise.resolve();
    },
    ...change,
  };
  const app = createConsole({
    ports,
    people: PEOPLE,
    sessions: testSessions(),
    key,
    planKeys: [analysis],
    auth: { type: 'password', hash: HASH },
    demo: true,
    temporalUi: { url: 'http://127.0.0.1:8233', namespace: 'default' },
    now: () => NOW,
    ...options,
  });
  return Object.assign(played, { app });
}
