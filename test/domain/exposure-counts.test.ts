import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { EvidenceEvent, EventKind } from '../../domain/evidence.js';
import type { ActingContext } from '../../domain/exposure-contexts.js';
import type { ReadSources } from '../../domain/exposure-sources.js';
import { ledgerOf, type Ledger } from '../../domain/exposure.js';
import { after, defaultPolicy, event, finding, HOUR } from './fixtures.js';

const at = (hour: number): string => after(hour * HOUR);
/** Rows of a foreign session, by a strong finding over the first of them. */
const taken = (events: readonly EvidenceEvent[], given: Partial<Parameters<typeof ledgerOf>[0]> = {}): Ledger =>
  ledgerOf({
    findings: [finding({ kind: 'session_reuse', events: ['in'] })],
    events: [event({ id: 'in', kind: 'sign_in', sessionId: 'S9', at: at(1) }), ...events],
    secrets: [],
    critical: defaultPolicy.critical,
    gaps: [],
    accounts: ['U1'],
    ...given,
  });
let rows = 0;
const foreign = (given: Partial<EvidenceEvent>): EvidenceEvent =>
  event({ id: `r${String(rows++)}`, sessionId: 'S9', at: at(2), ...given });
const received = (id: string, given: Partial<EvidenceEvent> = {}): EvidenceEvent =>
  event({ id, kind: 'message_received', actor: 'U2', channel: { id: 'C1' }, at: at(0), ...given });
/** Nothing of a tenant logs reading; what there is is listed. */
const blind: readonly ReadSources[] = [
  {
    ...{ platform: 'slack', tenant: 'main', from: at(-100), to: at(100) },
    sources: (['messages', 'files'] as const).map((what) => ({
      ...{ platform: 'slack', tenant: 'main', source: `slack.${what}`, rows: 1, status: 'complete', lagSeconds: 0 },
      logSource: what === 'messages' ? ('chat_history' as const) : ('file_transfer' as const),
    })),
  },
];

describe('what is counted', () => {
  it('takes the number that an API log gives: 40 calls of 50 messages are up to 2,000 messages', () => {
    const calls = Array.from({ length: 40 }, () =>
      foreign({ kind: 'api_activity', operation: 'messages.list', app: { id: 'A1' }, count: 50 }),
    );
    const { counts, apiReads, items } = taken(calls);
    expect(counts.messages).toEqual({ logged: 2000, inferred: 0, possible: 0 });
    expect(apiReads.calls).toBe(40);
    expect(items).toMatchObject([{ what: 'api', count: 2000, unit: 'messages', upTo: true, calls: 40 }]);
  });

  it('never takes calls without a number for nothing, and keeps their bytes', () => {
    const calls = Array.from({ length: 3 }, () =>
      foreign({
        kind: 'api_activity',
        operation: 'chat.spaces.messages.list',
        app: { id: 'A1', name: 'x' },
        bytes: 1000,
      }),
    );
    const write = foreign({ kind: 'api_activity', operation: 'chat.spaces.messages.create', app: { id: 'A1' } });
    const log = foreign({ kind: 'api_activity', operation: 'team.accessLogs', count: 700 });
    const { counts, apiReads } = taken([...calls, write, log]);
    expect(counts.calls).toEqual({ logged: 3, inferred: 700, possible: 0 });
    expect(apiReads).toEqual({ calls: 703, bytes: 3000 });
  });

  it.each(['file_view', 'file_download'])('counts a %s as a file', (kind) => {
    const { counts } = taken([foreign({ kind: kind as EventKind, target: { type: 'file', id: 'F1' } })]);
    expect(counts.files).toEqual({ logged: 1, inferred: 0, possible: 0 });
  });

  it('infers the messages of a conversation that was read, up to the reading, or takes the number of the listing', () => {
    const messages = [received('a'), received('b'), received('late', { at: at(5) })];
    const read = (count?: number): Ledger =>
      taken([...messages, foreign({ kind: 'conversation_read', channel: { id: 'C1' }, ...(count ? { count } : {}) })]);
    expect(read().counts).toMatchObject({
      conversations: { logged: 1, inferred: 0 },
      messages: { logged: 0, inferred: 2, possible: 0 },
    });
    expect(read(1).counts.messages).toEqual({ logged: 1, inferred: 1, possible: 0 });
    expect(read(50).counts.messages).toEqual({ logged: 50, inferred: 0, possible: 0 });
    expect(read(50).people.inferred).toEqual(['U2']);
  });

  it('says what may have been read where nothing logs reading, and only in reach of somebody else', () => {
    const reach = [received('a'), received('b', { channel: { id: 'C2' } }), received('late', { at: at(9) })];
    const paper = event({ kind: 'file_upload', target: { type: 'file', id: 'F7' }, actor: 'U3', at: at(0) });
    const { counts, people } = taken([...reach, paper], { collections: blind });
    expect(counts).toMatchObject({
      conversations: { logged: 0, inferred: 0, possible: 2 },
      messages: { logged: 0, inferred: 0, possible: 2 },
      files: { logged: 0, inferred: 0, possible: 1 },
    });
    expect(people).toMatchObject({ logged: [], inferred: [], possible: ['U2', 'U3'] });
    const own = taken([...reach, paper], { collections: blind, findings: [] });
    expect(own.items).toEqual([]);
  });

  it('keeps links, exports and what stayed inside apart, and sees the use of a link', () => {
    const share = (id: string, given: Partial<EvidenceEvent>): EvidenceEvent =>
      foreign({ kind: 'share', target: { type: 'file', id }, operation: 'file_public_link_created', ...given });
    const { counts, shares } = taken([
      share('F1', { externalRecipients: ['X@example.org'] }),
      event({ kind: 'file_download', actor: 'x@example.org', target: { type: 'file', id: 'F1' }, at: at(3) }),
      share('F2', {}),
      event({ kind: 'file_download', actor: 'U5', target: { type: 'file', id: 'F2' }, at: at(3) }),
      share('F3', { operation: 'file_shared' }),
      share('F4', { operation: 'AnonymousLinkCreated' }),
      event({ kind: 'api_activity', operation: 'AnonymousLinkUsed', target: { type: 'file', id: 'F4' }, at: at(3) }),
      foreign({ kind: 'export', target: { type: 'export', id: 'E1' } }),
    ]);
    expect([counts.links.logged, counts.exports.logged]).toEqual([4, 1]);
    expect(shares).toEqual({ outside: 3, used: 2 });
  });

  it('takes the contexts that somebody else has told apart', () => {
    const row = event({ id: 'x', kind: 'file_download', target: { type: 'file', id: 'F1' }, at: at(2) });
    const context: ActingContext = {
      ...{ platform: 'slack', tenant: 'main', from: at(2), to: at(2), foreign: true, events: ['x'] },
    };
    expect(taken([row], { findings: [], contexts: [context] }).counts.files.logged).toBe(1);
    expect(taken([row], { findings: [] }).counts.files.logged).toBe(0);
  });
});

describe('people affected', () => {
  it('are never the subject or who acted, and are said to be known as well as they are', () => {
    const { people } = taken([
      received('a', { text: 'ask Kim.Roe@example.com or <@U0OTHER>', actor: 'U2' }),
      event({ kind: 'file_upload', actor: 'U4', target: { type: 'file', id: 'F1' }, at: at(0) }),
      foreign({ kind: 'conversation_read', channel: { id: 'C1' } }),
      foreign({
        kind: 'file_download',
        target: { type: 'file', id: 'F1', name: 'Payslip Jane Doe ann@example.com.pdf' },
      }),
      foreign({ kind: 'message', channel: { id: 'C2' }, target: { type: 'user', id: 'U6' }, actor: 'U1' }),
      foreign({
        kind: 'share',
        target: { type: 'file', id: 'F1' },
        externalRecipients: ['thief@example.org'],
        actor: 'U9',
      }),
    ]);
    expect(people).toEqual({
      logged: ['U4', 'U6', 'ann@example.com'].sort(),
      inferred: ['U0OTHER', 'U2', 'kim.roe@example.com'],
      possible: ['Jane Doe'],
      actors: ['U1', 'U9'],
      recipients: ['thief@example.org'],
    });
  });
});

/** Acts of the subject's account in the foreign session, and what others wrote and put there. */
const acts = fc.record({
  id: fc.nat(60).map((n) => `act${String(n)}`),
  kind: fc.constantFrom(
    'file_download',
    'conversation_read',
    'api_activity',
    'share',
    'export',
    'message',
    'file_view',
  ),
  thing: fc.constantFrom('T1', 'T2', 'T3'),
  channel: fc.option(fc.constantFrom('C1', 'C2'), { nil: undefined }),
  hour: fc.integer({ min: 1, max: 8 }),
  count: fc.option(fc.integer({ min: 1, max: 50 }), { nil: undefined }),
});
const others = fc.record({
  id: fc.nat(60).map((n) => `other${String(n)}`),
  kind: fc.constantFrom('message_received', 'file_upload'),
  actor: fc.constantFrom('U1', 'U2', 'U3', 'U4'),
  thing: fc.constantFrom('T1', 'T2', 'T3'),
  channel: fc.option(fc.constantFrom('C1', 'C2', 'C3'), { nil: undefined }),
  hour: fc.integer({ min: -5, max: 12 }),
});
interface Drawn {
  readonly id: string;
  readonly kind: string;
  readonly thing: string;
  readonly channel: string | undefined;
  readonly hour: number;
  readonly count?: number | undefined;
  readonly actor?: string;
}
const rowOf = ({ kind, id, thing, channel, hour, count, actor = 'U1' }: Drawn): EvidenceEvent =>
  event({
    ...{ id, kind: kind as EventKind, at: at(hour), operation: kind === 'api_activity' ? 'files.list' : kind },
    ...(kind.startsWith('file') || kind === 'share' ? { target: { type: 'file' as const, id: thing } } : {}),
    ...(channel === undefined ? {} : { channel: { id: channel } }),
    ...(count === undefined ? {} : { count }),
    actor,
    ...(id.startsWith('act') ? { sessionId: 'S9' } : {}),
  });
const evidence = fc
  .uniqueArray(fc.oneof(acts, others), { selector: (r) => r.id, maxLength: 25 })
  .map((drawn) => drawn.map(rowOf));
const sources = fc.constantFrom<readonly ReadSources[]>([], blind);

describe('the count', () => {
  /** As sure as that or surer. */
  const cumulated = ({ counts, people }: Ledger): number[] => [
    ...Object.values(counts).flatMap((c) => [c.logged, c.logged + c.inferred, c.logged + c.inferred + c.possible]),
    people.logged.length,
    people.logged.length + people.inferred.length,
    people.logged.length + people.inferred.length + people.possible.length,
  ];

  it('never falls with another row', () => {
    fc.assert(
      fc.property(evidence, fc.nat(), sources, (events, drop, collections) => {
        const fewer = events.filter((_, i) => i !== drop % Math.max(1, events.length));
        const [less, more] = [taken(fewer, { collections }), taken(events, { collections })].map(cumulated);
        less?.forEach((n, i) => expect(more?.[i], `count ${String(i)}`).toBeGreaterThanOrEqual(n));
      }),
      { numRuns: 400 },
    );
  });

  it('is the same for a row that comes twice, and in any order', () => {
    fc.assert(
      fc.property(evidence, sources, fc.nat(), (events, collections, turn) => {
        const whole = taken(events, { collections });
        expect(taken([...events, ...events], { collections })).toEqual(whole);
        const turned = [...events.slice(turn % 7), ...events.slice(0, turn % 7)].reverse();
        expect(taken(turned, { collections }).counts).toEqual(whole.counts);
        expect(taken(turned, { collections }).people).toEqual(whole.people);
      }),
      { numRuns: 150 },
    );
  });

  it('never holds who acted among the people', () => {
    fc.assert(
      fc.property(evidence, sources, (events, collections) => {
        const { people } = taken(events, { collections });
        const affected = [...people.logged, ...people.inferred, ...people.possible];
        for (const actor of people.actors) expect(affected).not.toContain(actor);
        expect(affected).not.toContain('U1');
        expect(new Set(affected).size).toBe(affected.length);
      }),
      { numRuns: 150 },
    );
  });
});
