import { describe, expect, it } from 'vitest';
import { episodeNotes } from '../../../activities/analysis/episode-notes.js';
import { roleLabel, type EvidenceEvent } from '../../../domain/evidence.js';
import { viewOf } from '../../../domain/indicators/index.js';
import { defaultPolicy } from '../../domain/fixtures.js';
import { event } from '../support/vendor.js';

const HOME = { ip: '198.51.100.1', country: 'DE', deviceId: 'd1', deviceKnown: true };
const AWAY = {
  ...{ ip: '203.0.113.200', country: 'NL', asn: 64500, asName: 'Example Hosting', deviceId: 'd9', deviceKnown: false },
  ...{ userAgent: 'python-requests/2', sessionId: 's9' },
};
const past = Array.from({ length: 12 }, (_, i) =>
  event(`p${i}`, { at: `2026-02-${String(10 + i)}T08:00:00.000Z`, ...HOME }),
);
const at = (m: number): string => new Date(Date.parse('2026-03-02T09:00:00.000Z') + m * 60_000).toISOString();
const attack: readonly EvidenceEvent[] = [
  event('in', { at: at(0), ...AWAY, reasons: ['session_fingerprint'] }),
  event('dlp', {
    ...{ kind: 'config_change', operation: 'Remove-DlpCompliancePolicy', at: at(1), weakens: 'dlp', ...AWAY },
    target: { type: 'setting', id: 'p-1', name: 'Finance policy' },
  }),
  event('role', {
    ...{ kind: 'role_change', operation: 'Add member to role.', at: at(2), ...AWAY },
    ...{ target: { type: 'user', id: 'U2', name: 'mal@example.com' }, labels: [roleLabel('Global Administrator')] },
  }),
  ...Array.from({ length: 9 }, (_, i) =>
    event(`r${i}`, {
      ...{ kind: 'conversation_read', operation: 'read', at: at(3 + i), ...AWAY, count: 10 },
      channel: { id: 'C1', name: 'bridge project' },
    }),
  ),
];
const notes = (events: readonly EvidenceEvent[]) =>
  episodeNotes(
    viewOf({
      ...{ events, accounts: ['U1'], thresholds: defaultPolicy.indicators, focusFrom: '2026-03-01T00:00:00.000Z' },
    }),
  );

describe('the notes of episodes', () => {
  it('hold what people look for: changes with operation, target and role; names; numbers; the vendor’s words; ids', () => {
    const [first] = notes([...past, ...attack]);
    expect(first).toMatchObject({
      ...{
        attribution: 'other',
        reasons: ['session_fingerprint'],
        things: ['bridge project', 'Finance policy', 'mal@example.com'],
      },
      ...{ addresses: ['203.0.113.200'], devices: ['d9'], sessions: ['s9'] },
    });
    expect(first?.operations[0]).toBe('90 × read');
    expect(first?.changes).toEqual([
      {
        ...{ at: at(1), platform: 'slack', operation: 'Remove-DlpCompliancePolicy', weakens: 'dlp' },
        target: 'Finance policy (p-1)',
      },
      {
        ...{ at: at(2), platform: 'slack', operation: 'Add member to role.' },
        ...{ target: 'mal@example.com (U2)', role: 'Global Administrator' },
      },
    ]);
  });

  it('of the person’s own places hold no ids to hunt for, and no change that is older than what is measured', () => {
    const change = (id: string, when: string) =>
      event(id, { kind: 'config_change', operation: `change ${id}`, at: when, ...HOME });
    const [own] = notes([...past, change('old', '2026-02-20T08:30:00.000Z'), change('new', at(5))]);
    expect(own).toMatchObject({ attribution: 'own', changes: [{ operation: 'change new' }] });
    expect(own).not.toHaveProperty('addresses');
  });

  it('are the same whatever the order of the rows', () => {
    expect(notes([...attack].reverse().concat(past))).toEqual(notes([...past, ...attack]));
  });
});
