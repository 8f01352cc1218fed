import { describe, expect, it } from 'vitest';
import type { EvidenceEvent } from '../../../domain/evidence.js';
import type { SubjectFacts } from '../../../domain/subject.js';
import { explain, judge, outcomeOf, type Judged } from '../../domain/judge.js';
import { auditSearch, DANA, list, portOver, QUERY, readSource } from './canned.js';
import { consent, download, signIn } from './recorded.js';

/** What a person and a thief do, as Microsoft's logs tell it, through the readers to the decision. */
const SUBJECT: SubjectFacts = {
  ...{ subjectId: 's-1', kind: 'person', vip: false, authority: 'microsoft', protectedBecause: [], readAt: QUERY.to },
  accounts: [{ platform: 'microsoft', tenant: 'main', nativeId: DANA }],
};
const NOW = Date.parse(QUERY.to);
const at = (hoursAgo: number, minutes = 0): string =>
  new Date(NOW - hoursAgo * 3_600_000 + minutes * 60_000).toISOString();
const entry = (id: string, hoursAgo: number, extra: object = {}) => ({
  ...{
    id,
    createdDateTime: at(hoursAgo),
    userId: DANA,
    appId: signIn.appId,
    ipAddress: '198.51.100.7',
    isInteractive: true,
  },
  ...{ userAgent: 'Mozilla/5.0 (example)', status: { errorCode: 0 }, location: signIn.location },
  ...extra,
});
const usual = Array.from({ length: 12 }, (_, n) => entry(`past-${String(n)}`, 28 * 24 - n * 24 + 4));
const ABROAD = {
  ...{ ipAddress: '203.0.113.9', userAgent: 'Mozilla/5.0 (other)' },
  location: { city: 'Cidade', countryOrRegion: 'BR', geoCoordinates: { latitude: -23.5, longitude: -46.6 } },
};
const files = (Operation: string, extra: object) =>
  Array.from({ length: 30 }, (_, n) => ({
    ...{ Id: `f-${String(n)}`, CreationTime: at(2, n), Operation, UserId: 'dana@example.com', Workload: 'OneDrive' },
    ...{ SourceFileName: `note-${String(n)}.txt`, ListItemUniqueId: `item-${String(n)}` },
    ...extra,
  }));

interface Logs {
  readonly signIns?: readonly object[];
  readonly records?: readonly object[];
  readonly audits?: readonly object[];
}
async function judged({ signIns = [], records = [], audits = [] }: Logs): Promise<Judged> {
  const answers = { ...auditSearch(...records), signIns: list(...usual, ...signIns), directoryAudits: list(...audits) };
  const port = portOver(answers);
  const rows: EvidenceEvent[] = [];
  for (const source of ['microsoft.sign_ins', 'microsoft.audit_search', 'microsoft.directory_audits'])
    rows.push(
      ...(await readSource(port, source, { ...QUERY, from: source.endsWith('search') ? at(48) : QUERY.from })).events,
    );
  return judge(rows, { subject: SUBJECT, indicators: { platform: 'microsoft' } });
}
const isQuiet = (j: Judged): void => {
  expect(
    j.findings.map((f) => f.kind),
    explain(j),
  ).toEqual([]);
};
const isHarmless = (j: Judged): void => {
  expect(
    j.findings.map((f) => f.kind),
    explain(j),
  ).not.toContain('unmatched_activity');
  expect(j.escalation.decision, explain(j)).not.toBe('escalate');
  expect(j.acts).toEqual([]);
};

describe('own work in the vendor’s spelling is own work', () => {
  it.each([['::ffff:198.51.100.7'], ['::FFFF:c633:6407'], ['198.51.100.7:44213'], ['127.0.0.1'], ['10.0.0.5'], ['']])(
    'downloads from %s',
    async (ClientIP) => {
      isHarmless(await judged({ signIns: [entry('today', 3)], records: files('FileDownloaded', { ClientIP }) }));
    },
  );
});

describe('what Entra writes on the way to a sign-in is no failure', () => {
  const rows = (errorCode: number, n: number, extra: object = {}) =>
    Array.from({ length: n }, (_, i) =>
      entry(`e-${String(i)}`, 3, { createdDateTime: at(3, i), status: { errorCode }, ...extra }),
    );

  it('asking for the second factor five times, then a success', async () => {
    isQuiet(await judged({ signIns: [...rows(50074, 5), entry('ok', 2.5)] }));
  });
  it('polling with a token that ran out, and no success', async () => {
    isQuiet(await judged({ signIns: rows(70043, 8, { isInteractive: false }) }));
  });
  it('wrong passwords are', async () => {
    expect((await judged({ signIns: rows(50126, 8, ABROAD) })).findings.map((f) => f.kind)).toContain(
      'unusual_sign_in',
    );
  });
});

it('thirty files looked through from a strange place are a collection', async () => {
  const j = await judged({
    signIns: [entry('today', 5), entry('thief', 2.1, ABROAD)],
    records: files('FilePreviewed', { ClientIP: ABROAD.ipAddress }),
  });
  expect(
    j.findings.map((f) => f.kind),
    explain(j),
  ).toContain('bulk_collection');
  expect(outcomeOf(j)).toBe('escalate compromised');
});

describe('a consent', () => {
  const granted = (userAgent: string, ipAddress: string) => ({
    ...{ ...consent, activityDateTime: at(2), additionalDetails: [{ key: 'User-Agent', value: userAgent }] },
    initiatedBy: { user: { ...consent.initiatedBy.user, ipAddress } },
    targetResources: [
      {
        ...consent.targetResources[0],
        modifiedProperties: [
          { displayName: 'ConsentAction.Permissions', newValue: '"[] => [[Scope: Mail.Read, CreatedDateTime: ]]; "' },
          { displayName: 'TargetId.ServicePrincipalNames', newValue: '"44444444-4444-4444-8444-444444444444"' },
        ],
      },
    ],
  });
  it('that the sign-in service wrote is of the session of that time, and its machine is nobody’s place', async () => {
    const j = await judged({ signIns: [entry('today', 3)], audits: [granted('EvoSTS', '203.0.113.50')] });
    isHarmless(j);
    expect(j.findings.map((f) => f.kind)).toContain('app_consent');
    expect(JSON.stringify(j)).not.toContain('203.0.113.50');
  });
  it('from a strange place is from there', async () => {
    const j = await judged({
      signIns: [entry('today', 3), entry('thief', 2.1, ABROAD)],
      audits: [granted('Mozilla/5.0 (other)', ABROAD.ipAddress)],
    });
    expect(j.escalation.attack ?? 0).toBeGreaterThan(0.2);
  });
});

it('a record of the person’s from the person’s managed device stays with the person', async () => {
  isHarmless(
    await judged({
      signIns: [entry('today', 3)],
      records: [{ ...download, CreationTime: at(2), ClientIP: '198.51.100.7', IsManagedDevice: 'True' }],
    }),
  );
});
