import { describe, expect, it } from 'vitest';
import type { AlertRef } from '../../../domain/alert.js';
import type { TimelineEntry } from '../../../domain/case.js';
import type { CaseSummary } from '../../../domain/case-summary.js';
import { chainIn } from '../../../store/audit/kept.js';
import { verifyChain } from '../../../store/audit/scan.js';
import { CaseIndex } from '../../../store/cases/case-index.js';
import { IncidentLinks } from '../../../store/cases/incident-links.js';
import { House, perform } from '../support/house.js';
import { later } from '../support/plans.js';
import { records, summary } from '../support/records.js';

const ALERT: AlertRef = {
  alertId: 'al-1',
  source: 'siem',
  severity: 'high',
  occurredAt: later(-10),
  receivedAt: later(-9),
};
describe('openCase', () => {
  it('pins the policy with the keys and people of this configuration, without names', async () => {
    const house = await House.build();
    const { run } = await records(house);
    const pinned = await perform(run, 'openCase', { summary: summary({ stage: 'intake' }), alerts: [ALERT] });
    const { digest, policy } = await house.policies.current();
    expect(pinned).toMatchObject({
      digest,
      mode: 'live',
      contact: policy.contact,
      windows: policy.windows,
      deciders: [{ personId: 'p-1', roles: ['responder'] }, { personId: 'p-2' }],
      resultKeys: [{ keyId: 'k-worker', publicKey: 'aa' }],
    });
    expect(JSON.stringify(pinned)).not.toContain('Grace');
    const index = new CaseIndex(house.database.as('console'));
    expect(await index.get('case-s-1')).toMatchObject({ stage: 'intake', subjectId: 's-1', alertCount: 1 });
    expect(await house.policies.read(digest)).toEqual(policy);
    await perform(run, 'openCase', { summary: summary({ stage: 'intake' }), alerts: [ALERT] });
    expect((await house.audited()).map((one) => one.kind)).toEqual(['case.opened']);
  });
});

describe('recordRefusals', () => {
  it('tells the audit log once of each count, and of a workflow apart from the one before it', async () => {
    const house = await House.build();
    const { run } = await records(house);
    const refused = [{ at: later(-1), message: 'stop', code: 'MESSAGE' }];
    const told = { workflowId: 'containment-guard', firstRunId: 'r-1', refused, count: 7 };
    await perform(run, 'recordRefusals', told);
    await perform(run, 'recordRefusals', told);
    await perform(run, 'recordRefusals', { ...told, count: 900 });
    await perform(run, 'recordRefusals', { ...told, firstRunId: 'r-2', caseId: 'case-s-1' });
    const kept = await house.audited();
    expect(kept.map((e) => [e.kind, e.caseId])).toEqual([
      ['messages.refused', undefined],
      ['messages.refused', undefined],
      ['messages.refused', 'case-s-1'],
    ]);
    expect(kept[1]).toMatchObject({ data: { count: 900, refused: [`${later(-1)} stop MESSAGE`] } });
  });
});

describe('recordProgress', () => {
  const at = later(-5);
  const entries: TimelineEntry[] = [
    { at, stage: 'triage', text: 'one' },
    { at, stage: 'triage', text: 'one' },
    { at, stage: 'triage', text: 'two' },
  ];

  it('writes every line once, whatever is repeated, and keeps the index', async () => {
    const house = await House.build();
    const { run, chain } = await records(house);
    await perform(run, 'recordProgress', { summary: summary(), entries });
    await perform(run, 'recordProgress', {
      summary: summary({ stage: 'closed', verdict: 'compromised', closedAs: 'contained' }),
      entries,
    });
    expect((await house.audited()).map((one) => [one.kind, one.text])).toEqual([
      ['case.triage', 'one'],
      ['case.triage', 'one'],
      ['case.triage', 'two'],
    ]);
    const index = new CaseIndex(house.database.as('console'));
    expect(await index.holds('al-1', 's-1')).toBe(true);
    expect(await index.get('case-s-1')).toMatchObject({
      stage: 'closed',
      verdict: 'compromised',
      closedAs: 'contained',
    });
    await chain.checkpoint();
    expect(
      await verifyChain(await chainIn(house.database.as('console')), { keys: [house.keys.verifying('audit')] }),
    ).toMatchObject({
      ok: true,
      lines: 3,
      signed: 3,
    });
  });

  it('names the files of the dossier in the chain, and says it again only when there are more', async () => {
    const house = await House.build();
    const { run } = await records(house);
    const { caseId } = summary();
    const named = async (): Promise<readonly unknown[]> =>
      (await house.audited('dossier.kept')).map(({ evidence }) => evidence);
    const first = await house.dossier.writer.writeJson(caseId, 'alerts', {});
    await perform(run, 'recordProgress', { summary: summary(), entries: [] });
    await perform(run, 'recordProgress', { summary: summary(), entries: [] });
    expect(await named()).toEqual([[{ key: first.key, compartment: 'dossier' }]]);
    const second = await house.dossier.writer.writeJson(caseId, 'assessment', {});
    await perform(run, 'recordProgress', { summary: summary(), entries: [] });
    expect((await named())[1]).toEqual([first, second].map(({ key }) => ({ key, compartment: 'dossier' })));
  });

  it('takes in what other roles left for the chain', async () => {
    const house = await House.build();
    const { run } = await records(house);
    await house.audit.note({
      key: 'k',
      at,
      kind: 'content.read',
      by: 'evidence',
      caseId: 'case-s-1',
      data: { events: ['e1'] },
    });
    await perform(run, 'recordProgress', { summary: summary(), entries: [] });
    await perform(run, 'recordProgress', { summary: summary(), entries: [] });
    expect((await house.audited()).map((one) => one.kind)).toEqual(['content.read']);
  });
});

describe('what lists show', () => {
  it('is what the case waits for by the record, and by its plans', async () => {
    const house = await House.build();
    const { run } = await records(house);
    const waits = [{ id: 't-1', kind: 'interview', who: 'lead', until: later(60) }] as const;
    await perform(run, 'recordProgress', { summary: summary({ waits, taskRoles: ['lead'] }), entries: [] });
    await perform(run, 'listPlan', {
      ...{ planId: 'p-1', caseId: 'case-s-1', written: 1, roles: ['responder'], until: later(30), decidedBy: [] },
    });
    const entry = await new CaseIndex(house.database.as('console')).get('case-s-1');
    expect(entry?.waits.map(({ id, who }) => [id, who])).toEqual([
      ['p-1', 'approvers'],
      ['t-1', 'lead'],
    ]);
  });
});

describe('other workflows', () => {
  it('hands a duplicate over to the case that stays, and makes the two ids one', async () => {
    const house = await House.build();
    const { run, workflows } = await records(house);
    const stays = await house.person({ accounts: [{ platform: 'slack', tenant: 'main', nativeId: 'U1' }], mails: [] });
    const goes = await house.person({ accounts: [{ platform: 'google', tenant: 'main', nativeId: '1' }], mails: [] });
    expect(await perform(run, 'handOver', { fromCaseId: `case-${goes}`, toSubjectId: stays, alerts: [ALERT] })).toEqual(
      {
        caseId: `case-${stays}`,
      },
    );
    expect(workflows.calls).toEqual([
      [
        'joinAlerts',
        {
          caseId: `case-${stays}`,
          subjectId: stays,
          home: { platform: 'slack', tenant: 'main' },
          after: `case-${goes}`,
          alerts: [ALERT],
        },
      ],
    ]);
    expect(await house.registry.canonical(goes)).toBe(stays);
  });

  it('makes one incident of cases that share a link, also after a restart', async () => {
    const house = await House.build();
    const { run, workflows } = await records(house);
    const joined = (caseId: string, links: readonly string[], stage: CaseSummary['stage'] = 'exposure') =>
      perform(run, 'recordProgress', { summary: summary({ caseId, links, stage }), entries: [] });
    const first = await joined('case-1', ['a', 'b']);
    expect(first.incidentId).toMatch(/^incident-[0-9a-f]{20}$/);
    expect(await joined('case-2', ['c', 'b'])).toEqual(first);
    expect(await joined('case-3', ['c'])).toEqual(first);
    expect(await joined('case-4', ['z'])).not.toEqual(first);
    expect(await joined('case-5', [])).toEqual({});
    expect(await joined('case-6', ['a'], 'closed')).toEqual({});
    expect(workflows.calls).toHaveLength(4);
    // Another records process finds what the one before told.
    expect(await new IncidentLinks(house.database.as('records')).join('case-6', ['c'])).toBe(first.incidentId);
  });
});
