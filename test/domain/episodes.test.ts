import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { groupContexts, type ContextRows } from '../../domain/episodes.js';
import type { EvidenceEvent } from '../../domain/evidence.js';
import { after, AWAY, DAY, event, HOME, HOUR, MINUTE } from './fixtures.js';

const CHROME =
  'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/131.0.0.0 Safari/537.36';
const NEWER = CHROME.replace('131.0.0.0', '132.0.6834.83');
const FIREFOX = 'Mozilla/5.0 (X11; Linux x86_64; rv:133.0) Gecko/20100101 Firefox/133.0';
const home = { ...HOME, userAgent: CHROME };
const away = { ...AWAY, userAgent: FIREFOX };

const sorted = (rows: readonly EvidenceEvent[]): readonly EvidenceEvent[] =>
  [...rows].sort((a, b) => (a.at < b.at ? -1 : a.at > b.at ? 1 : a.id < b.id ? -1 : 1));
const group = (rows: readonly EvidenceEvent[]) => groupContexts(sorted(rows));
/** The ids of the rows in one episode together, for each episode. */
const together = (rows: readonly EvidenceEvent[]): readonly (readonly string[])[] => {
  const { contexts, contextOf } = group(rows);
  return contexts.map((c) => rows.filter((e) => contextOf(e)?.id === c.id).map((e) => e.id));
};
const row = (
  id: string,
  kind: EvidenceEvent['kind'],
  hours: number,
  given: Partial<EvidenceEvent> = {},
): EvidenceEvent => event({ id, kind, at: after(hours * HOUR), ...given });
const only = (rows: readonly EvidenceEvent[]): ContextRows => {
  const { contexts } = group(rows);
  expect(contexts).toHaveLength(1);
  return contexts[0]!;
};

describe('rows are of one episode', () => {
  it('by place and client: two programs at one address are two, one program at two addresses are two', () => {
    const rows = [
      row('a', 'sign_in', 1, home),
      row('b', 'file_download', 2, home),
      row('c', 'file_download', 3, { ...home, userAgent: FIREFOX }),
      row('d', 'file_download', 4, { ...home, ip: AWAY.ip }),
    ];
    expect(together(rows)).toEqual([['a', 'b'], ['c'], ['d']]);
  });

  it('by the program, not its version: an update is no other client', () => {
    expect(together([row('a', 'sign_in', 1, home), row('b', 'message', 2, { ...home, userAgent: NEWER })])).toEqual([
      ['a', 'b'],
    ]);
  });

  it('by the device where the vendor names one', () => {
    const rows = [
      row('a', 'sign_in', 1, { ...home, deviceId: 'D1' }),
      row('b', 'message', 2, { ...home, userAgent: FIREFOX, deviceId: 'D1' }),
      row('c', 'message', 3, { ...home, deviceId: 'D2' }),
    ];
    expect(together(rows)).toEqual([['a', 'b'], ['c']]);
  });

  it('by the /64 of an IPv6 address, also where an IPv4 address is written as one', () => {
    const at = (ip: string) => ({ ...home, ip });
    const rows = [
      row('a', 'sign_in', 1, at('2001:db8:1:2:aaaa::1')),
      row('b', 'message', 2, at('2001:db8:1:2:bbbb::9')),
      row('c', 'message', 3, at('2001:db8:1:3::1')),
      row('d', 'message', 4, at('192.0.2.10')),
      row('e', 'message', 5, at('::ffff:192.0.2.10')),
    ];
    expect(together(rows)).toEqual([['a', 'b'], ['c'], ['d', 'e']]);
  });

  it('by the session: rows that tell no place are where their session is', () => {
    const rows = [
      row('a', 'sign_in', 1, { ...home, sessionId: 'S1' }),
      row('b', 'sign_in', 2, { ...away, sessionId: 'S2' }),
      row('c', 'message', 3, { sessionId: 'S1' }),
      row('d', 'message', 4, { sessionId: 'S2' }),
      row('e', 'message', 0.5, { sessionId: 'S2' }), // its sign-in came later in the log
    ];
    expect(together(rows).map((ids) => ids.toSorted())).toEqual([
      ['b', 'd', 'e'],
      ['a', 'c'],
    ]);
  });

  it('by a session without any place: an episode of its own', () => {
    const rows = [row('a', 'message', 1, { sessionId: 'S1' }), row('b', 'message', 2, { sessionId: 'S2' })];
    expect(together(rows)).toEqual([['a'], ['b']]);
    expect(group(rows).contexts.map((c) => c.context.kind)).toEqual(['session', 'session']);
  });

  it('by the app in whose name they are, wherever from; a client that a person signs in with is no such app', () => {
    const app = { id: 'A1' };
    const rows = [
      row('a', 'api_activity', 1, { app, ip: AWAY.ip }),
      row('b', 'file_download', 2, { app, ip: '203.0.113.9' }),
      row('c', 'sign_in', 3, { ...home, app }),
      row('d', 'app_grant', 4, { ...home, app }),
      row('e', 'api_activity', 5, { app: { id: 'A2' }, ip: AWAY.ip }),
    ];
    expect(together(rows)).toEqual([['a', 'b'], ['c', 'd'], ['e']]);
  });

  describe('by the app at whose address they are, where a log names none', () => {
    const tool = { app: { id: 'A1', name: 'CloudLift Mover' }, ip: AWAY.ip };
    const bare = { ip: AWAY.ip };

    it('within two hours of what names it, on the same platform, for what apps do', () => {
      const rows = [
        row('a', 'api_activity', 3, tool),
        row('before', 'conversation_read', 1, bare),
        row('after', 'file_download', 5, bare),
        row('late', 'conversation_read', 5.1, bare),
        row('abroad', 'conversation_read', 3, { ...bare, platform: 'google' }),
        row('password', 'credential_change', 3, bare),
      ];
      const { contextOf } = group(rows);
      const app = contextOf(rows[0]!)?.id;
      expect(rows.filter((e) => contextOf(e)?.id === app).map((e) => e.id)).toEqual(['a', 'before', 'after']);
    });

    it('but not a row that names its client, session or device, nor where a person came in', () => {
      const named = [{ userAgent: FIREFOX }, { sessionId: 'S1' }, { deviceId: 'D1' }];
      for (const own of named) {
        const rows = [row('a', 'api_activity', 1, tool), row('b', 'conversation_read', 1, { ...bare, ...own })];
        expect(
          group(rows)
            .contexts.map((c) => c.context.kind)
            .sort(),
        ).toEqual(['app', 'place']);
      }
      for (const kind of ['sign_in', 'session'] as const) {
        const rows = [
          row('a', 'api_activity', 1, tool),
          row('b', 'conversation_read', 1, bare),
          row('c', kind, 30, bare),
        ];
        expect(group(rows).contextOf(rows[1]!)?.context.kind).toBe('place');
      }
      const failed = [
        row('a', 'api_activity', 1, tool),
        row('b', 'conversation_read', 1, bare),
        row('c', 'sign_in_failed', 1, bare),
      ];
      expect(group(failed).contextOf(failed[1]!)?.context.kind).toBe('app');
    });

    it('on another platform by the name that a tool gives itself, never by that of a browser or a library', () => {
      const named = (name: string, userAgent: string): string | undefined => {
        const moved = row('b', 'file_upload', 1, { ...bare, platform: 'google', userAgent });
        return group([row('a', 'api_activity', 1, { ip: AWAY.ip, app: { id: 'A1', name } }), moved]).contextOf(moved)
          ?.context.app;
      };
      expect(named('CloudLift Mover', 'CloudLift/7.2')).toBe('slack:A1');
      expect(named('CloudLift Mover', 'Other/7.2')).toBeUndefined();
      expect(named('Mozilla Chrome Firefox', CHROME)).toBeUndefined();
      expect(named('curl helper', 'curl/8.9.1')).toBeUndefined();
    });

    it('and of two as near that with the lesser id, whichever was read first', () => {
      const [a, b, both] = [
        row('a', 'api_activity', 1, { ...tool, app: { id: 'A1' } }),
        row('b', 'api_activity', 1, { ...tool, app: { id: 'A2' } }),
        row('c', 'conversation_read', 1, bare),
      ];
      for (const rows of [
        [a, b, both],
        [b, a, both],
      ])
        expect(groupContexts(rows).contextOf(both)?.context.app).toBe('slack:A1');
    });

    it('and the nearest of several, whatever the order and however often a row is read', () => {
      const rows = fc.array(
        fc.record({
          kind: fc.constantFrom('api_activity', 'conversation_read', 'sign_in', 'file_download'),
          given: fc.constantFrom(
            tool,
            bare,
            { ...tool, app: { id: 'A2' } },
            { ...bare, userAgent: FIREFOX },
            { ...bare, userAgent: 'CloudLift/7.2', platform: 'google' as const },
          ),
          minute: fc.integer({ min: 0, max: 300 }),
        }),
        { minLength: 1, maxLength: 12 },
      );
      fc.assert(
        fc.property(rows, fc.infiniteStream(fc.nat()), (drafts, random) => {
          const some = drafts.map(({ kind, given, minute }, n) =>
            event({ id: `r${String(n)}`, kind: kind as EvidenceEvent['kind'], at: after(minute * MINUTE), ...given }),
          );
          const byTime = (all: readonly EvidenceEvent[]) =>
            groupContexts([...all].sort((a, b) => (a.at < b.at ? -1 : a.at > b.at ? 1 : 0)));
          const once = byTime(some);
          const mixed = [...some, ...some]
            .map((e) => ({ e, key: random.next().value as number }))
            .sort((a, b) => a.key - b.key)
            .map(({ e }) => e);
          const again = byTime(mixed);
          for (const e of some) expect(again.contextOf(e)?.context.app).toBe(once.contextOf(e)?.context.app);
        }),
        { numRuns: 300 },
      );
    });
  });

  it('over platforms: the same place and client is the same actor; an app id is a platform’s own', () => {
    const rows = [
      row('a', 'sign_in', 1, home),
      row('b', 'file_download', 2, { ...home, platform: 'google' }),
      row('c', 'message', 3, { ...home, platform: 'microsoft' }),
      row('d', 'api_activity', 4, { app: { id: 'A1' } }),
      row('e', 'api_activity', 5, { app: { id: 'A1' }, platform: 'google' }),
    ];
    expect(together(rows)).toEqual([['a', 'b', 'c'], ['d'], ['e']]);
    expect(new Set(group(rows).contexts[0]?.acts.map((e) => e.platform)).size).toBe(3);
  });

  it('by the access before them, where a log tells neither address nor session', () => {
    const google = { platform: 'google' } as const;
    const rows = [
      row('a', 'sign_in', 1, { ...home, ...google }),
      row('b', 'message', 2, google),
      row('c', 'sign_in', 3, { ...away, ...google }),
      row('d', 'conversation_read', 4, google),
      row('e', 'sign_in', 4.5, home), // on another platform
      row('f', 'conversation_read', 5, google),
    ];
    // The newest access of the same platform first; the one at home on another platform is of the first episode.
    expect(together(rows)).toEqual([
      ['a', 'b', 'e'],
      ['c', 'd', 'f'],
    ]);
    const late = row('z', 'message', 3 + 25, google);
    expect(group([...rows, late]).contextOf(late)?.context.kind).not.toBe('place'); // too long ago to say
  });

  it('by the nearest client at that place, where a row tells none', () => {
    const rows = [
      row('a', 'sign_in', 1, home),
      row('b', 'sign_in', 2, { ...home, userAgent: FIREFOX }),
      row('c', 'file_download', 3, { ip: home.ip }),
      row('d', 'file_download', 0.5, { ip: home.ip }),
    ];
    expect(together(rows).map((ids) => ids.toSorted())).toEqual([
      ['a', 'd'],
      ['b', 'c'],
    ]);
  });
});

describe('an episode', () => {
  it('keeps what failed apart from what took place, and what the vendor says from both', () => {
    const { acts, attempts, said, from, to } = only([
      row('f', 'sign_in_failed', 1, home),
      row('a', 'sign_in', 2, home),
      row('x', 'file_download', 3, { ...home, outcome: 'blocked' }),
      row('b', 'file_download', 4, home),
      row('p', 'platform_alert', 5, { ...home, reasons: ['tor'] }),
    ]);
    expect([acts, attempts, said].map((rows) => rows.map((e) => e.id))).toEqual([['a', 'b'], ['f', 'x'], ['p']]);
    expect([from, to]).toEqual([after(HOUR), after(5 * HOUR)]);
  });

  it('holds nothing that is only seen to be there, nor what others did', () => {
    const rows = [
      row('s', 'app_grant', 1, { ...home, labels: ['state'] }),
      row('r', 'mail_rule', 2, { target: { type: 'setting', id: 'R' } }),
      row('m', 'message_received', 3, home),
      row('n', 'security_notice', 4, home),
    ];
    expect(group(rows).contexts).toEqual([]);
  });
});

describe('a row of an app’s machine', () => {
  const app = { id: 'A1' };
  const machine = { ...AWAY, userAgent: 'notes-agent/2.1' };
  const acts = [1, 2].map((n) => row(`a${n}`, 'conversation_read', n, { ...machine, app }));
  const apart = (...rows: readonly EvidenceEvent[]) =>
    group([...acts, ...rows]).contexts.filter((c) => c.context.kind !== 'app');

  it.each<[string, Partial<EvidenceEvent>]>([
    ['that a log of access has of the person', { kind: 'api_activity' }],
    ['where its token is renewed', { kind: 'sign_in', authentication: 'token', sessionId: 'S1', app }],
    ['where it is given more scopes', { kind: 'app_grant', app }],
    ['that the vendor raises an alert about', { kind: 'platform_alert' }],
  ])('is the app’s: %s', (_, given) => {
    expect(apart(row('x', 'session', 3, { ...machine, ...given }))).toEqual([]);
  });

  it.each<[string, Partial<EvidenceEvent>]>([
    ['in a session', { sessionId: 'S1' }],
    ['that somebody signed in for', { kind: 'sign_in', authentication: 'password' }],
    ['of a token of another program', { kind: 'sign_in', authentication: 'token' }],
    ['of another program at the address', { userAgent: FIREFOX }],
    ['at another address', { ip: HOME.ip }],
    ['that lets another app in', { kind: 'app_grant', app: { id: 'A2' } }],
    ['that takes a file without the app', { kind: 'file_download' }],
  ])('is somebody’s: %s', (_, given) => {
    expect(apart(row('x', 'session', 3, { ...machine, ...given }))).toHaveLength(1);
  });

  it('is nobody’s app’s where two apps act, or a person does too', () => {
    const access = row('x', 'session', 3, machine);
    expect(apart(access, row('b', 'conversation_read', 4, { ...machine, app: { id: 'A2' } }))).toHaveLength(1);
    expect(apart(access, row('p', 'file_download', 4, machine))).toHaveLength(1);
  });
});

describe('the id of an episode', () => {
  it('is the same whatever else is read, in whatever order', () => {
    const places = [home, away, { ...home, ip: '192.0.2.77' }, { sessionId: 'S1' }, { app: { id: 'A1' } }] as const;
    const rows = fc.array(
      fc
        .record({ place: fc.constantFrom(...places), minute: fc.integer({ min: 0, max: 3000 }) })
        .map(({ place, minute }) => event({ kind: 'api_activity', at: after(minute * MINUTE), ...place })),
      { minLength: 1, maxLength: 20 },
    );
    const more = fc.array(
      fc
        .integer({ min: 0, max: 3000 })
        .map((m) => event({ kind: 'sign_in', at: after(m * MINUTE), ip: '203.0.113.200', userAgent: FIREFOX })),
      { maxLength: 5 },
    );
    fc.assert(
      fc.property(rows, more, (some, others) => {
        const alone = group(some);
        const whole = group([...others, ...[...some].reverse()]);
        for (const e of some) expect(whole.contextOf(e)?.id).toBe(alone.contextOf(e)?.id);
      }),
      { numRuns: 200 },
    );
  });

  it('is the same on another day, and says nothing of the place in clear', () => {
    const [one, other] = [1, 9].map((days) => only([event({ kind: 'sign_in', at: after(days * DAY), ...home })]));
    expect(one?.id).toBe(other?.id);
    expect(one?.id).toMatch(/^ep-[0-9a-f]{16}$/);
  });
});
