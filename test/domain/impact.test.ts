import { describe, expect, it } from 'vitest';
import type { FindingKind, Impact } from '../../domain/finding.js';
import { impactOf, isCritical } from '../../domain/impact.js';
import { defaultPolicy, event, finding, series } from './fixtures.js';

const { critical } = defaultPolicy;
const NONE: Impact = {
  level: 'none',
  criticalItems: 0,
  exposedSecrets: 0,
  confirmedLeaks: 0,
  externalTransfers: 0,
  criticalTransfers: 0,
};
const board = (n: number, given: object = {}): ReturnType<typeof series> =>
  series(n, { kind: 'file_download', ...given }).map((e, i) => ({
    ...e,
    target: { type: 'file' as const, id: `F${i}`, name: `merger-${i}.docx` },
  }));
const ids = (events: readonly { readonly id: string }[]): string[] => events.map((e) => e.id);

describe('critical business data', () => {
  it.each([
    ['a label of the vendor', { labels: ['Highly Confidential'] }, true],
    ['another label', { labels: ['attachment', 'confidential'] }, false],
    ['a channel of the list', { channel: { id: 'C1', name: 'board' } }, true],
    ['a channel as people write it', { channel: { id: 'C1', name: '#board' } }, true],
    ['another channel', { channel: { id: 'C1', name: 'boardgames' } }, false],
    ['a word in a file name', { target: { type: 'file' as const, id: 'F', name: 'Source_Code.zip' } }, true],
    ['a word in a channel name', { channel: { id: 'C1', name: 'proj-merger-2026' } }, true],
    ['part of another word', { target: { type: 'file' as const, id: 'F', name: 'emergers.txt' } }, false],
    ['an id without a name', { target: { type: 'file' as const, id: 'merger' } }, false],
  ])('%s', (_, given, expected) => {
    expect(isCritical(event(given), critical)).toBe(expected);
  });
});

describe('impact', () => {
  const of = (
    kind: FindingKind,
    events: ReturnType<typeof series>,
    secrets: Parameters<typeof impactOf>[3] = [],
  ): Impact => impactOf([finding({ kind, events: ids(events) })], events, critical, secrets);

  it('is high from the items of the policy on, counted as different items', () => {
    expect(of('bulk_collection', board(critical.highItems))).toEqual({
      ...NONE,
      level: 'high',
      criticalItems: critical.highItems,
    });
    expect(of('bulk_collection', board(critical.highItems - 1)).level).toBe('limited');
    const same = board(critical.highItems).map((e) => ({
      ...e,
      target: { type: 'file' as const, id: 'F', name: 'merger' },
    }));
    expect(of('bulk_collection', same)).toMatchObject({ level: 'limited', criticalItems: 1 });
  });

  it('counts only what findings of collection cite', () => {
    expect(impactOf([finding({ events: [] })], board(9), critical, [])).toEqual(NONE);
    expect(of('unusual_sign_in', board(9))).toEqual(NONE);
    expect(of('bulk_collection', series(9, { kind: 'file_download' }))).toEqual({ ...NONE, level: 'limited' });
  });

  it('knows secrets by fingerprint and is high when one is confirmed, in a single message too', () => {
    const messages = series(2);
    const hits = messages.map((e) => ({ eventId: e.id, fingerprint: 'k', kind: 'aws-key' }));
    expect(of('credential_exposed', messages, hits)).toEqual({ ...NONE, level: 'limited', exposedSecrets: 1 });
    const confirmed = [...hits, { eventId: messages[0]!.id, fingerprint: 'm', kind: 'token', confirmed: true }];
    expect(of('credential_exposed', messages, confirmed)).toEqual({
      ...NONE,
      level: 'high',
      exposedSecrets: 2,
      confirmedLeaks: 1,
      leakFindings: [expect.any(String)],
    });
    expect(of('unusual_sign_in', messages, confirmed)).toEqual(NONE);
  });

  it.each(['leakedCredentials', 'account_disabled_password_leak', 'leaked_password'])(
    'is high when the issuer says that the credential of the account leaked: %s',
    (reason) => {
      const told = series(2, { kind: 'platform_alert', platform: 'microsoft', reasons: [reason] });
      const { confirmedLeaks, level, leakFindings } = of('platform_alert', told);
      expect({ confirmedLeaks, level, cited: leakFindings?.length }).toEqual({
        confirmedLeaks: 1,
        level: 'high',
        cited: 1,
      });
      expect(impactOf([finding({ events: [] })], told, critical, []).confirmedLeaks).toBe(0);
      const other = series(2, { kind: 'platform_alert', reasons: ['unlikelyTravel'] });
      expect(of('platform_alert', other).confirmedLeaks).toBe(0);
    },
  );

  it('counts transfers to the outside by their rows, not by the sign-in that authenticates them', () => {
    const rows = [...series(2, { kind: 'share' }), event({ kind: 'sign_in' })];
    expect(of('external_share', rows).externalTransfers).toBe(2);
    expect(of('bulk_collection', rows).externalTransfers).toBe(0);
  });

  it('counts as critical only the transfers of what is critical, by whichever row says so', () => {
    const [one, other] = [1, 2].map((i) => ({ type: 'file' as const, id: `F${i}` }));
    const rows = [
      event({ kind: 'file_download', target: { ...one!, name: 'merger.pdf' } }),
      event({ kind: 'share', target: one! }),
      event({ kind: 'share', target: other! }),
    ];
    expect(of('external_share', rows)).toMatchObject({ criticalItems: 1, externalTransfers: 2, criticalTransfers: 1 });
    expect(of('external_share', rows.slice(1))).toMatchObject({ criticalItems: 0, criticalTransfers: 0 });
  });
});
