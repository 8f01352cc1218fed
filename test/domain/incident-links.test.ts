import { describe, expect, it } from 'vitest';
import { incidentLinks } from '../../domain/incident-links.js';
import { event, finding } from './fixtures.js';

const foreign = event({ id: 'a', ip: '198.51.100.7', sessionId: 'S1', app: { id: 'A1' } });
const of = (events: Parameters<typeof incidentLinks>[1], given: object = {}): readonly string[] =>
  incidentLinks([finding({ events: events.map((e) => e.id), ...given })], events);

describe('links between cases', () => {
  it('are hashes of address, session and app, without what they hash', () => {
    const links = of([foreign]);
    expect(links).toHaveLength(3);
    for (const link of links) expect(link).toMatch(/^[0-9a-f]{32}$/);
    expect(of([foreign, { ...foreign, id: 'b' }])).toEqual(links);
  });

  it('are shared by cases with the same address, also across platforms', () => {
    const [mine] = of([event({ ip: '198.51.100.7' })]);
    expect(of([event({ platform: 'google', ip: '198.51.100.7' })])).toEqual([mine]);
    expect(of([event({ ip: '198.51.100.8' })])).not.toContain(mine);
  });

  it('keep sessions and apps of different platforms apart', () => {
    const slack = of([event({ sessionId: 'S1', app: { id: 'A1' } })]);
    const google = of([event({ platform: 'google', sessionId: 'S1', app: { id: 'A1' } })]);
    expect(new Set([...slack, ...google]).size).toBe(4);
  });

  it('never rest on the own session, a faint finding or a row that no finding cites', () => {
    expect(of([foreign], { ownSession: true })).toEqual([]);
    expect(of([foreign], { confidence: 'low' })).toEqual([]);
    expect(incidentLinks([finding({ events: ['other'] })], [foreign])).toEqual([]);
  });
});
