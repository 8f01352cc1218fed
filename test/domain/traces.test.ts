import { describe, expect, it } from 'vitest';
import type { EvidenceEvent } from '../../domain/evidence.js';
import { hasTraces, NO_TRACES } from '../../domain/pivot.js';
import { tracesIn, type OwnThings } from '../../domain/traces.js';
import { after, event, HOUR } from './fixtures.js';

const NOTHING: OwnThings = { isProtectedAddress: () => false, apps: [] };
const of = (foreign: readonly EvidenceEvent[], given: Partial<Parameters<typeof tracesIn>[0]> = {}) =>
  tracesIn({ foreign, grants: [], own: NOTHING, quiet: new Set(), ...given });

describe('traces of an attacker', () => {
  it('are addresses, sessions, unknown devices, apps, what was put there or shared, and where mail goes', () => {
    const app = { id: 'A1' };
    const grant = event({ kind: 'app_grant', app });
    const traces = of(
      [
        event({
          kind: 'sign_in',
          ip: '203.0.113.9',
          sessionId: 'S1',
          deviceId: 'D1',
          deviceKnown: false,
          at: after(0),
        }),
        event({ kind: 'share', target: { type: 'link', id: 'F1' }, at: after(HOUR) }),
        event({ kind: 'file_download', target: { type: 'file', id: 'F2' }, at: after(HOUR) }),
        event({ kind: 'mail_rule', externalRecipients: ['drop@example.net'], at: after(HOUR) }),
        event({
          kind: 'mail_access',
          labels: ['outside'],
          target: { type: 'delegate', id: 'k', name: 'way@example.net' },
          at: after(HOUR),
        }),
      ],
      { grants: [grant] },
    );
    const slack = (id: string) => [{ platform: 'slack', id }];
    expect(traces).toMatchObject({
      ...{ addresses: ['203.0.113.9'], sessions: slack('S1'), devices: slack('D1'), apps: slack('A1') },
      ...{ files: slack('F1'), since: after(0) },
    });
    expect([...traces.forwards].sort()).toEqual(['drop@example.net', 'way@example.net']);
    expect(hasTraces(traces)).toBe(true);
    expect(hasTraces(of([]))).toBe(false);
    expect(of([])).toEqual(NO_TRACES);
  });

  it('are never what is the organisation’s, the subject’s own address or a device that is known', () => {
    const row = event({ kind: 'sign_in', ip: '203.0.113.9', deviceId: 'D1', deviceKnown: true });
    expect(of([row]).devices).toEqual([]);
    expect(of([row], { quiet: new Set(['203.0.113.9']) }).addresses).toEqual([]);
    expect(of([row], { own: { ...NOTHING, isProtectedAddress: () => true } }).addresses).toEqual([]);
    const grants = [event({ kind: 'app_grant', app: { id: 'A1' } })];
    expect(of([row], { grants, own: { ...NOTHING, apps: ['A1'] } }).apps).toEqual([]);
  });

  it('are of an attempt that failed its address alone', () => {
    const row = event({ kind: 'sign_in_failed', ip: '203.0.113.9', sessionId: 'S1', outcome: 'failure' });
    expect(of([row])).toMatchObject({ addresses: ['203.0.113.9'], sessions: [] });
  });

  it('are the newest, no more than can be looked for', () => {
    const rows = Array.from({ length: 30 }, (_, i) => event({ ip: `203.0.113.${String(i)}`, at: after(i * HOUR) }));
    const { addresses } = of(rows);
    expect(addresses).toHaveLength(20);
    expect(addresses[0]).toBe('203.0.113.29');
    expect(of([...rows].reverse()).addresses).toEqual(addresses);
  });
});
