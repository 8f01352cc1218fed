import { describe, expect, it } from 'vitest';
import { DOSSIER_NAMES } from '../../../activities/dossier.js';
import type { Alert, AlertRef } from '../../../domain/alert.js';
import type { CaseState } from '../../../domain/case.js';
import type { CaseSummary } from '../../../domain/case-summary.js';
import { CaseIndex } from '../../../store/cases/case-index.js';
import { listCases } from '../../../store/cases/case-list.js';
import { IncidentLinks } from '../../../store/cases/incident-links.js';
import { House, perform } from '../support/house.js';
import { later } from '../support/plans.js';
import { records, summary, type Records } from '../support/records.js';

const REF: AlertRef = {
  ...{ alertId: 'pivot-1', source: 'quell', platform: 'slack', severity: 'high' },
  ...{ occurredAt: later(-60), receivedAt: later(0) },
};
const TOLD: Alert = {
  ...{ alertId: REF.alertId, source: 'quell', format: 'quell', dedupeKey: REF.alertId, state: 'new', severity: 'high' },
  ...{ subjects: [], title: 'Seen with the address of an attacker in another case', occurredAt: later(-60) },
  ...{ detectedAt: later(-30), ips: ['203.0.113.9'], evidence: [], attack: [] },
};

const progress = ({ run }: Records, caseId: string, links: readonly string[], change: Partial<CaseSummary> = {}) =>
  perform(run, 'recordProgress', { summary: summary({ caseId, links, ...change }), entries: [] });

/** Closes a case as its workflow does, with an assessment that found nothing but these links. */
async function close(house: House, { run }: Records, caseId: string, links: readonly string[]): Promise<void> {
  const impact = { level: 'none', criticalItems: 0, exposedSecrets: 0, confirmedLeaks: 0 };
  const found = { findings: [], questions: [], patterns: [], impact };
  const dossier = { ...found, series: { volumes: [], signIns: [] }, gaps: [] };
  const file = await house.dossier.writer.writeJson(caseId, DOSSIER_NAMES.assessment, dossier);
  const state = {
    ...{
      caseId,
      subjectId: caseId.replace(/^case-/, ''),
      openedAt: later(-9),
      stage: 'disclosure',
      severity: 'medium',
    },
    ...{ verdict: 'benign', alerts: [], alertsFolded: 0, collections: [], unread: [], plans: [], tasks: [] },
    ...{ timeline: [], refused: [], rounds: 0, alertsAssessed: 0, closedAs: 'benign' },
    assessment: { ...found, file, depth: 'wide', links },
  } as unknown as CaseState;
  await perform(run, 'closeCase', { state, entries: [] });
}

const joins = ({ workflows }: Records) => workflows.calls.filter(([name]) => name === 'joinIncident').map(([, i]) => i);
const alertsTo = ({ workflows }: Records) =>
  workflows.calls.filter(([name]) => name === 'joinAlerts').map(([, i]) => i);

describe('links of cases that closed', () => {
  it('wait for a case that shares one, which brings them into its incident, once', async () => {
    const house = await House.build();
    const all = await records(house);
    await progress(all, 'case-s-1', []);
    await close(house, all, 'case-s-1', ['a', 'b']);
    expect(joins(all)).toEqual([]);

    const { incidentId } = await progress(all, 'case-s-2', ['b']);
    const earlier = { incidentId, caseId: 'case-s-1', severity: 'medium', closed: true };
    expect(joins(all)).toEqual([{ incidentId, caseId: 'case-s-2', severity: 'high' }, earlier]);
    await progress(all, 'case-s-3', ['b']);
    expect(joins(all)).toHaveLength(3);

    const { cases } = await listCases(house.database.as('console'), { id: incidentId ?? '' }, { limit: 9 });
    expect(cases.map((c) => c.caseId).sort()).toEqual(['case-s-1', 'case-s-2', 'case-s-3']);
    expect(await new CaseIndex(house.database.as('console')).get('case-s-1')).toMatchObject({
      ...{ stage: 'closed', incidentId },
    });
  });

  it('show a case in the incident that there is when it closes', async () => {
    const house = await House.build();
    const all = await records(house);
    const { incidentId } = await progress(all, 'case-s-1', ['a']);
    await close(house, all, 'case-s-2', ['a']);
    expect(joins(all)[1]).toEqual({ incidentId, caseId: 'case-s-2', severity: 'medium', closed: true });
    expect(await new CaseIndex(house.database.as('console')).get('case-s-2')).toMatchObject({
      stage: 'closed',
      incidentId,
    });
  });

  it('are looked for once more by a case that closes just when another begins an incident', async () => {
    const house = await House.build();
    const links = new IncidentLinks(house.database.as('records'));
    // The other case joins after this one has looked, and looks before this one has closed.
    const incidentOf: IncidentLinks['incidentOf'] = async (given) => {
      const found = await links.incidentOf(given);
      if (found === undefined) await links.join('case-s-2', ['a']);
      return found;
    };
    const all = await records(house, {
      links: Object.assign(Object.create(links) as IncidentLinks, { incidentOf }),
    });
    await close(house, all, 'case-s-1', ['a']);
    const incidentId = await links.incidentOf(['a']);
    expect(joins(all)).toEqual([{ incidentId, caseId: 'case-s-1', severity: 'medium', closed: true }]);
    expect(await new CaseIndex(house.database.as('console')).get('case-s-1')).toMatchObject({ incidentId });
  });
});

describe('an alert that ties two cases', () => {
  const tell = ({ run }: Records, from: string, to: string, lastAt = later(-30)) =>
    perform(run, 'raiseAlerts', {
      ...{ caseId: `case-${to}`, subjectId: to, home: { platform: 'slack', tenant: 'main' } },
      ...{ after: `case-${from}`, alerts: [REF] },
      tie: { told: [{ ...TOLD, detectedAt: lastAt }], links: ['a'], severity: 'high' },
    });

  it('starts or joins the other case, tells it why, and makes one incident of both', async () => {
    const house = await House.build();
    const all = await records(house);
    await tell(all, 's-1', 's-2');
    const [first] = joins(all) as [{ readonly incidentId: string }];
    const { incidentId } = first;
    expect(alertsTo(all)).toEqual([
      {
        ...{ caseId: 'case-s-2', subjectId: 's-2', home: { platform: 'slack', tenant: 'main' } },
        ...{ after: 'case-s-1', alerts: [REF] },
      },
    ]);
    expect(joins(all)).toEqual(['case-s-1', 'case-s-2'].map((caseId) => ({ incidentId, caseId, severity: 'high' })));
    const [key] = await house.dossier.reader.list('case-s-2', 'alerts');
    const rows: unknown[] = [];
    for await (const row of house.dossier.reader.readRows('case-s-2', { key: key ?? '' })) rows.push(row);
    expect(rows).toMatchObject([{ alert: { ips: ['203.0.113.9'], alertId: 'pivot-1' } }]);
    // What the other case finds by itself does not matter: it is in that incident.
    expect(await progress(all, 'case-s-2', [])).toEqual({ incidentId });
    expect(await progress(all, 'case-s-2', ['own'])).toEqual({ incidentId });
  });

  it('never goes back and forth, and tells a case nothing that it knows of', async () => {
    const house = await House.build();
    const all = await records(house);
    await progress(all, 'case-s-1', ['a']);
    await tell(all, 's-1', 's-2');
    await tell(all, 's-2', 's-1');
    await tell(all, 's-1', 's-2');
    await tell(all, 's-3', 's-2');
    await tell(all, 's-2', 's-2');
    expect(alertsTo(all)).toHaveLength(1);
    await tell(all, 's-2', 's-4');
    expect(alertsTo(all)).toHaveLength(2);
    expect(new Set(joins(all).map((j) => (j as { incidentId: string }).incidentId)).size).toBe(1);
  });

  it('reaches a case again that closed before the newest sighting, and none that closed after it', async () => {
    const house = await House.build();
    const all = await records(house);
    await tell(all, 's-1', 's-2');
    await close(house, all, 'case-s-2', []);
    await tell(all, 's-1', 's-2', later(-30));
    expect(alertsTo(all)).toHaveLength(1);
    await tell(all, 's-1', 's-2', later(30));
    expect(alertsTo(all)).toHaveLength(2);
  });

  it('closes its case in the incident that it was tied to', async () => {
    const house = await House.build();
    const all = await records(house);
    await tell(all, 's-1', 's-2');
    const [{ incidentId }] = joins(all) as [{ readonly incidentId: string }];
    await close(house, all, 'case-s-2', []);
    expect(joins(all).at(-1)).toEqual({ incidentId, caseId: 'case-s-2', severity: 'medium', closed: true });
  });

  it('is sent again when it got lost on the way, and is one line in the other case', async () => {
    const house = await House.build();
    const all = await records(house);
    all.workflows.lost = new Error('no answer');
    await expect(tell(all, 's-1', 's-2')).rejects.toThrow();
    all.workflows.lost = undefined;
    await tell(all, 's-1', 's-2');
    expect(alertsTo(all)).toHaveLength(2);
    expect(joins(all)).toHaveLength(2);
    expect(await house.dossier.reader.list('case-s-2', 'alerts')).toHaveLength(1);
  });
});
