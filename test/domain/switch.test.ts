import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Signed, SwitchDecision } from '../../domain/decision.js';
import { afterSwitch, refuseSwitch, type SwitchPeople, type SwitchState } from '../../domain/switch.js';
import { signBody } from '../../store/signing.js';
import { signingKey } from '../activities/support/keys.js';

const NOW = '2026-03-02T12:00:00.000Z';
const at = (minutes: number): string => new Date(Date.parse(NOW) + minutes * 60_000).toISOString();
const consoleKey = signingKey('k-console');
const annKey = signingKey('k-ann');
const people: SwitchPeople = {
  keys: [
    { ...publicOf(consoleKey), holder: { kind: 'console' } },
    { ...publicOf(annKey), holder: { kind: 'person', personId: 'ann' } },
  ],
  deciders: [
    { personId: 'ann', roles: ['lead', 'responder'] },
    { personId: 'ben', roles: ['responder'] },
  ],
};
function publicOf({ keyId, publicKey }: typeof consoleKey) {
  return { keyId, publicKey };
}

let nonces = 0;
function decision(change: Partial<SwitchDecision>, key = consoleKey): Signed<SwitchDecision> {
  nonces += 1;
  const said = { type: 'switch', verb: 'stop', personId: 'ann', role: 'lead', at: NOW, why: '' } as const;
  return signBody({ ...said, nonce: `n-${String(nonces)}`, ...change }, key);
}
const off: SwitchState = { used: [] };
const stopping = decision({ personId: 'ben', role: 'responder', why: 'a drill' });
const on = afterSwitch(stopping, off, NOW);
const resume = (change: Partial<SwitchDecision> = {}, key = consoleKey): Signed<SwitchDecision> =>
  decision({ verb: 'resume', lifts: stopping.body.nonce, expiresAt: at(5), ...change }, key);

describe('a stop', () => {
  it('counts whatever else it says, as long as a known key signed it', () => {
    const anything = fc.record(
      {
        why: fc.jsonValue(),
        role: fc.jsonValue(),
        at: fc.jsonValue(),
        expiresAt: fc.jsonValue(),
        more: fc.jsonValue(),
      },
      { requiredKeys: [] },
    );
    fc.assert(
      fc.property(anything, fc.constantFrom('ann', 'ben', 'somebody'), (said, personId) => {
        const { role: _role, at: _at, why: _why, ...bare } = decision({ personId }).body;
        const signed = signBody({ ...bare, ...said } as unknown as SwitchDecision, consoleKey);
        expect(refuseSwitch(signed, off, people, NOW)).toBeUndefined();
        const { stopped } = afterSwitch(signed, off, NOW);
        expect(stopped).toMatchObject({ by: personId, nonce: signed.body.nonce });
        expect(stopped!.why.length).toBeLessThanOrEqual(500);
        expect(Date.parse(stopped!.at)).not.toBeNaN();
      }),
    );
  });

  it('needs a signature for the very person', () => {
    expect(refuseSwitch(decision({ personId: 'ann' }, annKey), off, people, NOW)).toBeUndefined();
    expect(refuseSwitch(decision({ personId: 'ben' }, annKey), off, people, NOW)).toBe('SIGNATURE');
    expect(refuseSwitch(decision({}, signingKey('k-stranger')), off, people, NOW)).toBe('SIGNATURE');
    const good = decision({});
    expect(refuseSwitch({ ...good, signature: '' }, off, people, NOW)).toBe('SIGNATURE');
    expect(refuseSwitch({ ...good, body: { ...good.body, nonce: 'n-x' } }, off, people, NOW)).toBe('SIGNATURE');
  });

  it('takes the place of an earlier one, which then nobody can lift', () => {
    const later = afterSwitch(decision({ nonce: 'n-later' }), on, NOW);
    expect(later.stopped).toMatchObject({ nonce: 'n-later' });
    expect(refuseSwitch(resume(), later, people, NOW)).toBe('DECISION_EXPIRED');
    expect(refuseSwitch(resume({ lifts: 'n-later' }), later, people, NOW)).toBeUndefined();
  });
});

describe('a resume', () => {
  it('lifts the stop that it names', () => {
    expect(on.stopped).toEqual({ by: 'ben', at: NOW, why: 'a drill', nonce: stopping.body.nonce });
    const signed = resume();
    expect(refuseSwitch(signed, on, people, NOW)).toBeUndefined();
    expect(afterSwitch(signed, on, NOW).stopped).toBeUndefined();
  });

  it.each([
    ['of nobody known', { personId: 'somebody' }, 'NOT_AUTHORISED'],
    ['of somebody who is no lead', { personId: 'ben' }, 'NOT_AUTHORISED'],
    ['in another role', { role: 'responder' }, 'NOT_AUTHORISED'],
    ['of another kind', { verb: 'toggle' as never }, 'NOT_AUTHORISED'],
    ['that is over', { expiresAt: NOW }, 'DECISION_EXPIRED'],
    ['without an end', { expiresAt: undefined as never }, 'DECISION_EXPIRED'],
    ['from the future', { at: at(2) }, 'DECISION_EXPIRED'],
    ['of no time', { at: 'soon' }, 'DECISION_EXPIRED'],
    ['of another stop', { lifts: 'n-other' }, 'DECISION_EXPIRED'],
    ['of no stop', { lifts: undefined as never }, 'DECISION_EXPIRED'],
  ] as const)('%s lifts nothing', (_, change, code) => {
    expect(refuseSwitch(resume(change), on, people, NOW)).toBe(code);
  });

  it('lifts nothing where nothing is stopped', () => {
    expect(refuseSwitch(resume(), off, people, NOW)).toBe('DECISION_EXPIRED');
    expect(refuseSwitch(resume({ lifts: undefined as never }), off, people, NOW)).toBe('DECISION_EXPIRED');
  });
});

describe('a decision on the switch', () => {
  it.each([
    ['of another type', { type: 'approval' as never }],
    ['of nobody', { personId: 7 as never }],
    ['without a nonce', { nonce: '' }],
  ])('%s is none, whoever signed it', (_, change) => {
    expect(refuseSwitch(decision(change), off, people, NOW)).toBe('MESSAGE');
  });

  it('may be of a clock that is a minute ahead, and not of one that is more', () => {
    const ahead = (ms: number) => resume({ at: new Date(Date.parse(NOW) + ms).toISOString() });
    expect(refuseSwitch(ahead(60_000), on, people, NOW)).toBeUndefined();
    expect(refuseSwitch(ahead(60_001), on, people, NOW)).toBe('DECISION_EXPIRED');
  });

  it('is remembered with the thousand before it, a resume as well as a stop', () => {
    const before = Array.from({ length: 1_000 }, (_, n) => `old-${String(n)}`);
    for (const signed of [decision({}), resume()]) {
      const { used } = afterSwitch(signed, { ...on, used: before }, NOW);
      expect(used).toEqual([...before.slice(1), signed.body.nonce]);
    }
    const signed = resume();
    expect(afterSwitch(signed, on, NOW)).toEqual({ used: [stopping.body.nonce, signed.body.nonce] });
  });

  it('that stops says why and when, as far as it can be believed', () => {
    const told = (change: Partial<SwitchDecision>) => afterSwitch(decision(change), off, at(7)).stopped;
    expect(told({ why: 'x'.repeat(501), at: at(-3) })).toMatchObject({ why: 'x'.repeat(500), at: at(-3) });
    expect(told({ why: 7 as never, at: 'soon' })).toMatchObject({ why: '', at: at(7) });
  });
});

it('takes each decision once, in whatever order they are played again', () => {
  const verbs = fc.array(fc.boolean(), { minLength: 1, maxLength: 12 });
  fc.assert(
    fc.property(verbs, fc.infiniteStream(fc.nat()), (stops, picks) => {
      let state = off;
      const sent: Signed<SwitchDecision>[] = [];
      for (const stop of stops) {
        const signed = stop ? decision({}) : resume({ lifts: state.stopped?.nonce ?? 'none' });
        if (refuseSwitch(signed, state, people, NOW) === undefined) state = afterSwitch(signed, state, NOW);
        sent.push(signed);
        const again = sent[picks.next().value! % sent.length]!;
        const code = refuseSwitch(again, state, people, NOW);
        // What was refused may be sent again, and is refused again.
        expect(['DECISION_REPLAYED', 'DECISION_EXPIRED']).toContain(code);
      }
    }),
    { numRuns: 30 },
  );
});

it('is total: whatever it is handed, it refuses and does not throw', () => {
  fc.assert(
    fc.property(fc.jsonValue(), (value) => {
      expect(refuseSwitch(value as never, on, people, NOW)).toBeDefined();
      expect(refuseSwitch({ body: value } as never, on, people, NOW)).toBeDefined();
      const { body, keyId } = stopping;
      expect(refuseSwitch({ body, keyId, signature: value } as never, off, people, NOW)).toBe('SIGNATURE');
    }),
  );
});
