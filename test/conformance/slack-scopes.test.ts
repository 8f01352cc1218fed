import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { OPERATIONS, scopesOf, type SlackOperation } from '../../platforms/slack/methods.js';

/** What Slack publishes for a method, by the kind of token: its scopes; `null` where such a token is not taken. */
interface Published {
  readonly bot: readonly string[] | null;
  readonly user: readonly string[] | null;
  /** `repository@commit path`, or the address of the page. */
  readonly sources: readonly string[];
}
const published = JSON.parse(readFileSync(new URL('data/slack-scopes.json', import.meta.url), 'utf8')) as Readonly<
  Record<string, Published>
>;

/** An address that comes with a press has no token. */
const operations = (Object.entries(OPERATIONS) as [keyof typeof OPERATIONS, SlackOperation][]).filter(
  ([, o]) => o.token !== 'none',
);
const scopesFor = (key: string, { token }: SlackOperation): readonly string[] | null | undefined =>
  published[key]?.[token === 'bot' ? 'bot' : 'user'];
/** Beyond the method's own: Slack gives the e-mail address of a person only with it. */
const FOR_A_FIELD: Readonly<Record<string, readonly string[]>> = {
  'users.info': ['users:read.email'],
  'users.list': ['users:read.email'],
};

describe('against the scopes that Slack publishes for each method', () => {
  it.each(operations)(
    '%s: this kind of token is taken, and every scope of the table is one of its',
    (key, operation) => {
      const known = scopesFor(key, operation);
      expect(known).toBeInstanceOf(Array);
      const allowed = [...(known ?? []), ...(FOR_A_FIELD[operation.name] ?? [])];
      expect(operation.scopes.filter((scope) => !allowed.includes(scope))).toEqual([]);
      expect(operation.scopes.length > 0).toBe((known ?? []).length > 0);
    },
  );

  it('an address is looked up only by a token that may read people: Slack gives the one scope with the other alone', () => {
    for (const role of ['evidence', 'containment', 'people'] as const)
      for (const token of ['audit', 'admin', 'logs', 'bot'] as const) {
        const scopes = scopesOf(role, token);
        if (scopes.includes('users:read.email')) expect(scopes).toContain('users:read');
      }
  });

  it('is about the operations of the table, and says where each is from', () => {
    expect(Object.keys(published).sort()).toEqual(operations.map(([key]) => key).sort());
    for (const { sources } of Object.values(published)) {
      expect(sources).not.toEqual([]);
      for (const source of sources)
        expect(source).toMatch(/^[\w-]+\/[\w.-]+@[0-9a-f]{12} \S+$|^https:\/\/(docs|api)\.slack\.(dev|com)\//);
    }
  });
});
