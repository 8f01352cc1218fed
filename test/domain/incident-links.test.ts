import { describe, expect, it } from 'vitest';
import { incidentLinks as linksOf, type OwnThings } from '../../domain/incident-links.js';
import { after, DAY, event, finding } from './fixtures.js';

const NOTHING: OwnThings = { isProtectedAddress: () => false, apps: [] };
const incidentLinks = (
  findings: Parameters<typeof linksOf>[0],
  events: Parameters<typeof linksOf>[1],
  own: Partial<OwnThings> = {},
): readonly string[] => linksOf(findings, events, { ...NOTHING, ...own });

const foreign = event({ id: 'a', ip: '198.51.100.7', sessionId: 'S1', app: { id: 'A1' } });
const of = (events: Parameters<typeof incidentLinks>[1], given: object = {}): readonly string[] =>
  incidentLinks([finding({ events: events.map((e) => e.id), ...given })], events);

describe('links between cases', () => {
  it('are hashes of address, session and granted app, without what they hash', () => {
    const links = of([{ ...foreign, kind: 'app_grant' }], { kind: 'app_consent' });
    expect(links).toHaveLength(3);
    for (const link of links) expect(link).toMatch(/^[0-9a-f]{32}$/);
    expect(of([foreign, { ...foreign, id: 'b' }])).toEqual(of([foreign]));
  });

  it('are never the client that a person signs in with: it is everybody’s', () => {
    expect(of([foreign])).toEqual(of([event({ ip: '198.51.100.7', sessionId: 'S1' })]));
    const byApp = [event({ kind: 'sign_in', app: { id: 'A1' } })];
    expect(of(byApp, { kind: 'app_consent' })).toEqual([]);
  });

  it('are the granted app even when the subject consented at home', () => {
    const grant = [event({ kind: 'app_grant', app: { id: 'A1' } })];
    expect(of(grant, { kind: 'app_consent', ownSession: true })).toHaveLength(1);
  });

  it('are never the subject’s own rows that a finding compares with', () => {
    const own = event({ id: 'own', ip: '192.0.2.1' });
    const findings = [finding({ events: ['a', 'own'], foreignEvents: ['a'] })];
    expect(incidentLinks(findings, [foreign, own])).toEqual(of([foreign]));
  });

  it('are shared by cases with the same address, also across platforms', () => {
    const [mine] = of([event({ ip: '198.51.100.7' })]);
    expect(of([event({ platform: 'google', ip: '198.51.100.7' })])).toEqual([mine]);
    expect(of([event({ ip: '198.51.100.8' })])).not.toContain(mine);
  });

  it('keep sessions and apps of different platforms apart', () => {
    const consent = { kind: 'app_grant', sessionId: 'S1', app: { id: 'A1' } } as const;
    const slack = of([event(consent)], { kind: 'app_consent' });
    const google = of([event({ ...consent, platform: 'google' })], { kind: 'app_consent' });
    expect(new Set([...slack, ...google]).size).toBe(4);
  });

  it('never rest on an act of the own session, a faint finding or a row that no finding cites', () => {
    expect(of([foreign], { ownSession: true })).toEqual([]);
    expect(of([foreign], { confidence: 'low' })).toEqual([]);
    expect(incidentLinks([finding({ events: ['other'] })], [foreign])).toEqual([]);
  });

  it('are never an address of the organisation, nor an app of its own', () => {
    const grant = { ...foreign, kind: 'app_grant' } as const;
    const consent = [finding({ kind: 'app_consent', events: ['a'] })];
    expect(incidentLinks(consent, [grant])).toHaveLength(3);
    expect(incidentLinks(consent, [grant], { isProtectedAddress: (ip) => ip === foreign.ip })).toHaveLength(2);
    expect(incidentLinks(consent, [grant], { apps: ['A1'] })).toHaveLength(2);
    expect(incidentLinks(consent, [grant], { apps: ['A2'] })).toHaveLength(3);
  });

  it('are never an address from which the subject also got in without any finding', () => {
    const quiet = event({ id: 'q', kind: 'sign_in', ip: '198.51.100.7', at: after(-DAY) });
    const findings = [finding({ events: ['a'] })];
    expect(incidentLinks(findings, [foreign, quiet])).toHaveLength(1);
    expect(incidentLinks(findings, [foreign, { ...quiet, outcome: 'failure' }])).toHaveLength(2);
    expect(incidentLinks(findings, [foreign, { ...quiet, deviceKnown: false }])).toHaveLength(2);
  });
});
