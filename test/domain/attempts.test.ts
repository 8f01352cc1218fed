import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { PLATFORMS } from '../../platforms/registry.js';
import { defeatedAttempts, protectionAsked, strangersAttempts } from '../../domain/attempts.js';
import type { Episode } from '../../domain/attribution.js';
import type { EvidenceEvent } from '../../domain/evidence.js';
import { event } from './fixtures.js';

const failed = (ip: string, change: Partial<EvidenceEvent> = {}): EvidenceEvent =>
  event({ kind: 'sign_in_failed', outcome: 'failure', ip, ...change });
const episode = (change: Partial<Episode>): Episode => ({
  id: 'e',
  context: { kind: 'place' },
  acts: [],
  attempts: [],
  said: [],
  from: '2026-03-02T08:00:00.000Z',
  to: '2026-03-02T08:00:00.000Z',
  attribution: 'other',
  score: -4,
  facts: [],
  ...change,
});
const nothing = (): boolean => false;
const FROM = '2026-03-01T00:00:00.000Z';

describe('attempts of strangers', () => {
  it('are those of places where nobody ever got in, and that are nothing of the person’s', () => {
    const spray = episode({ attempts: [failed('203.0.113.9')] });
    const gotIn = episode({ attempts: [failed('203.0.113.8')], acts: [event({ kind: 'sign_in', ip: '203.0.113.8' })] });
    const wrongPassword = episode({ attempts: [failed('198.51.100.7')], score: -1 });
    expect(strangersAttempts([spray, gotIn, wrongPassword], FROM).map((e) => e.ip)).toEqual(['203.0.113.9']);
    expect(defeatedAttempts([wrongPassword], FROM, nothing)).toEqual([]);
  });

  it('need less against them with a tool and what is asked first, and never only what speaks for the person', () => {
    const tools = [{ code: 'client.scripted' }] as unknown as Episode['facts'];
    const stopped = failed('203.0.113.9', { kind: 'sign_in_stopped', at: '2026-03-02T00:00:00.000Z' });
    const told = (attempt: EvidenceEvent, score: number, facts: Episode['facts'] = tools) =>
      strangersAttempts([episode({ attempts: [attempt], score, facts })], FROM).length;
    expect([-2.5, -1, -0.5, 1].map((score) => told(stopped, score))).toEqual([1, 1, 0, 0]);
    expect([-2.5, -1].map((score) => told(stopped, score, []))).toEqual([1, 0]);
    expect([-2.5, -1].map((score) => told(failed('203.0.113.9'), score))).toEqual([1, 0]);
    expect(told({ ...stopped, at: '2026-02-01T00:00:00.000Z' }, -4)).toBe(0);
  });

  it('name for blocking no address that is protected or from which somebody got in', () => {
    const spray = episode({ attempts: ['203.0.113.9', '203.0.113.8', '192.0.2.1'].map((ip) => failed(ip)) });
    const own = episode({ acts: [event({ kind: 'sign_in', ip: '203.0.113.8' })], attribution: 'own', score: 5 });
    const [slack] = defeatedAttempts([spray, own], FROM, (ip) => ip === '192.0.2.1');
    expect(slack).toEqual({ platform: 'slack', count: 3, addresses: ['203.0.113.9'], moreAddresses: 0 });
  });

  it('name nothing where somebody works without a sign-in of its own, nor its neighbour in the same IPv6 home', () => {
    const spray = episode({ attempts: ['203.0.113.8', '2001:db8:7:1::b', '2001:db8:9:1::b'].map((ip) => failed(ip)) });
    const works = ['203.0.113.8', '2001:db8:7:1::a'].map((ip) => event({ kind: 'file_download', ip }));
    const own = episode({ acts: works, attribution: 'own', score: 5 });
    expect(defeatedAttempts([spray, own], FROM, nothing)[0]?.addresses).toEqual(['2001:db8:9:1::b']);
  });

  it('are told of by platform, in words that a responder can act on', () => {
    const many = Array.from({ length: 25 }, (_, i) => failed(`203.0.113.${String(i)}`, { platform: 'microsoft' }));
    const text = protectionAsked(
      defeatedAttempts(
        [episode({ attempts: [...many, failed('198.51.100.9', { platform: 'google' })] })],
        FROM,
        nothing,
        (platform) => PLATFORMS.of(platform).raiseProtection,
      ),
    );
    expect(text).toMatch(/google: 1 sign-in failed\..*2-Step Verification.*blocking: 198\.51\.100\.9\./);
    expect(text).toMatch(/microsoft: 25 sign-ins failed\..*Conditional Access.*203\.0\.113\.0, .* and 5 more\./);
  });

  it('are the same in any order and however often a place is told of', () => {
    const rows = fc.array(fc.record({ ip: fc.constantFrom('203.0.113.1', '203.0.113.2', '203.0.113.3') }), {
      minLength: 1,
    });
    fc.assert(
      fc.property(rows, (list) => {
        const episodes = list.map(({ ip }, i) => episode({ id: String(i), attempts: [failed(ip)] }));
        expect(defeatedAttempts([...episodes].reverse(), FROM, nothing)).toEqual(
          defeatedAttempts(episodes, FROM, nothing),
        );
      }),
    );
  });
});
