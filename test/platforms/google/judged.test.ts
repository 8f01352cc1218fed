import { expect, it } from 'vitest';
import type { EvidenceEvent } from '../../../domain/evidence.js';
import { explain, judge, outcomeOf, type Judged } from '../../domain/judge.js';
import { activity, DANA, readLog } from './rows.js';

const NOW = '2026-03-10T12:00:00.000Z';
const EARLIER = ['2026-02-21', '2026-02-22', '2026-02-23', '2026-02-24'];

const judged = (...items: readonly (readonly object[])[]): Judged => {
  const [logins = [], files = []] = items;
  const rows: readonly EvidenceEvent[] = [...readLog('login', logins).values, ...readLog('drive', files).values];
  return judge(
    rows.toSorted((a, b) => (a.at < b.at ? -1 : 1)),
    {
      indicators: { accounts: [DANA], platform: 'google', focusFrom: '2026-03-09T12:00:00.000Z', now: NOW } as object,
      subject: {
        ...{ subjectId: 's-1', kind: 'person', vip: false, authority: 'google', protectedBecause: [], readAt: NOW },
        accounts: [{ platform: 'google', tenant: 'main', nativeId: DANA }],
      },
    },
  );
};
const login = (at: string, ipAddress: string, regionCode: string) =>
  activity(
    'login',
    'login_success',
    {},
    { type: 'login', at, ipAddress, networkInfo: { ipAsn: [regionCode === 'DE' ? 64500 : 64501], regionCode } },
  );
const HABIT = EARLIER.map((day) => login(`${day}T07:00:00.000Z`, '198.51.100.7', 'DE'));
const FOREIGN = login('2026-03-10T09:50:00.000Z', '203.0.113.9', 'BR');
const minute = (n: number) => `2026-03-10T10:${String(n).padStart(2, '0')}:00.000Z`;
const thirty = (event: string, more: object = {}) =>
  Array.from({ length: 30 }, (_, n) =>
    activity(
      'drive',
      event,
      { primary_event: true, doc_id: `doc-${String(n)}`, doc_title: `plan ${String(n)}` },
      {
        at: minute(n),
        networkInfo: undefined,
        ...more,
      },
    ),
  );

it('an address that Google left out vouches for nobody: the downloads are the foreign access’s', () => {
  const empty = { ipAddress: '', networkInfo: undefined };
  const before = EARLIER.map((day) =>
    activity('drive', 'download', { doc_id: `own-${day}` }, { at: `${day}T08:00:00.000Z`, ...empty }),
  );
  const result = judged([...HABIT, FOREIGN], [...before, ...thirty('download', empty)]);
  expect([outcomeOf(result), explain(result)]).toEqual(['escalate compromised', expect.any(String)]);
});

it('thirty files that a foreign access only looked at are bulk collection', () => {
  const result = judged([...HABIT, FOREIGN], thirty('view'));
  expect(result.findings.map((f) => f.kind)).toContain('bulk_collection');
  expect(outcomeOf(result)).toBe('escalate compromised');
});

it('thirty files that the person looked at at home are a working morning', () => {
  const today = login('2026-03-10T09:50:00.000Z', '198.51.100.7', 'DE');
  const result = judged([...HABIT, today], thirty('view', { ipAddress: '198.51.100.7' }));
  expect(result.findings.map((f) => f.kind)).not.toContain('bulk_collection');
  expect(outcomeOf(result)).toMatch(/^close/);
});
