import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import type { Report } from '../../../activities/records/report/data.js';
import { digest } from '../../../domain/canonical.js';
import { folderStorage } from '../../../store/case-vault.js';
import { shredCase } from '../../../store/case-keys.js';
import { perform } from '../support/house.js';
import { PERSONAL } from '../support/takeover.js';

import { analysis } from '../support/analysis.js';
import { bench } from '../support/reported-case.js';

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
    const { report, html } = await b.write();
    expect(() => SHAPE.parse(report)).not.toThrow();
    expect(report.verdict).toBe('compromised');
    expect(report.decisions.map((d) => [d.kind, d.by.name.slice(0, 14), d.what])).toEqual([
      ['escalation', `policy ${report.case.policyDigest.slice(0, 7)}`, 'escalate, compromised'],
      ['contact', 'Ada Example <s', 'That was not me'],
      ['contact', 'Ada Example <s', 'That was me (after another answer)'],
      ['approval', 'Grace Approver', `approve plan ${digest(b.plan).slice(0, 8)}, all steps`],
      ['task', 'Linus Lead', 'manual action: done'],
    ]);
    expect(report.decisions[1]?.why).toContain('in their own words: My laptop was <off>.');
    expect(report.decisions[2]?.why).toEqual(['in their own words: No, it was <on>.']);
    expect(html).toContain('My laptop was &#60;off&#62;.');
    expect(html).toContain('No, it was &#60;on&#62;.');
    expect(report.actions.map((a) => [a.step, a.status, a.verified])).toEqual([
      [1, 'done', true],
      [2, 'failed', false],
      [3, 'task_done', false],
      [4, 'task_open', false],
      [5, 'done', true],
      [6, 'no_result', false],
    ]);
    expect(report.actions[0]).toMatchObject({
      readback: { state: { active: false } },
      allowedBy: [{ id: 'p-1', name: 'Grace Approver' }],
    });
    expect(report.actions[2]?.text).toContain('TICKET-7');
    const gaps = report.gaps.map((g) => g.source);
    for (const source of ['reads in the client', 'task t-2', 'step 2, end_sessions', 'step 6, block_ip'])
      expect(gaps).toContain(source);
    // The files, the link, the message, and the conversation that was open.
    expect(report.exposure).toMatchObject({
      files: 40,
      itemsInLedger: 43,
      peopleAffected: 0,
      people: { recipients: 1 },
    });
  });

  it('says of a secret what its owner answered', async () => {
    const b = await bench();
    const [secret] = b.state.exposure?.secrets ?? [];
    expect(secret?.live).toBe('unknown');
    b.state.tasks.push({
      taskId: 't-3',
      kind: 'rotate_secret',
      role: 'secret_owner',
      text: 'Rotate it',
      dueAt: b.state.openedAt,
      ifLate: 'it is still live',
      fields: [],
      status: 'done',
      ...(secret ? { about: secret.fingerprint } : {}),
      result: { live: 'yes' },
    });
    const { report, html } = await b.write();
    expect(report.exposure).toMatchObject({ secrets: [{ fingerprint: secret?.fingerprint, live: 'yes' }] });
    expect(html).toContain('live: yes');
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
      'aware of it since 2026-',
      'determined to be material at: nobody entered it',
      '4 business days (US federal holidays)',
      'eur-lex.europa.eu/eli/reg/2016/679/oj',
      'nobody else; whoever acted is not counted',
      'How sure this is: low',
      '1 to the outside, 0 seen used',
      'which messages there are, and their authors',
      'SIGNATURE',
      '<strong>1</strong>',
      '<code>al-1</code>',
      'Demonstration',
    ])
      expect(html).toContain(text);
    expect(html.match(/<svg/g)).toHaveLength(3);
    expect(html).not.toContain(PERSONAL.secret);
  });

  it('keeps both files for the two roles that read reports, and vouches for them in the audit log', async () => {
    const b = await bench();
    const { names } = await b.write();
    const { caseId } = b.state;
    for (const key of [names.html, names.json])
      for (const role of ['console', 'records'] as const)
        expect(await b.house.vault(role).reader('reports').canOpen(caseId, key)).toBe(true);
    for (const role of ['analysis', 'people', 'containment', 'evidence'] as const)
      expect(await b.house.vault(role).reader('reports').canOpen(caseId, names.json)).toBe(false);
    const [entry] = await b.house.audited('case.reported');
    expect(entry?.evidence).toMatchObject([
      { compartment: 'reports', key: names.json, sha256: names.sha256 },
      { compartment: 'reports', key: names.html },
    ]);
    expect(JSON.stringify(await b.house.audited())).not.toContain('Ada');
  });

  it('leaves nothing of a person in plain, and is unreadable for ever with the key of its case', async () => {
    const b = await bench();
    const { names } = await b.write();
    const reports = join(b.house.root, 'reports');
    const files = readdirSync(reports, { recursive: true, withFileTypes: true }).filter((one) => one.isFile());
    expect(files.length).toBeGreaterThanOrEqual(3);
    for (const { parentPath, name } of files)
      expect(readFileSync(join(parentPath, name), 'latin1')).not.toMatch(/Ada|example/);
    await shredCase({ ...folderStorage(b.house.root), compartment: 'reports' }, b.state.caseId);
    await expect(b.house.reports.reader.readText(b.state.caseId, { key: names.html })).rejects.toMatchObject({
      code: 'STORE_GONE',
    });
  });

  it('names in the audit log what the case was told, also when it is written again', async () => {
    const b = await bench();
    const keys = [(await b.write()).names.html, (await b.write()).names.html];
    const named = (await b.house.audited('case.reported')).flatMap(({ evidence = [] }) => evidence.map((e) => e.key));
    expect(named).toEqual(expect.arrayContaining(keys));
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
    const names = await perform(b.r.run, 'closeCase', { state: lost, entries: [] });
    const report = JSON.parse(await b.house.reports.reader.readText(lost.caseId, { key: names.json })) as Report;
    expect(report.actions.map((a) => a.kind)).toEqual(['unknown', 'unknown', 'unknown', 'unknown', 'unknown']);
    expect(report.gaps).toContainEqual(expect.objectContaining({ source: 'all', tenant: 'main' }));
    expect(report.findings).toEqual([]);
  });
});

describe('the disclosure file', () => {
  it('says what is known and what is not, in drafts that stay inside', async () => {
    const b = await bench();
    const run = await analysis(b.house);
    const { caseId, subject, assessment, collections, plans, verdict, policy } = b.state;
    if (!subject || !assessment) throw new Error('the reported case is assessed');
    const policyDigest = policy?.digest ?? '';
    const { disclosure: ref } = await perform(run, 'auditExposure', {
      ...{ caseId, subject, assessment, collections, plans, verdict, policyDigest },
    });
    expect(ref).toMatchObject({ rows: 1 });
    const file = await b.house.dossier.reader.readJson<Record<string, unknown>>(b.state.caseId, ref);
    const text = JSON.stringify(file);
    for (const part of ['40 files', 'gdpr-33', PERSONAL.file, 'Slack does not log reads', 'Contained: '])
      expect(text).toContain(part);
    expect(text).not.toContain(PERSONAL.secret);
    expect((file['drafts'] as { to: string }[]).map((d) => d.to)).toEqual(['supervisory authority', 'people affected']);
  });
});
