import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { AlertRef } from '../../../domain/alert.js';
import type { CaseSummary, TimelineEntry } from '../../../domain/case.js';
import { QuellError } from '../../../domain/errors.js';
import type { AuditEntry } from '../../../store/audit-entry.js';
import { verifyAuditChain } from '../../../store/audit-verify.js';
import { CaseIndex } from '../../../store/case-index.js';
import { IncidentLinks } from '../../../activities/records/index.js';
import { House, perform } from '../support/house.js';
import { action, BLOCK, later, plan } from '../support/plans.js';
import { records, summary } from '../support/records.js';

const ALERT: AlertRef = {
  alertId: 'al-1',
  source: 'siem',
  severity: 'high',
  occurredAt: later(-10),
  receivedAt: later(-9),
};
const lines = (house: House): readonly { readonly entry: AuditEntry }[] =>
  readFileSync(join(house.paths.audit, 'chain.jsonl'), 'utf8')
    .trim()
    .split('\n')
    .map((l) => JSON.parse(l) as ReturnType<typeof lines>[number]);

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
    });
    expect(JSON.stringify(pinned)).not.toContain('Grace');
    const index = await CaseIndex.open(house.paths.cases);
    expect(await index.get('case-s-1')).toMatchObject({ stage: 'intake', subjectId: 's-1', alertCount: 1 });
    expect(await house.policies.read(digest)).toEqual(policy);
    await perform(run, 'openCase', { summary: summary({ stage: 'intake' }), alerts: [ALERT] });
    expect(lines(house).map((l) => l.entry.kind)).toEqual(['case.opened']);
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
    expect(lines(house).map((l) => [l.entry.kind, l.entry.text])).toEqual([
      ['case.triage', 'one'],
      ['case.triage', 'one'],
      ['case.triage', 'two'],
    ]);
    const index = await CaseIndex.open(house.paths.cases);
    expect(await index.status('al-1')).toMatchObject({
      stage: 'closed',
      verdict: 'compromised',
      closedAs: 'contained',
    });
    await chain.checkpoint();
    expect(await verifyAuditChain(house.paths.audit, [house.keys.verifying('audit')])).toMatchObject({
      ok: true,
      lines: 3,
      signed: 3,
    });
  });

  it('names the files of the dossier in the chain, and says it again only when there are more', async () => {
    const house = await House.build();
    const { run } = await records(house);
    const { caseId } = summary();
    const named = (): readonly unknown[] =>
      lines(house).flatMap(({ entry }) => (entry.kind === 'dossier.kept' ? [entry.evidence] : []));
    const first = await house.dossier.writer.writeJson(caseId, 'alerts', {});
    await perform(run, 'recordProgress', { summary: summary(), entries: [] });
    await perform(run, 'recordProgress', { summary: summary(), entries: [] });
    expect(named()).toEqual([[{ key: first.key, compartment: 'dossier' }]]);
    const second = await house.dossier.writer.writeJson(caseId, 'assessment', {});
    await perform(run, 'recordProgress', { summary: summary(), entries: [] });
    expect(named()[1]).toEqual([first, second].map(({ key }) => ({ key, compartment: 'dossier' })));
  });

  it('takes in what other roles left for the chain', async () => {
    const house = await House.build();
    const { run } = await records(house);
    await house.spool.drop({
      key: 'k',
      at,
      kind: 'content.read',
      by: 'evidence',
      caseId: 'case-s-1',
      data: { events: ['e1'] },
    });
    await perform(run, 'recordProgress', { summary: summary(), entries: [] });
    await perform(run, 'recordProgress', { summary: summary(), entries: [] });
    expect(lines(house).map((l) => l.entry.kind)).toEqual(['content.read']);
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

  it('leases with the policy’s limits; no answer means no', async () => {
    const house = await House.build();
    const { run, workflows } = await records(house);
    const request = { planId: 'p', actions: 3, accounts: 1 };
    expect(await perform(run, 'leaseBudget', request)).toEqual({ granted: true, why: 'room' });
    expect(workflows.calls[0]).toEqual([
      'lease',
      { ...request, limits: (await house.policies.current()).policy.containment.budget },
    ]);
    workflows.lost = new QuellError('VENDOR_DOWN');
    expect(await perform(run, 'leaseBudget', request)).toMatchObject({ granted: false });
  });

  it('blocks addresses through their single writer, and nothing else', async () => {
    const house = await House.build();
    const { run, workflows } = await records(house);
    const of = plan([action(1, BLOCK), action(2)]);
    expect(await perform(run, 'blockAddress', { plan: of, step: 1, decisions: [] })).toMatchObject({
      status: 'done',
      step: 1,
    });
    const result = await perform(run, 'blockAddress', { plan: of, step: 1, decisions: [] });
    expect(await perform(run, 'unblockAddress', { plan: of, step: 1, decisions: [], result })).toMatchObject({
      step: 1,
    });
    const at = { tenant: { platform: 'slack', tenant: 'main' }, step: 1 };
    expect(workflows.calls).toEqual([
      ['block', at],
      ['block', at],
      ['unblock', at],
    ]);
    await expect(perform(run, 'blockAddress', { plan: of, step: 2, decisions: [] })).rejects.toMatchObject({
      type: 'PLAN_CHANGED',
    });
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
    // The records process starts anew and finds what the one before knew.
    const found = await IncidentLinks.open(join(house.paths.cases, 'incident-links.jsonl'));
    expect(await found.join('case-6', ['c'])).toBe(first.incidentId);
    await found.close();
  });
});
