import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { EvidenceEvent } from '../../domain/evidence.js';
import { datedStates, isState } from '../../domain/states.js';

const row = (fields: Partial<EvidenceEvent> & Pick<EvidenceEvent, 'id' | 'at'>): EvidenceEvent => ({
  kind: 'mail_rule',
  platform: 'microsoft',
  tenant: 'main',
  source: 'microsoft.notices',
  logSource: 'notification_mail',
  operation: 'messageRule',
  actor: 'dana',
  ...fields,
});
const STATE = row({
  ...{ id: 'state', at: '2026-03-09T10:00:00.000Z', labels: ['state'], reasons: ['forwards_mail'] },
  target: { type: 'setting', id: 'r-1', name: 'Digests' },
});
const made = (id: string, at: string, extra: Partial<EvidenceEvent> = {}): EvidenceEvent =>
  row({ id, at, operation: 'New-InboxRule', target: { type: 'mailbox', id: 'dana', name: 'Digests' }, ...extra });

describe('a rule that is there', () => {
  it('has the time of its making, and tells of that event', () => {
    const [dated] = datedStates([
      STATE,
      made('set', '2026-03-08T10:00:00.000Z'),
      made('new', '2026-03-07T10:00:00.000Z'),
    ]);
    const { labels: _, ...known } = STATE;
    expect(dated).toEqual({ ...known, at: '2026-03-07T10:00:00.000Z', about: 'new' });
    expect(isState(dated ?? STATE)).toBe(false);
  });

  it('that the log names by its id too', () => {
    const setting = { type: 'setting', id: 'autoForwarding' } as const;
    const log = row({ id: 'log', at: '2026-03-01T10:00:00.000Z', target: setting });
    expect(datedStates([{ ...STATE, target: setting }, log])[0]?.about).toBe('log');
  });

  it.each([
    ['of another name', { target: { type: 'mailbox', id: 'dana', name: 'Other' } }],
    ['of another person', { actor: 'max' }],
    ['of another tenant', { tenant: 'second' }],
    ['that failed', { outcome: 'failure' }],
    ['that is no rule', { kind: 'mail_access' }],
  ] as const)('stays a state beside a row %s', (_, extra) => {
    const rows = [STATE, made('new', '2026-03-07T10:00:00.000Z', extra)];
    expect(datedStates(rows)).toEqual(rows);
  });
});

it('is the same in any order and when done twice, and leaves every other row', () => {
  const rows = [
    STATE,
    made('a', '2026-03-07T10:00:00.000Z'),
    made('b', '2026-03-06T10:00:00.000Z'),
    row({ id: 'grant', at: '2026-03-01T00:00:00.000Z', kind: 'app_grant', labels: ['state'] }),
  ];
  const byId = (events: readonly EvidenceEvent[]) => [...events].sort((x, y) => (x.id < y.id ? -1 : 1));
  fc.assert(
    fc.property(fc.shuffledSubarray(rows, { minLength: rows.length }), (mixed) => {
      const once = datedStates(mixed);
      expect(byId(once)).toEqual(byId(datedStates(rows)));
      expect(datedStates(once)).toEqual(once);
      expect(once.filter((e) => e.id !== 'state')).toEqual(mixed.filter((e) => e.id !== 'state'));
    }),
  );
});
