import { describe, expect, it } from 'vitest';
import { findingsOf, verdictOf, type Facts, type RoleCheck } from '../../platforms/check.js';
import { hangsOn, lossesOf, reasonsOf, type Need } from '../../platforms/needs.js';
import type { VendorOperation } from '../../platforms/operation.js';

const limit = { bucket: 'b', calls: 1, seconds: 1, counts: 'app' } as const;
const operation = (name: string, more: Partial<VendorOperation> = {}): VendorOperation => ({
  ...{ name, roles: ['evidence', 'containment'], scopes: [], writes: false, why: `for ${name}`, limit },
  serves: ['directory', 'end_sessions'],
  ...more,
});
const need = (name: string, scopes: readonly string[], more: Partial<Need> = {}): Need => ({
  operation: operation(name),
  of: 'token',
  scopes,
  ...more,
});
const facts = (more: Partial<Facts>): Facts => ({
  role: 'evidence',
  needs: [need('read', ['a']), need('list', ['a', 'b'], { plan: 'Big' })],
  credentials: [{ credential: 'token', status: 'good' }],
  given: new Map([['token', new Set(['a', 'b'])]]),
  tried: new Map(),
  rights: [],
  ...more,
});
const whole = (more: Partial<Facts>): RoleCheck => ({
  ...{ platform: 'slack', tenant: 'main', role: 'evidence', limitations: [] },
  ...findingsOf(facts(more)),
});

describe('what is lost', () => {
  it('is said in the words of the case', () => {
    expect(lossesOf(['slack.files'])).toEqual(['source slack.files becomes a gap in the case']);
    expect(lossesOf(['slack.files', 'end_sessions', 'google.login', 'remove_app', 'hold_data', 'talk'])).toEqual([
      'sources slack.files, google.login become gaps in the case',
      'end_sessions, remove_app, hold_data become tasks for people',
      'people are not reached here',
    ]);
  });

  it('is what the role itself does, where the operation serves several', () => {
    expect(hangsOn('evidence', [need('read', ['a'])]).lost).toEqual(['people and accounts cannot be looked up']);
    expect(hangsOn('containment', [need('read', ['a'])]).lost).toEqual(['end_sessions becomes a task for a person']);
  });

  it('has a reason for each scope, once and sorted', () => {
    const reasons = reasonsOf('evidence', [need('z', ['b', 'a']), need('y', ['a']), need('y', ['a'], { of: 'other' })]);
    expect(reasons.map((r) => `${r.of} ${r.scope} ${r.operations.join('+')}`)).toEqual([
      'other a y',
      'token a z+y',
      'token b z',
    ]);
  });
});

describe('how findings are put together', () => {
  it('all given: every operation is allowed, by a trial where there was one', () => {
    const found = whole({ tried: new Map([['list', {}]]) });
    expect(found.operations.map((o) => `${o.operation} ${o.allowed} ${o.by ?? ''}`)).toEqual([
      'read yes scopes',
      'list yes trial',
    ]);
    expect(found.plan).toMatchObject([{ plan: 'Big', status: 'there' }]);
    expect(verdictOf([found])).toBe(0);
  });

  it('a missing scope stops what needs it; what is beyond need stops nothing', () => {
    const found = whole({ given: new Map([['token', new Set(['a', 'c'])]]) });
    expect(found.scopes.map((s) => `${s.scope} ${s.status}`)).toEqual(['a given', 'b missing', 'c beyond']);
    expect(found.operations.map((o) => o.allowed)).toEqual(['yes', 'no']);
    expect(verdictOf([found])).toBe(1);
  });

  it('a scope that could not be told is not missing', () => {
    const found = whole({ untold: new Map([['token', new Set(['b'])]]), given: new Map([['token', new Set(['a'])]]) });
    expect(found.scopes.map((s) => `${s.scope} ${s.status}`)).toEqual(['a given', 'b unknown']);
    expect(found.operations.map((o) => o.allowed)).toEqual(['yes', 'unknown']);
    expect(verdictOf([found])).toBe(2);
  });

  it('a right that is missing stops what needs it, unless a trial went well', () => {
    const rights = [{ right: 'owner', status: 'missing' as const, operations: ['read', 'list'] }];
    const found = whole({ rights, tried: new Map([['read', {}]]) });
    expect(found.operations.map((o) => o.allowed)).toEqual(['yes', 'no']);
    expect(found.operations[1]?.because).toBe('needs owner');
    expect(verdictOf([found])).toBe(1);
  });

  it('a right that no read shows is said, and leaves the verdict alone', () => {
    const found = whole({ rights: [{ right: 'owner', status: 'unproven', operations: ['read'] }] });
    expect(found.rights).toMatchObject([{ right: 'owner', status: 'unproven' }]);
    expect(verdictOf([found])).toBe(0);
  });

  it.each([
    ['VENDOR_SCOPE', 'no', 1],
    ['VENDOR_PLAN', 'no', 1],
    ['VENDOR_DOWN', 'unknown', 2],
    ['VENDOR_BUSY', 'unknown', 2],
    ['VENDOR_REFUSED', 'unknown', 2],
  ] as const)('a trial that ends with %s: %s', (code, allowed, verdict) => {
    const found = whole({ tried: new Map([['list', { code, because: 'list: said so' }]]) });
    expect(found.operations[1]).toMatchObject({ allowed, because: 'list: said so' });
    expect(verdictOf([found])).toBe(verdict);
  });

  it.each([
    ['absent', 'no', 1],
    ['refused', 'no', 1],
    ['unreadable', 'unknown', 2],
    ['unreachable', 'unknown', 2],
  ] as const)('a credential that is %s: %s', (status, allowed, verdict) => {
    const found = whole({ credentials: [{ credential: 'token', status }], given: new Map() });
    expect(found.operations.every((o) => o.allowed === allowed)).toBe(true);
    expect(verdictOf([found])).toBe(verdict);
  });

  it('what is missing weighs more than what could not be told', () => {
    const missing = whole({ given: new Map([['token', new Set()]]) });
    const unsure = whole({ given: new Map() });
    expect(verdictOf([unsure])).toBe(2);
    expect(verdictOf([unsure, missing])).toBe(1);
  });
});
