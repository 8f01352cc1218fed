import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ExposureSummary, HumanTask } from '../../domain/case.js';
import type { EvidenceEvent } from '../../domain/evidence.js';
import { ledgerOf, type Ledger } from '../../domain/exposure.js';
import { withOwnersAnswers } from '../../domain/rotation.js';
import { after, defaultPolicy, event, finding, HOUR } from './fixtures.js';

type Input = Parameters<typeof ledgerOf>[0];
const ledger = (given: Partial<Input>): Ledger =>
  ledgerOf({ findings: [], events: [], secrets: [], critical: defaultPolicy.critical, gaps: [], ...given });
const at = (hour: number): string => after(hour * HOUR);
const file = (id: string, given: Partial<EvidenceEvent> = {}): EvidenceEvent =>
  event({ id, kind: 'file_download', target: { type: 'file', id: 'F1', name: 'plan.txt' }, ...given });

describe('the exposure ledger', () => {
  it('holds what findings of taking cite, each thing once with all that was done to it', () => {
    const events = [
      file('2', { at: at(2), operation: 'file_downloaded' }),
      file('1', { at: at(1), operation: 'file_opened' }),
      file('3', { at: at(3), operation: 'file_opened', target: { type: 'file', id: 'F1' } }),
      event({ id: 'c', kind: 'conversation_read', channel: { id: 'C1', name: 'board' }, at: at(1) }),
      event({ id: 'm', kind: 'message_received', at: at(1) }),
      event({ id: 's', kind: 'sign_in', at: at(0) }),
    ];
    const { items } = ledger({ events, findings: [finding({ events: events.map((e) => e.id), ownSession: true })] });
    const all = { platform: 'slack', tenant: 'main', count: 1, outside: false };
    expect(items).toEqual([
      {
        ...{ ...all, what: 'channel', id: 'C1', name: 'board', how: 'conversation_read', known: 'logged' },
        ...{ unit: 'conversations', firstAt: at(1), lastAt: at(1), critical: true, events: ['c'] },
      },
      {
        ...{ ...all, what: 'file', id: 'F1', name: 'plan.txt', how: 'file_opened, file_downloaded', known: 'logged' },
        ...{ unit: 'files', firstAt: at(1), lastAt: at(3), critical: false, events: ['1', '2', '3'] },
      },
      {
        // It came in; that it was seen, no row says.
        ...{ ...all, what: 'message', id: 'm', how: 'message_received', known: 'inferred' },
        ...{ unit: 'messages', firstAt: at(1), lastAt: at(1), critical: false, events: ['m'] },
      },
    ]);
  });

  it('holds everything else that the same foreign session touched, and nothing of others', () => {
    const events = [
      file('1', { sessionId: 'S9' }),
      file('2', { sessionId: 'S9', target: { type: 'file', id: 'F2' } }),
      file('3', { sessionId: 'S1', target: { type: 'file', id: 'F3' } }),
      file('4', { target: { type: 'file', id: 'F4' } }),
    ];
    const of = (given: object): string[] =>
      ledger({ events, findings: [finding({ kind: 'session_reuse', events: ['1'], ...given })] }).items.map(
        (i) => i.id,
      );
    expect(of({})).toEqual(['F1', 'F2']);
    expect(of({ ownSession: true })).toEqual([]);
    expect(of({ confidence: 'low' })).toEqual([]);
  });

  it.each(['blocked', 'failure'] as const)('never holds what was only tried: %s', (outcome) => {
    expect(ledger({ events: [file('1', { outcome })], findings: [finding({ events: ['1'] })] }).items).toEqual([]);
  });

  it('says what left the house, who is affected and which kinds of data', () => {
    const events = [
      event({
        id: 'l',
        kind: 'share',
        actor: 'U1',
        target: { type: 'file', id: 'F1', name: 'payroll.xlsx' },
        externalRecipients: ['x@example.org'],
        labels: ['Restricted', 'attachment'],
      }),
      event({ id: 'm', actor: 'U1', target: { type: 'user', id: 'U2' } }),
      event({ id: 'n', actor: 'U3' }),
    ];
    const hit = { eventId: 'm', fingerprint: 'k', kind: 'aws-key' };
    const inReach = { ...hit, eventId: 'n', fingerprint: 'j' };
    const of = (given: object): ReturnType<typeof ledger> =>
      ledger({
        events,
        findings: [finding({ kind: 'external_share', events: ['l', 'm'], ...given })],
        accounts: ['U1'],
        secrets: [hit, { ...hit }, inReach],
      });
    const found = of({ ownSession: true });
    // Somebody else's session may have read what no log shows: secrets in reach count.
    expect(of({}).secrets).toEqual([hit, inReach]);
    expect(found.items.map((i) => [i.what, i.outside, i.critical])).toEqual([
      ['link', true, true],
      ['message', false, false],
    ]);
    expect(found.people).toMatchObject({ logged: ['U2'], actors: ['U1'], recipients: ['x@example.org'] });
    expect(found.secrets).toEqual([hit]);
    expect(found.dataClasses).toEqual(['Restricted', 'critical business data', 'secret:aws-key']);
  });

  it('counts every secret in reach of a foreign session as seen, because not every platform logs reading', () => {
    const secrets = ['m', 'n'].map((eventId) => ({ eventId, fingerprint: eventId, kind: 'aws-key' }));
    const seen = (given: object): number =>
      ledger({ events: [event({ id: 'm' })], secrets, findings: [finding({ events: ['m'], ...given })] }).secrets
        .length;
    expect(seen({})).toBe(2);
    expect(seen({ ownSession: true })).toBe(1);
    expect(seen({ confidence: 'low' })).toBe(1);
    expect(seen({ kind: 'unusual_sign_in', ownSession: true })).toBe(0);
  });

  it('accounts for every row that was taken exactly once, in any order', () => {
    const rows = fc.array(
      fc.record({
        kind: fc.constantFrom(
          'file_download' as const,
          'conversation_read' as const,
          'share' as const,
          'export' as const,
        ),
        target: fc.constantFrom('F1', 'F2', 'F3').map((id) => ({ type: 'file' as const, id })),
        hour: fc.nat(5),
      }),
      { maxLength: 12 },
    );
    fc.assert(
      fc.property(rows, (drawn) => {
        const events = drawn.map(({ kind, target, hour }, i) => event({ id: String(i), kind, target, at: at(hour) }));
        const findings = [finding({ events: events.map((e) => e.id) })];
        const { items } = ledger({ events, findings });
        expect(items.flatMap((i) => i.events).sort()).toEqual(events.map((e) => e.id).sort());
        expect(new Set(items.map((i) => `${i.what}:${i.id}`)).size).toBe(items.length);
        expect(ledger({ events: [...events].reverse(), findings })).toEqual(ledger({ events, findings }));
      }),
      { numRuns: 150 },
    );
  });
});

describe('what owners say of their secrets', () => {
  const secrets = [
    { fingerprint: 'a', kind: 'password', live: 'unknown' },
    { fingerprint: 'b', kind: 'slack', live: 'yes' },
  ] as const;
  const summary: ExposureSummary = {
    ledger: { key: 'k', sha256: '0', bytes: 0, rows: 0 },
    channels: 0,
    messages: 0,
    files: 0,
    links: 0,
    secrets,
    peopleAffected: 0,
    dataClasses: [],
    confidence: 'high',
    gaps: [],
  };
  const rotation = (about: string, live: string, given: Partial<HumanTask> = {}): HumanTask => ({
    taskId: `t-${about}`,
    kind: 'rotate_secret',
    role: 'secret_owner',
    text: '',
    dueAt: at(9),
    ifLate: '',
    fields: [],
    status: 'done',
    about,
    result: { live, proof: 'note.x' },
    ...given,
  });
  const lives = (...tasks: HumanTask[]): string[] => withOwnersAnswers(summary, tasks).secrets.map((s) => s.live);

  it('confirms or clears what no log shows, and takes nothing back that was logged', () => {
    expect(lives(rotation('a', 'yes'))).toEqual(['yes', 'yes']);
    expect(lives(rotation('a', 'no'), rotation('b', 'no'))).toEqual(['no', 'yes']);
    expect(lives(rotation('a', 'unknown'))).toEqual(['unknown', 'yes']);
  });

  it('counts only when it was given, for that secret', () => {
    expect(lives(rotation('c', 'yes'), rotation('a', 'yes', { status: 'not_possible' }))).toEqual(['unknown', 'yes']);
    expect(lives(rotation('a', 'yes', { kind: 'interview' }))).toEqual(['unknown', 'yes']);
  });
});
