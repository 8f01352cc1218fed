import { describe, expect, it } from 'vitest';
import { IndicatorLists } from '../../../activities/analysis/index.js';
import type { AnalysisActivities } from '../../../activities/contract.js';
import type { Dossier, LedgerEntry } from '../../../activities/dossier.js';
import { idsOf } from '../../../domain/act-target.js';
import { digest } from '../../../domain/canonical.js';
import type { EvidenceEvent } from '../../../domain/evidence.js';
import type { Assessment } from '../../../domain/finding.js';
import type { ContainmentPlan } from '../../../domain/plan.js';
import type { CaseSummary } from '../../../domain/case-summary.js';
import { CaseWriter } from '../../../store/cases/case-writer.js';
import { isSignedBy, signBody } from '../../../store/signing.js';
import { defaultPolicy } from '../../domain/fixtures.js';
import { analysis } from '../support/analysis.js';
import { House, perform } from '../support/house.js';
import { evidenceKey, manifest, planKey } from '../support/plans.js';
import { ALERT, collected, PERSONAL, SUBJECT, takeover } from '../support/takeover.js';

const CASE = 'case-s-1';
const FACTS = SUBJECT('s-1');
const ENTRY: Omit<CaseSummary, 'caseId' | 'subjectId' | 'openedAt' | 'stage'> = {
  severity: 'high',
  verdict: 'compromised',
  platforms: ['slack'],
  alertIds: [],
  alertCount: 1,
  links: [],
  openTasks: 0,
  openPlans: 0,
};

interface Bench {
  readonly house: House;
  readonly run: AnalysisActivities;
  readonly policyDigest: string;
  assess(rows: readonly EvidenceEvent[], run?: AnalysisActivities, depth?: 'narrow' | 'wide'): Promise<Assessment>;
  dossier(assessment: Assessment): Promise<Dossier>;
}

async function bench(): Promise<Bench> {
  const house = await House.build();
  await house.subject('s-1'); // the id that all the rows of this test bear
  await house.registry.setProfile({ ...FACTS, mails: [] });
  const { digest: policyDigest } = await house.policies.current();
  const run = await analysis(house);
  return {
    house,
    run,
    policyDigest,
    assess: async (rows, with_ = run, depth = 'narrow') =>
      perform(with_, 'assess', {
        caseId: CASE,
        subject: FACTS,
        collections: [await collected(house, CASE, 's-1', rows)],
        alerts: [ALERT],
        depth,
        policyDigest,
      }),
    dossier: (assessment) => house.dossier.reader.readJson<Dossier>(CASE, assessment.file),
  };
}

describe('assess', () => {
  it('finds the takeover with its numbers, pattern and impact, and keeps words out of what it returns', async () => {
    const b = await bench();
    const assessment = await b.assess(takeover());
    const kinds = assessment.findings.map((f) => f.kind);
    for (const kind of ['unusual_sign_in', 'bulk_collection', 'external_share', 'credential_exposed'])
      expect(kinds).toContain(kind);
    expect(assessment.patterns.map((p) => p.patternId)).toContain('session-read-share');
    expect(assessment.impact).toMatchObject({ exposedSecrets: 1, confirmedLeaks: 0, externalTransfers: 1 });
    expect(assessment.questions.map((q) => [q.question, q.answer])).toEqual([
      ['login_pattern', 'yes'],
      ['frequent_users', 'no'],
      ['volume_increase', 'yes'],
      ['platform_alerts', 'unknown'],
    ]);
    const apart = assessment.findings.filter((f) => f.independent).map((f) => f.kind);
    expect(apart).toHaveLength(defaultPolicy.escalation.independentFindings);
    expect(new Set(apart).size).toBe(apart.length);
    for (const personal of Object.values(PERSONAL)) expect(JSON.stringify(assessment)).not.toContain(personal);
    const dossier = await b.dossier(assessment);
    expect(dossier.findings).toHaveLength(assessment.findings.length);
    expect(dossier.gaps[0]).toMatchObject({ source: 'reads in the client' });
    expect(JSON.stringify(dossier)).not.toContain(PERSONAL.secret);
    expect(dossier.series.signIns.filter((s) => s.suspicious)).toMatchObject([{ country: 'NL', ip: '203.0.113.200' }]);
    expect(dossier.series.volumes.reduce((n, v) => n + v.sent, 0)).toBe(2);
  });

  it('confirms a leak when the password that the subject showed is used by somebody else, in impact and exposure', async () => {
    const b = await bench();
    const shown: EvidenceEvent = {
      id: 'slack:slack.messages:own',
      kind: 'message',
      platform: 'slack',
      tenant: 'main',
      source: 'slack.messages',
      logSource: 'chat_history',
      operation: 'message',
      at: '2026-03-02T08:30:00.000Z',
      actor: 'U1',
      text: PERSONAL.text,
      ip: '198.51.100.1',
      deviceId: 'd1',
    };
    const rows = [...takeover(), shown];
    const assessment = await b.assess(rows);
    expect(assessment.impact).toMatchObject({ level: 'high', exposedSecrets: 1, confirmedLeaks: 1 });
    const leak = assessment.findings.filter((f) => assessment.impact.leakFindings?.includes(f.id));
    expect(leak).toMatchObject([{ kind: 'credential_exposed', confidence: 'high' }]);
    const { exposure: summary } = await perform(b.run, 'auditExposure', {
      caseId: CASE,
      subject: FACTS,
      collections: [await collected(b.house, CASE, 's-1', rows)],
      assessment,
      verdict: 'compromised',
      plans: [],
      policyDigest: b.policyDigest,
    });
    expect(summary.secrets).toMatchObject([{ kind: 'password', live: 'yes' }]);
  });

  it('finds nothing in the quiet past alone', async () => {
    const b = await bench();
    const assessment = await b.assess(takeover().slice(0, 8));
    expect(assessment).toMatchObject({ findings: [], patterns: [], impact: { level: 'none' }, links: [] });
  });

  it('counts a row once, however many collections hold it, and keeps text that one of them could read', async () => {
    const b = await bench();
    const rows = takeover();
    const bare = rows.map(({ text: _text, ...row }) => row);
    const twice = [
      await collected(b.house, CASE, 's-1', rows, { to: '2026-03-02T09:40:00.000Z' }),
      await collected(b.house, CASE, 's-1', bare, { depth: 'wide' }),
    ];
    const both = await perform(b.run, 'assess', {
      caseId: CASE,
      subject: FACTS,
      collections: twice,
      alerts: [ALERT],
      depth: 'narrow',
      policyDigest: b.policyDigest,
    });
    const once = await b.assess(rows);
    expect(both.findings).toEqual(once.findings);
    expect(both.impact).toEqual(once.impact);
  });

  it('asks lists at depth wide, ties links to attackers and not to own addresses', async () => {
    const b = await bench();
    const lists = new IndicatorLists();
    lists.add('own.txt', 'example.org,high,phishing kit\n203.0.113.0/24,high,hosting');
    const intelligence = { lists, providers: [], pap: 'red', ownDomains: [] } as const;
    const knowing = await analysis(b.house, { intelligence });
    expect((await b.assess(takeover(), knowing)).findings.map((f) => f.kind)).not.toContain('threat_intelligence');
    const wide = await b.assess(takeover(), knowing, 'wide');
    expect(wide.findings.map((f) => f.kind)).toContain('threat_intelligence');
    expect(wide.links.length).toBeGreaterThan(0);
    const ours = await b.assess(takeover(), await analysis(b.house, { neverBlock: ['203.0.113.0/24'] }));
    expect(ours.links.length).toBe(wide.links.length - 1);
  });

  it("counts the subject's earlier incidents, under every id that was merged into its own, and not the running case", async () => {
    const b = await bench();
    const [subjectId, old] = await Promise.all([
      b.house.person({ accounts: [], mails: ['new@example.com'] }),
      b.house.person({ accounts: [], mails: ['old@example.com'] }),
    ]);
    await b.house.registry.merge(old, subjectId);
    const writer = new CaseWriter(b.house.database.as('records'));
    const put = (id: string, day: string, stage: CaseSummary['stage']): Promise<void> =>
      writer.put(
        { ...ENTRY, caseId: `case-${id}`, subjectId: id, openedAt: `2026-02-${day}T09:00:00.000Z`, stage },
        '2026-03-01T00:00:00.000Z',
      );
    await put(old, '01', 'closed');
    await put(subjectId, '11', 'closed');
    await put(subjectId, '21', 'contact');
    const assessment = await perform(await analysis(b.house), 'assess', {
      caseId: `case-${subjectId}`,
      subject: SUBJECT(subjectId),
      collections: [await collected(b.house, `case-${subjectId}`, subjectId, takeover())],
      alerts: [ALERT],
      depth: 'narrow',
      policyDigest: b.policyDigest,
    });
    const frequent = assessment.questions.find((q) => q.question === 'frequent_users');
    expect(frequent).toMatchObject({ answer: 'yes', measures: [{ value: 2 }] });
  });

  it('refuses evidence that was changed', async () => {
    const b = await bench();
    const collection = await collected(b.house, CASE, 's-1', takeover());
    const forged = { ...collection, file: { ...collection.file, sha256: '0'.repeat(64) } };
    await expect(
      perform(b.run, 'assess', {
        caseId: CASE,
        subject: FACTS,
        collections: [forged],
        alerts: [ALERT],
        depth: 'narrow',
        policyDigest: b.policyDigest,
      }),
    ).rejects.toMatchObject({ type: 'STORE_TAMPERED', nonRetryable: true });
  });
});

describe('planContainment', () => {
  const input = async (b: Bench, purpose: ContainmentPlan['purpose'], rows = takeover()) => ({
    caseId: CASE,
    purpose,
    verdict: 'compromised' as const,
    severity: 'high' as const,
    subject: FACTS,
    assessment: await b.assess(rows),
    collections: [await collected(b.house, CASE, 's-1', rows)],
    done: [],
    policyDigest: b.policyDigest,
  });

  it('plans only what the evidence ties to the case, gives the rest to people, and keeps the plan', async () => {
    const b = await bench();
    const signed = await perform(b.run, 'planContainment', await input(b, 'containment'));
    const plan = signed?.body;
    expect(isSignedBy(signed, [planKey])).toBe(true);
    expect(plan?.actions.map((a) => [a.kind, a.by, idsOf(a.target)[0]])).toEqual([
      ['disable_account', 'vendor', 'U1'],
      ['end_sessions', 'vendor', 'U1'],
      ['reset_credentials', 'task', 'U1'],
      ['revoke_tokens', 'task', 'U1'],
      ['revoke_share', 'vendor', 'F0'],
      ['block_ip', 'task', '203.0.113.200'],
    ]);
    for (const personal of Object.values(PERSONAL)) expect(JSON.stringify(plan)).not.toContain(personal);
    const [key = ''] = await b.house.dossier.reader.list(CASE, `plan-${plan?.planId ?? ''}`);
    expect(digest(await b.house.dossier.reader.readJson<ContainmentPlan>(CASE, { key }))).toBe(digest(plan));
  });

  it('takes first steps only where signed grounds name the account', async () => {
    const b = await bench();
    const given = await input(b, 'first_steps');
    const plan = (await perform(b.run, 'planContainment', given))?.body;
    expect(plan?.actions.map((a) => [a.kind, a.rule])).toEqual([['end_sessions', 'automatic']]);
    const without = given.collections.map((c) => ({
      ...c,
      manifest: manifest({ ...c.manifest.manifest, grounds: [] }),
    }));
    expect(await perform(b.run, 'planContainment', { ...given, collections: without })).toBeUndefined();
  });

  it('plans for nobody on somebody’s word: accounts are the registry’s, evidence is what its reader signed for the case', async () => {
    const b = await bench();
    const given = await input(b, 'containment');
    const refused = (change: Partial<typeof given>) =>
      expect(perform(b.run, 'planContainment', { ...given, ...change })).rejects;
    const victim = { ...FACTS, accounts: [{ platform: 'slack', tenant: 'main', nativeId: 'U-victim' } as const] };
    await refused({ subject: victim }).toMatchObject({ type: 'NOT_AUTHORISED' });
    await refused({ caseId: 'case-other' }).toMatchObject({ type: 'NOT_AUTHORISED' });
    const signed = given.collections[0]!.manifest;
    const forged: readonly (typeof signed)[] = [
      { ...signed, manifest: { ...signed.manifest, grounds: [] } },
      { manifest: signed.manifest, ...signBody(signed.manifest, { ...planKey, keyId: evidenceKey.keyId }) },
      manifest({ ...signed.manifest, caseId: 'case-other' }),
      manifest({ ...signed.manifest, file: { ...signed.manifest.file, sha256: '0'.repeat(64) } }),
    ];
    for (const bad of forged)
      await refused({ collections: given.collections.map((c) => ({ ...c, manifest: bad })) }).toMatchObject({
        type: 'STORE_TAMPERED',
      });
  });

  it('names the subjects of open cases of the same incident as suspects', async () => {
    const b = await bench();
    const index = new CaseWriter(b.house.database.as('records'));
    const put = (caseId: string, subjectId: string, stage: CaseSummary['stage'], incidentId: string) =>
      index.put(
        {
          ...ENTRY,
          caseId,
          subjectId,
          openedAt: `2026-03-01T00:00:0${subjectId.at(-1) ?? ''}.000Z`,
          stage,
          incidentId,
        },
        '2026-03-01T00:00:00.000Z',
      );
    await put(CASE, 's-1', 'containment', 'incident-1');
    await put('case-s-2', 's-2', 'exposure', 'incident-1');
    await put('case-s-3', 's-3', 'closed', 'incident-1');
    await put('case-s-4', 's-4', 'triage', 'incident-2');
    const run = await analysis(b.house);
    const plan = (await perform(run, 'planContainment', await input(b, 'containment')))?.body;
    expect(plan?.suspects.map((s) => s.subjectId)).toEqual(['s-1', 's-2']);
  });

  it('plans nothing when the verdict asks for nothing', async () => {
    const b = await bench();
    const quiet = { ...(await input(b, 'containment', takeover().slice(0, 8))), verdict: 'false_positive' as const };
    expect(await perform(b.run, 'planContainment', quiet)).toBeUndefined();
  });
});

describe('auditExposure', () => {
  it('lists what was taken in the ledger and returns numbers and fingerprints', async () => {
    const b = await bench();
    const rows = takeover();
    const { exposure: summary } = await perform(b.run, 'auditExposure', {
      caseId: CASE,
      subject: FACTS,
      collections: [await collected(b.house, CASE, 's-1', rows)],
      assessment: await b.assess(rows),
      verdict: 'compromised',
      plans: [],
      policyDigest: b.policyDigest,
    });
    expect(summary).toMatchObject({ files: 40, messages: 1, links: 1, exports: 0, channels: 1 });
    expect(summary.shares).toEqual({ outside: 1, used: 0 });
    // The subject acted, a stranger was given a file: nobody is affected by that.
    expect(summary.peopleAffected).toBe(0);
    expect(summary.people).toMatchObject({ logged: 0, inferred: 0, possible: 0, recipients: 1 });
    expect(summary.confidence).toBe('low');
    expect(summary.confidenceBecause?.join(' ')).toContain('slack/main, files: no source that was read logs it.');
    expect(summary.secrets).toMatchObject([{ kind: 'password', live: 'unknown' }]);
    expect(summary.secrets[0]?.fingerprint).toMatch(/^[0-9a-f]{64}$/);
    for (const personal of Object.values(PERSONAL)) expect(JSON.stringify(summary)).not.toContain(personal);
    const items: LedgerEntry[] = [];
    for await (const item of b.house.dossier.reader.readRows<LedgerEntry>(CASE, summary.ledger)) items.push(item);
    expect(items.find((i) => i.type === 'link')).toMatchObject({ name: PERSONAL.file, left: true, critical: true });
    expect(JSON.stringify(items)).not.toContain(PERSONAL.secret);
    expect(new Set(items.map((i) => i.known))).toEqual(new Set(['logged', 'inferred']));
  });

  it('counts a person once under id and address, and the subject never, whatever it is called', async () => {
    const b = await bench();
    const grace = { accounts: [{ platform: 'slack', tenant: 'main', nativeId: 'U2' }], name: 'Grace' } as const;
    await b.house.person({ ...grace, mails: ['grace@example.com'] });
    const said = (id: string, actor: string, text: string): EvidenceEvent => ({
      ...{ id: `slack:slack.messages:${id}`, kind: 'message_received', platform: 'slack', tenant: 'main' },
      ...{ source: 'slack.messages', logSource: 'chat_history', operation: 'message', at: '2026-03-02T08:00:00.000Z' },
      ...{ actor, text, channel: { id: 'C1' } },
    });
    const rows = [...takeover(), said('a', 'U2', 'write to grace@example.com'), said('b', 'U1', 'I am here')];
    const { exposure: summary } = await perform(b.run, 'auditExposure', {
      caseId: CASE,
      subject: FACTS,
      collections: [await collected(b.house, CASE, 's-1', rows)],
      assessment: await b.assess(rows),
      verdict: 'compromised',
      plans: [],
      policyDigest: b.policyDigest,
    });
    // The foreign session loaded files out of C1: what was said there before lay open to it.
    expect(summary.people).toMatchObject({ logged: 0, inferred: 1 });
    expect(summary.peopleAffected).toBe(1);
  });
});
