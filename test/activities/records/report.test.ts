import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import type { Report } from '../../../activities/records/report/data.js';
import { digest } from '../../../domain/canonical.js';
import type { CaseState } from '../../../domain/case.js';
import type { ActionResult, ContainmentPlan } from '../../../domain/plan.js';
import { analysis } from '../support/analysis.js';
import { House, perform } from '../support/house.js';
import { consoleKey, decide, later } from '../support/plans.js';
import { records, type Records } from '../support/records.js';
import { ALERT, collected, PERSONAL, SUBJECT, takeover } from '../support/takeover.js';

interface Bench {
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
async function bench(): Promise<Bench> {
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
  const assessment = await perform(run.assess, {
    caseId,
    subject,
    collections,
    alerts: [ALERT],
    depth: 'narrow',
    policyDigest,
  });
  const plan = (await perform(run.planContainment, {
    caseId,
    purpose: 'containment',
    verdict: 'compromised',
    severity: 'high',
    subject,
    assessment,
    collections,
    done: [],
    policyDigest,
  })) as ContainmentPlan;
  const exposure = await perform(run.measureExposure, { caseId, subject, collections, assessment, policyDigest });
  const r = await records(house);
  const policy = await perform(r.run.openCase, { caseId, subjectId, alerts: [ALERT] });
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
    result(2),
    result(3, { status: 'failed', code: 'VENDOR_SCOPE', text: 'The credential lacks a scope.', ...bare }),
    result(4, { status: 'task_open', ...bare }),
    result(5, { status: 'task_open', ...bare }),
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
        step: 4,
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
      const names = await perform(r.run.writeReport, { state: base });
      const report = JSON.parse(readFileSync(join(house.paths.reports, names.json), 'utf8')) as Report;
      return { report, html: readFileSync(join(house.paths.reports, names.html), 'utf8'), names };
    },
  };
}

const vendorWrite = z.object({ platform: z.string(), operation: z.string(), targetId: z.string() });
const SHAPE = z.object({
  case: z.looseObject({
    caseId: z.string(),
    subject: z.looseObject({ name: z.string() }),
    closedAs: z.string(),
    policyDigest: z.string(),
    demo: z.boolean(),
  }),
  verdict: z.string(),
  timeline: z.array(z.object({ at: z.iso.datetime(), stage: z.string(), text: z.string() })),
  findings: z
    .array(z.looseObject({ id: z.string(), kind: z.string(), text: z.string(), events: z.array(z.string()) }))
    .min(1),
  questions: z
    .array(z.looseObject({ question: z.string(), answer: z.enum(['yes', 'no', 'unknown']), why: z.string() }))
    .length(4),
  decisions: z.array(
    z.looseObject({
      kind: z.string(),
      by: z.object({ id: z.string(), name: z.string() }),
      what: z.string(),
      why: z.array(z.string()),
    }),
  ),
  actions: z.array(
    z.looseObject({
      step: z.number(),
      kind: z.string(),
      status: z.string(),
      verified: z.boolean(),
      text: z.string(),
      writes: z.array(vendorWrite),
    }),
  ),
  exposure: z.looseObject({ files: z.number(), items: z.array(z.looseObject({ type: z.string(), how: z.string() })) }),
  gaps: z.array(z.looseObject({ source: z.string(), code: z.string(), text: z.string() })),
});

describe('writeReport', () => {
  it('says what happened, who decided what and why, what was done and what could not be', async () => {
    const b = await bench();
    const { report } = await b.write();
    expect(() => SHAPE.parse(report)).not.toThrow();
    expect(report.verdict).toBe('compromised');
    expect(report.decisions.map((d) => [d.kind, d.by.name.slice(0, 14), d.what])).toEqual([
      ['escalation', `policy ${report.case.policyDigest.slice(0, 7)}`, 'escalate, compromised'],
      ['contact', 'Ada Example <s', 'That was not me'],
      ['approval', 'Grace Approver', `approve plan ${digest(b.plan).slice(0, 8)}, all steps`],
      ['task', 'Linus Lead', 'manual action: done'],
    ]);
    expect(report.actions.map((a) => [a.step, a.status, a.verified])).toEqual([
      [1, 'done', true],
      [2, 'done', true],
      [3, 'failed', false],
      [4, 'task_done', false],
      [5, 'task_open', false],
      [6, 'no_result', false],
    ]);
    expect(report.actions[0]).toMatchObject({
      readback: { state: { active: false } },
      allowedBy: [{ id: 'p-1', name: 'Grace Approver' }],
    });
    expect(report.actions[3]?.text).toContain('TICKET-7');
    const gaps = report.gaps.map((g) => g.source);
    for (const source of ['reads in the client', 'task t-2', 'step 3, end_sessions', 'step 6, block_ip'])
      expect(gaps).toContain(source);
    expect(report.exposure).toMatchObject({ files: 40, itemsInLedger: 42 });
  });

  it('lists exactly the writes of the results', async () => {
    const b = await bench();
    const { report } = await b.write();
    expect(report.actions.flatMap((a) => a.writes)).toEqual(
      b.state.plans.flatMap((p) => p.results.flatMap((r) => r.writes)),
    );
  });

  it('makes one page that needs nothing from outside, shows every action and lets nothing of a tenant be markup', async () => {
    const b = await bench();
    const { html, report } = await b.write();
    if (process.env['QUELL_KEEP_REPORT'] !== undefined) writeFileSync(process.env['QUELL_KEEP_REPORT'], html);
    expect(html).not.toMatch(/<script|<img|<link|<iframe|<[^>]*\s(?:src|href|on\w+)=|@import|url\(/i);
    expect(html.replaceAll('http-equiv', '')).not.toMatch(/https?:/);
    expect(html).toContain("default-src 'none'");
    for (const a of report.actions)
      expect(html).toContain(`${String(a.step)}. <strong>${a.kind.replaceAll('_', ' ')}</strong>`);
    expect(html.match(/, verified<\/span>/g)).toHaveLength(2);
    for (const text of [
      'active=false',
      'write.1',
      'TICKET-7',
      'Grace Approver',
      PERSONAL.file,
      'gdpr-33',
      'SIGNATURE',
      '<strong>1</strong>',
      '<code>al-1</code>',
      'Demonstration',
    ])
      expect(html).toContain(text);
    expect(html.match(/<svg/g)).toHaveLength(3);
    expect(html).not.toContain(PERSONAL.secret);
  });

  it('keeps both files, encrypted, and vouches for them in the audit log', async () => {
    const b = await bench();
    const { names, html } = await b.write();
    const [key = ''] = await b.house.dossier.reader.list(b.state.caseId, 'report-html');
    expect(Buffer.from(await b.house.dossier.reader.readBytes(b.state.caseId, { key })).toString('utf8')).toBe(html);
    const chain = readFileSync(join(b.house.paths.audit, 'chain.jsonl'), 'utf8');
    expect(chain).toContain(names.sha256);
    expect(chain).not.toContain('Ada');
    expect(names.html).toMatch(new RegExp(`^${b.state.caseId}-\\d{14}\\.html$`));
  });

  it('is honest about a case of which little is known', async () => {
    const b = await bench();
    const {
      assessment: _a,
      exposure: _e,
      contact: _c,
      escalation: _x,
      disclosure: _d,
      closedAs: _z,
      ...rest
    } = b.state;
    const lost = {
      ...rest,
      verdict: 'undetermined' as const,
      plans: rest.plans.map((p) => ({ ...p, planId: 'lost', containmentId: 'gone' })),
      collections: [],
    };
    b.r.workflows.lost = new Error('no server');
    const names = await perform(b.r.run.writeReport, { state: lost });
    const report = JSON.parse(readFileSync(join(b.house.paths.reports, names.json), 'utf8')) as Report;
    expect(report.actions.map((a) => a.kind)).toEqual(['unknown', 'unknown', 'unknown', 'unknown', 'unknown']);
    expect(report.gaps).toContainEqual(expect.objectContaining({ source: 'all', tenant: 'main' }));
    expect(report.findings).toEqual([]);
  });
});
