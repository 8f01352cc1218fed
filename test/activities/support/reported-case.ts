import type { Report } from '../../../activities/records/report/data.js';
import { digest } from '../../../domain/canonical.js';
import type { CaseState } from '../../../domain/case.js';
import type { ActionResult, ContainmentPlan } from '../../../domain/plan.js';
import { analysis } from './analysis.js';
import { keepNote } from '../../../gateway/task-form.js';
import { House, perform } from './house.js';
import { consoleKey, decide, later } from './plans.js';
import { records, summary, type Records } from './records.js';
import { ALERT, collected, PERSONAL, SUBJECT, takeover } from './takeover.js';

export interface Bench {
  readonly house: House;
  readonly state: CaseState;
  readonly plan: ContainmentPlan;
  readonly r: Records;
  write(): Promise<{
    readonly report: Report;
    readonly html: string;
    readonly names: { readonly html: string; readonly json: string; readonly sha256: string };
  }>;
}

/** A case as it is when its report is written: assessed, planned, half contained, exposed. */
export async function bench(): Promise<Bench> {
  const house = await House.build();
  const accounts = [{ platform: 'slack', tenant: 'main', nativeId: 'U1' }] as const;
  const subjectId = await house.person({
    accounts,
    mails: [PERSONAL.mail],
    name: `${PERSONAL.name} <script>alert(1)</script>`,
  });
  const caseId = `case-${subjectId}`;
  const subject = SUBJECT(subjectId);
  const { digest: policyDigest } = await house.policies.current();
  const run = await analysis(house);
  const collections = [await collected(house, caseId, subjectId, takeover())];
  const assessment = await perform(run, 'assess', {
    caseId,
    subject,
    collections,
    alerts: [ALERT],
    depth: 'narrow',
    policyDigest,
  });
  const signed = await perform(run, 'planContainment', {
    caseId,
    purpose: 'containment',
    verdict: 'compromised',
    severity: 'high',
    subject,
    assessment,
    collections,
    done: [],
    policyDigest,
  });
  const plan = signed?.body as ContainmentPlan;
  const { exposure } = await perform(run, 'auditExposure', {
    ...{ caseId, subject, collections, assessment, policyDigest },
    ...{ verdict: 'compromised', plans: [] },
  });
  const r = await records(house);
  const policy = await perform(r.run, 'openCase', {
    summary: summary({ caseId, subjectId, stage: 'intake' }),
    alerts: [ALERT],
  });
  const result = (step: number, change: Partial<ActionResult> = {}): ActionResult => ({
    planId: plan.planId,
    step,
    status: 'done',
    at: later(5),
    text: 'Written and read back.',
    before: { active: true },
    readback: { at: later(6), holds: true, state: { active: false } },
    verified: true,
    writes: [{ platform: 'slack', operation: `write.${String(step)}`, targetId: 'U1' }],
    allowedBy: [consoleKey.keyId],
    ...change,
  });
  const bare = { verified: false, writes: [], allowedBy: [] };
  const results = [
    result(1),
    result(2, { status: 'failed', code: 'VENDOR_SCOPE', text: 'The credential lacks a scope.', ...bare }),
    result(3, { status: 'task_open', ...bare }),
    result(4, { status: 'task_open', ...bare }),
    result(5),
  ].map(({ readback, ...rest }) => (rest.verified && readback ? { ...rest, readback } : rest));
  const base: CaseState = {
    caseId,
    subjectId,
    openedAt: later(-30),
    stage: 'disclosure',
    severity: 'high',
    verdict: 'compromised',
    alerts: [ALERT],
    alertsFolded: 2,
    subject,
    collections,
    assessment,
    contact: {
      askId: 'ask-1',
      channel: 'mail',
      avoided: ['slack: the suspicion touches slack'],
      askedAt: later(-20),
      deadline: later(60),
      outcome: 'not_me',
      answeredAt: later(-10),
      words: await keepNote(house.dossier.writer, caseId, 'My laptop was <off>.'),
      later: [
        {
          ...{ answer: 'me', at: later(-5), nonce: 'n-2' },
          words: await keepNote(house.dossier.writer, caseId, 'No, it was <on>.'),
        },
      ],
    },
    escalation: {
      decision: 'escalate',
      verdict: 'compromised',
      reasons: [
        { code: 'pattern.x', text: 'Indicators align', playbook: 'multiple indicators align', attack: 'T1078' },
      ],
    },
    plans: [
      {
        planId: plan.planId,
        containmentId: `containment-${plan.planId}`,
        digest: digest(plan),
        deadline: later(60),
        purpose: 'containment',
        status: 'holding',
        results,
      },
    ],
    tasks: [
      {
        taskId: 't-1',
        kind: 'manual_action',
        role: 'responder',
        text: 'Revoke the tokens',
        dueAt: later(60),
        ifLate: 'it stays open',
        fields: [],
        status: 'done',
        planId: plan.planId,
        step: 3,
        result: { proof: 'TICKET-7' },
        doneBy: 'p-2',
        doneAt: later(20),
      },
      {
        taskId: 't-2',
        kind: 'interview',
        role: 'investigator',
        text: 'Interview',
        dueAt: later(60),
        ifLate: 'the case goes on without it',
        fields: [],
        status: 'late',
      },
    ],
    exposure,
    disclosure: {
      significant: true,
      clocks: [{ id: 'gdpr-33', startedAt: later(0), dueAt: later(72 * 60), by: 'p-2' }],
    },
    timeline: [{ at: later(-30), stage: 'intake', text: 'Opened by **1** alert `al-1` <img src=x onerror=alert(1)>' }],
    unread: [],
    rounds: 3,
    alertsAssessed: 1,
    refused: [{ at: later(-5), message: 'answer', code: 'SIGNATURE' }],
    closedAs: 'contained',
    policy,
  };
  r.workflows.views.set(`containment-${plan.planId}`, {
    decisions: [decide(plan, { personId: 'p-1', role: 'responder' })],
    results,
    refused: [],
  });
  return {
    house,
    state: base,
    plan,
    r,
    write: async () => {
      const names = await perform(r.run, 'closeCase', { state: base, entries: [] });
      const read = (key: string): Promise<string> => house.reports.reader.readText(caseId, { key });
      return { report: JSON.parse(await read(names.json)) as Report, html: await read(names.html), names };
    },
  };
}
