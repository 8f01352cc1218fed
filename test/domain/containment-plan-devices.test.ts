import { describe, expect, it } from 'vitest';
import type { EvidenceEvent } from '../../domain/evidence.js';
import { after, AWAY, event, finding, HOME } from './fixtures.js';
import { steps, thing } from './planning.js';

describe('a device that somebody else registered', () => {
  const at = (minutes: number, change: Partial<EvidenceEvent>): EvidenceEvent =>
    event({ id: `r${minutes}`, kind: 'sign_in', at: after(minutes * 60_000), platform: 'microsoft', ...change });
  const thief = { ...AWAY, sessionId: 'S9' };
  const came = at(0, thief);
  const registered = at(30, { ...thief, deviceId: 'D9', deviceKnown: true });
  const took = at(60, { ...thief, kind: 'file_download' });
  const disabled = (rows: readonly EvidenceEvent[]): readonly string[] =>
    steps({
      events: rows,
      findings: [
        finding({
          kind: 'bulk_collection',
          platform: 'microsoft',
          events: rows.filter((e) => e.kind === 'file_download').map((e) => e.id),
          whose: 'unknown',
        }),
      ],
    })
      .filter((a) => a.kind === 'disable_device')
      .map(thing);

  it('is disabled: it came after the stranger, and is in nothing but the stranger’s sessions', () => {
    expect(disabled([came, registered, took])).toEqual(['D9']);
  });

  it.each<[string, readonly EvidenceEvent[]]>([
    [
      'is not what the stolen session began on',
      [at(-60, { ...HOME, sessionId: 'S9', deviceId: 'D9', deviceKnown: true }), took],
    ],
    [
      'nor what the person uses elsewhere',
      [came, registered, took, at(90, { ...HOME, sessionId: 'S1', deviceId: 'D9' })],
    ],
    [
      'nor what the stolen session is used on at another place',
      [came, at(30, { ...HOME, sessionId: 'S9', deviceId: 'D9', deviceKnown: true }), took],
    ],
    [
      'nor a laptop that the person came in with after the theft',
      [{ ...came, kind: 'file_download', ip: '203.0.113.99', sessionId: 'S8' }, registered, took],
    ],
    ['nor one that came where a phone was before', [{ ...came, deviceId: 'PHONE' }, registered, took]],
    ['nor what the directory does not know', [came, { ...registered, deviceKnown: false }, took]],
    ['nor what was there before the stranger', [at(-90, { ...thief, deviceId: 'D9', deviceKnown: true }), came, took]],
  ])('%s', (_name, rows) => {
    expect(disabled(rows)).toEqual([]);
  });
});
