import { describe, expect, it } from 'vitest';
import { sampleOf as sample } from './samples.js';
import { expectHardened, reader } from './format-support.js';

const { all, one, mails, refusal } = reader('defender-incident');
interface Incident {
  readonly alerts: readonly object[];
}
const incident = sample('defender-incident') as Incident;
const alert = incident.alerts[0] ?? {};

describe('an incident of Defender', () => {
  it('is read as its alerts, grouped by the incident', () => {
    const { alerts, problems } = all({ ...incident, alerts: [alert, { ...alert, id: 'da2', incidentId: null }] });
    expect(problems).toEqual([]);
    expect(alerts.map((a) => [a.alert.dedupeKey, a.alert.groupKey])).toEqual([
      ['da0000000000000001_1', '900'],
      ['da2', '900'],
    ]);
    expect(alerts[0]?.alert).toMatchObject({ platform: 'microsoft', severity: 'high', ips: ['203.0.113.66'] });
  });
  it('comes in lists too, where one without its alerts hides no other', () => {
    const { alerts: _, ...bare } = incident as Incident & { readonly id: string };
    const { alerts, problems } = all({ value: [bare, incident] });
    expect(alerts).toHaveLength(1);
    expect(problems.map((p) => p.message)).toEqual([expect.stringContaining('$expand=alerts')]);
    expect(refusal({ ...incident, alerts: [] })).toContain('$expand=alerts');
  });
  it('is told by the one that it was merged into', () => {
    expect(one({ ...incident, status: 'redirected', redirectIncidentId: '901' })).toMatchObject({
      groupKey: '901',
      state: 'new',
    });
  });
  it.each(['resolved', 'Resolved'])('closes its alerts when it is %s', (status) => {
    expect(one({ ...incident, status }).state).toBe('closed');
  });
  it('takes the tenant of the incident for an alert that names none', () => {
    expect(one(incident).subjects[0]?.vendorTenantId).toBe('11111111-2222-4333-8444-555555555555');
  });
  it('is read as Defender’s own API gives it', () => {
    const body = {
      incidentId: 924565,
      redirectIncidentId: null,
      incidentName: 'Collection',
      status: 'Active',
      alerts: [
        {
          alertId: 'faf8edc936-85f8-a603-b800-08d8525cf099',
          incidentId: 924565,
          title: 'Unusual reads',
          status: 'InProgress',
          severity: 'High',
          creationTime: '2026-03-10T09:05:00.1Z',
          firstActivity: '2026-03-10T09:00:00Z',
          mitreTechniques: ['T1213.005'],
          entities: [
            { entityType: 'User', accountName: 'dana', aadUserId: null, userPrincipalName: 'dana@example.com' },
            { entityType: 'Ip', ipAddress: '203.0.113.9' },
            { entityType: 'Process', fileName: 'x.exe' },
          ],
        },
      ],
    };
    expect(one(body)).toMatchObject({
      dedupeKey: 'faf8edc936-85f8-a603-b800-08d8525cf099',
      groupKey: '924565',
      state: 'update',
      severity: 'high',
      occurredAt: '2026-03-10T09:00:00.000Z',
      ips: ['203.0.113.9'],
      attack: ['T1213.005'],
    });
    expect(mails(body)).toEqual(['dana@example.com']);
  });
  it('says where it looked when nobody is named', () => {
    expect(refusal({ ...incident, alerts: [{ ...alert, evidence: [] }] })).toContain('alerts[].evidence');
  });
  it('stands what may become of each field', () => {
    expectHardened('defender-incident', incident);
  });
});
