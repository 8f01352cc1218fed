import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { checkSigned, mayAct } from '../../domain/authority.js';
import type { Decider, DecisionKey } from '../../domain/decision.js';
import { signBody } from '../../store/signing.js';
import { signingKey } from '../activities/support/keys.js';

describe('a signed message', () => {
  const [console_, ana, stranger] = [signingKey('console'), signingKey('key-ana'), signingKey('stranger')];
  const keys: readonly DecisionKey[] = [
    { ...console_, holder: { kind: 'console' } },
    { ...ana, holder: { kind: 'person', personId: 'ana' } },
  ];
  const [ofAna, ofBen] = [{ personId: 'ana' }, { personId: 'ben' }];

  it("is of the person whom it names, by the person's own key or the console's", () => {
    expect(checkSigned(signBody(ofAna, ana), keys)).toBeUndefined();
    expect(checkSigned(signBody(ofAna, console_), keys)).toBeUndefined();
    expect(checkSigned(signBody(ofBen, console_), keys)).toBeUndefined();
  });

  it.each([
    ["another person's key", signBody(ofBen, ana)],
    ['a key that nobody knows', signBody(ofAna, stranger)],
    ['a stranger under a known key id', { ...signBody(ofAna, stranger), keyId: 'console' }],
    ['a body changed after signing', { ...signBody(ofAna, console_), body: ofBen }],
  ])('is not, by %s', (_, signed) => {
    expect(checkSigned(signed, keys)).toBe('SIGNATURE');
  });
});

describe('a person may act', () => {
  const names = fc.constantFrom('ana', 'ben', 'cleo');
  const roles = fc.constantFrom('lead', 'responder', 'officer');
  const subjects = fc.constantFrom('s-1', 's-2');
  const people: fc.Arbitrary<readonly Decider[]> = fc.uniqueArray(
    fc.record(
      { personId: names, roles: fc.uniqueArray(roles), subjectId: subjects },
      { requiredKeys: ['personId', 'roles'] },
    ),
    { selector: (d) => d.personId },
  );

  it('who is known, holds the role, and is not the one the case is about; nobody else', () => {
    fc.assert(
      fc.property(people, names, roles, subjects, (deciders, personId, role, subjectId) => {
        const allowed = deciders
          .filter((d) => d.roles.includes(role))
          .filter((d) => d.subjectId !== subjectId)
          .map((d) => d.personId);
        expect(mayAct(personId, role, deciders, subjectId)).toBe(allowed.includes(personId));
      }),
    );
  });

  it("under nobody else's name", () => {
    const deciders: readonly Decider[] = [
      { personId: 'ana', roles: ['lead'] },
      { personId: 'ben', roles: ['lead'], subjectId: 's-1' },
    ];
    expect(mayAct('ana', 'lead', deciders, 's-1')).toBe(true);
    expect(mayAct('ana', 'responder', deciders, 's-1')).toBe(false);
    expect(mayAct('ben', 'lead', deciders, 's-1')).toBe(false);
    expect(mayAct('ben', 'lead', deciders, 's-2')).toBe(true);
    expect(mayAct('mallory', 'lead', deciders, 's-1')).toBe(false);
  });
});
