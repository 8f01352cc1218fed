import { describe, expect, it } from 'vitest';
import type { EvidenceEvent } from '../../domain/evidence.js';
import { heard } from '../../domain/heard.js';
import { ABROAD, FRIEND, HOTEL, OFFICE, ordinaryMonths, takes } from './ordinary.js';
import { after, DAY, event, HOUR, MINUTE } from './fixtures.js';
import { explain, judge, type Given, type Judged } from './judge.js';

/** What speaks for and against the person's own acts, and what nobody has explained. */

const PAST = ordinaryMonths();
const of = (rows: readonly EvidenceEvent[], given: Given = {}): Judged => judge([...PAST, ...rows], given);
const codes = ({ lines }: Judged): readonly string[] => lines.map((l) => l.code);
const insider = (j: Judged): number => j.escalation.ranking?.find((r) => r.explanation === 'insider')?.probability ?? 0;

const forwarding = (place: Partial<EvidenceEvent>, to = 'ann.private@example.net'): EvidenceEvent =>
  event({
    ...{ kind: 'mail_rule', operation: 'email_forwarding_out_of_domain', at: after(10 * HOUR + MINUTE) },
    ...{ target: { type: 'setting', id: 'autoForwarding' }, reasons: ['forwards_mail'], externalRecipients: [to] },
    ...place,
  });
const SEEN = event({
  ...{ id: 'state', kind: 'mail_rule', operation: 'filter', labels: ['state'], at: after(11 * HOUR) },
  ...{
    target: { type: 'setting', id: 'F1' },
    reasons: ['forwards_mail'],
    externalRecipients: ['ann.private@example.net'],
  },
});

describe('mail that is sent on to the outside', () => {
  it('is the person’s own where its making was logged in the person’s session, and evidence of an insider', () => {
    const j = of([forwarding(OFFICE), SEEN]);
    expect(codes(j), explain(j)).toContain('forward.own');
    expect(codes(j)).not.toContain('takeover.unknown');
    expect(insider(j)).toBeGreaterThan(insider(of([])));
  });

  it('is somebody else’s hold where somebody else made it', () => {
    const j = of([...takes(ABROAD, 3), forwarding(ABROAD), SEEN]);
    expect(codes(j), explain(j)).toContain('takeover.other');
    expect(codes(j)).not.toContain('forward.own');
  });

  it('says nothing when it was only seen to be there', () => {
    const j = of([SEEN]);
    expect(codes(j)).not.toContain('forward.own');
    expect(j.escalation.decision).not.toBe('escalate');
  });
});

describe('traces that are removed', () => {
  const exported = (day: number): EvidenceEvent =>
    event({ kind: 'export', operation: 'SearchExported', at: after(-day * DAY + 10 * HOUR), ...OFFICE });
  const removed = event({
    ...{ kind: 'config_change', operation: 'SearchRemoved', weakens: 'traces', at: after(11 * HOUR) },
    ...OFFICE,
  });
  const usual = [exported(0), exported(7), exported(14), exported(21), exported(28)];

  it('take from an export what is usual about it', () => {
    expect(codes(of(usual))).toContain('collection.like');
    const j = of([...usual, removed]);
    expect(codes(j), explain(j)).toEqual(expect.arrayContaining(['traces.own', 'export.own']));
    expect(codes(j)).not.toContain('collection.like');
    expect(insider(j)).toBeGreaterThan(insider(of(usual)));
  });

  it('are no weakened control of their own', () => {
    expect(codes(of([removed])).filter((c) => c.startsWith('control.'))).toEqual([]);
  });
});

describe('work that others asked for in writing', () => {
  const taken = takes(OFFICE, 60); // contract-0.pdf …
  const asks = (given: Partial<EvidenceEvent> = {}): EvidenceEvent =>
    event({
      ...{ id: 'asks', kind: 'message_received', actor: 'U2', at: after(-DAY), channel: { id: 'C1' } },
      ...{ text: 'Please download all 60 contracts for the audit tomorrow.' },
      ...given,
    });

  it('speaks against an insider', () => {
    const [without, j] = [of(taken), of([...taken, asks()])];
    expect(codes(j), explain(j)).toContain('work.asked.exact');
    expect(insider(j)).toBeLessThan(insider(without));
  });

  it.each([
    ['afterwards', { at: after(20 * HOUR) }],
    ['by the person', { actor: 'U1', kind: 'message' as const }],
    ['by a stranger', { channel: { id: 'C1', external: true } }],
    ['to forbid it', { text: 'Do not download the 60 contracts, they are off limits.' }],
  ])('is not heard when it was written %s', (_, given) => {
    expect(codes(of([...taken, asks(given)])).filter((c) => c.startsWith('work.'))).toEqual([]);
  });

  it('does not make a thief harmless', () => {
    const thief = takes(ABROAD, 60);
    const [without, j] = [of(thief), of([...thief, asks()])];
    expect(j.escalation).toMatchObject({ decision: 'escalate', verdict: 'compromised' });
    expect(j.escalation.attack).toBe(without.escalation.attack);
  });
});

describe('something that is given outside', () => {
  const share = event({
    ...{ kind: 'share', operation: 'file_public_link_created', at: after(12 * HOUR), ...OFFICE },
    ...{ target: { type: 'link', id: 'L1', name: 'holiday.zip' } },
  });
  it('weighs more after a collection', () => {
    expect(codes(of([share]))).toContain('share.own');
    expect(codes(of([...takes(OFFICE, 90), share]))).toContain('share.own.after');
  });
});

describe('a collection in a session of which nobody can say whose it is', () => {
  const strength = (j: Judged): number => j.lines.find((l) => l.code === 'collection.unknown')?.strength ?? 0;
  it('tells less the nearer the session is to being the person’s', () => {
    const [near, far] = [of(takes(FRIEND, 60)), of(takes(HOTEL, 60))];
    expect(strength(near)).toBeGreaterThan(0);
    expect(strength(far)).toBeGreaterThan(strength(near));
  });
});

describe('an access that nobody has explained', () => {
  const { userAgent: _, ...hotel } = HOTEL; // a log that names no program
  const entry = takes(hotel, 0);
  it('ends undetermined where the person is silent, and harmless where the person says it was them', () => {
    const silent = of(entry, { said: { contact: 'silent', watch: 'ended' } });
    expect(silent.escalation, explain(silent)).toMatchObject({ decision: 'close', verdict: 'undetermined' });
    const told = of(entry, { said: { contact: 'me', contactIsSafe: true, watch: 'ended' } });
    expect(['benign', 'false_positive']).toContain(told.escalation.verdict);
  });
});

it('the vendor’s word about an access is weighed with it, and not once more as an alert', () => {
  const alert = event({ kind: 'platform_alert', at: after(10 * HOUR), reasons: ['ip_address', 'asn'], ...HOTEL });
  const j = of([...takes(HOTEL, 3), alert]);
  expect(j.lines.find((l) => l.code === 'access.unknown' || l.code === 'access.other')?.text).toContain(
    'the vendor says',
  );
  expect(codes(j)).not.toContain('vendor.alert');
});

it('what was heard is the same for the decision and for the page', () => {
  const state = {
    ...{ alerts: [], tasks: [], contact: { channel: 'slack', outcome: 'me' }, assessment: { findings: [] } },
  } as never;
  expect(heard(state)).toEqual({ contact: 'me', contactIsSafe: true });
  const touched = { ...(state as object), alerts: [{ platform: 'slack' }] } as never;
  expect(heard(touched)).toEqual({ contact: 'me', contactIsSafe: false });
});

it.each([
  ['a chat says whose it is', { channel: 'space', on: 'webex' }, 'webex'],
  ['before that was told, its channel did', { channel: 'teams' }, 'microsoft'],
])('what is heard on a platform under suspicion is not safe: %s', (_, channel, platform) => {
  const state = (on: string) =>
    ({
      ...{ tasks: [], contact: { ...channel, outcome: 'me' }, assessment: { findings: [] } },
      alerts: [{ platform: on }],
    }) as never;
  expect(heard(state(platform)).contactIsSafe).toBe(false);
  expect(heard(state('slack')).contactIsSafe).toBe(true);
});
