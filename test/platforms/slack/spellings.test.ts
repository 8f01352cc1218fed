import fc from 'fast-check';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { idsOf, type ActTarget } from '../../../domain/act-target.js';
import { QuellError } from '../../../domain/errors.js';
import { resolveTarget, type ResolvedTarget } from '../../../platforms/resolve.js';
import { createSlackContainment } from '../../../platforms/slack/containment.js';
import type { Wire } from '../../../platforms/wire.js';
import { startTenant, tokensOf, type Tenant } from './fixture.js';

let tenant: Tenant;
beforeAll(async () => {
  tenant = await startTenant([
    { type: 'integration', at: '-PT3H', user: '@dana', app: 'app:thief', change: 'added' },
    { type: 'file', at: '-PT2H', name: 'own.zip', owner: '@dana', public: true },
  ]);
});
afterAll(() => tenant.close());

const LOOK_ALIKES: readonly (readonly [string, string])[] = [
  ['A', 'А'],
  ['E', 'Ε'],
  ['F', 'Ｆ'],
  ['K', '\u212a'],
  ['S', 'Ѕ'],
  ['U', '∪'],
  ['a', 'а'],
  ['e', 'е'],
];

/** What somebody would take it for who means well: decoded, bare, in capital letters, look-alikes as what they look like. */
function guessed(asked: string): string {
  const bare = asked.replace(/%[0-9a-f]{2}/gi, (code) => String.fromCharCode(Number.parseInt(code.slice(1), 16)));
  const letters = Array.from(bare, (c) => LOOK_ALIKES.find(([, alike]) => alike === c)?.[0] ?? c).join('');
  const clean = letters.replace(/[^\w@.]/g, '');
  return clean.includes('@') ? clean.toLowerCase() : clean.toUpperCase();
}

/** A Slack that guesses: it answers about what it takes an id or an address for. */
const guessing = ({ send }: Wire): Wire => ({
  send: (call, url, init) => {
    const address = new URL(url);
    const [, id] = /\/Users\/([^/]+)$/.exec(address.pathname) ?? [];
    if (id !== undefined) address.pathname = address.pathname.replace(id, guessed(id));
    const fields = new URLSearchParams(init.body as URLSearchParams | string | undefined);
    for (const name of ['user', 'email', 'app_id', 'file'])
      if (fields.has(name)) fields.set(name, guessed(fields.get(name) ?? ''));
    return send(call, address, call.operation.startsWith('scim.') ? init : { ...init, body: fields });
  },
});

const change: fc.Arbitrary<(id: string) => string> = fc.oneof(
  fc.nat(20).map((at) => on(at, (c) => (c === c.toLowerCase() ? c.toUpperCase() : c.toLowerCase()))),
  fc.nat(20).map((at) => on(at, (c) => `%${(c.codePointAt(0) ?? 0).toString(16).padStart(2, '0').slice(-2)}`)),
  fc.nat(20).map((at) => on(at, (c) => LOOK_ALIKES.find(([real]) => real === c)?.[1] ?? c)),
  fc
    .tuple(fc.nat(20), fc.constantFrom(' ', '\t', '\n', '\u00a0', '\u200b', '\u202e', '\0', '/', '<', '+'))
    .map(([at, space]) => on(at, (c) => `${space}${c}`)),
  fc.constantFrom<(id: string) => string>(
    (id) => id.toLowerCase(),
    encodeURIComponent,
    (id) => `users/${id}`,
    (id) => `${id}\n`,
    (id) => id,
  ),
);
const on =
  (at: number, put: (c: string) => string) =>
  (id: string): string =>
    Array.from(id, (c, n) => (n === at % id.length ? put(c) : c)).join('');
const spelling = fc
  .array(change, { maxLength: 3 })
  .map((changes) => (id: string) => changes.reduce((s, c) => c(s), id));

const NAMED: Readonly<Record<string, (spell: (id: string) => string) => ActTarget>> = {
  account: (spell) => ({ type: 'account', accountId: spell(tenant.id('dana')) }),
  'account by address': (spell) => ({ type: 'account', accountId: spell('dana@example.com') }),
  sessions: (spell) => ({ type: 'sessions', accountId: spell(tenant.id('dana')), sessionIds: [] }),
  app: (spell) => ({ type: 'app', appId: spell(tenant.world.appId('thief')), accountId: tenant.id('dana') }),
  file: (spell) => ({
    type: 'link',
    fileId: spell(tenant.simulator.state.files[0]?.id ?? ''),
    accountId: tenant.id('dana'),
  }),
};

it.each(Object.entries(NAMED))(
  'no spelling finds another than it says, at a Slack that guesses: %s',
  async (_, named) => {
    const settings = tenant.settings(tokensOf(tenant).containment);
    const port = createSlackContainment({
      ...settings,
      wire: guessing(settings.wire),
      ownAppIds: [tenant.own.appId],
    });
    const right = await resolveTarget(
      port,
      named((id) => id),
    );
    await fc.assert(
      fc.asyncProperty(spelling, async (spell) => {
        const asked = named(spell);
        const found = await resolveTarget(port, asked).catch((error: unknown) => error);
        if (found instanceof QuellError) {
          expect([asked, ['UNRESOLVED', 'VENDOR_REPLY'].includes(found.code)]).toEqual([asked, true]);
          return;
        }
        expect([asked, found]).toEqual([asked, right]);
        const [id = ''] = idsOf(asked);
        if (!id.includes('@')) expect(idsOf(found as ResolvedTarget)).toEqual(idsOf(asked));
      }),
      { numRuns: 150 },
    );
    expect(tenant.world.journal).toEqual([]);
  },
  60_000,
);
