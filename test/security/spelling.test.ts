import { expect, test } from 'vitest';
import type { Platform } from '../../domain/platform.js';
import { endOf, expectRefused, protectGlass, useAttack, withPeople } from './support/attack.js';

/**
 * Plans that the analysis role signed and both leads approved: even a stolen analysis role with two deceived leads cannot reach a protected
 * account or address by spelling it otherwise. What is found is judged as what it is.
 */
const attack = useAttack({
  scenario: 'silent-subject',
  without: ['evidence', 'analysis', 'people', 'records', 'console', 'intake'],
  change: withPeople,
  configure: (config, policy, house) => {
    protectGlass(config, policy, house);
    (config['network'] as Record<string, unknown>)['trusted'] = ['198.51.100.0/28'];
  },
});

const PLATFORMS: readonly Platform[] = ['microsoft', 'slack', 'google'];
const upper = (id: string): string => id.toUpperCase();
const alternate = (id: string): string =>
  Array.from(id, (c, i) => (i % 2 ? c.toUpperCase() : c.toLowerCase())).join('');
const encoded = (id: string): string => Array.from(id, (c) => `%${c.charCodeAt(0).toString(16)}`).join('');

const spellingsOf = (id: string, mail: string): Readonly<Record<string, string>> => ({
  'as it is': id,
  'capital letters': upper(id),
  'small letters': id.toLowerCase(),
  'mixed letters': alternate(id),
  'mail address': mail,
  'mail address in capitals': upper(mail),
  'a path': `users/${id}`,
  'a path through another': `users/../${id}`,
  'percent-encoded': encoded(id),
  'encoded once at one place': id.replace(id[0]!, `%${id.charCodeAt(0).toString(16)}`),
  'a trailing space': `${id} `,
  'a leading space': ` ${id}`,
  'a line break': `${id}\n`,
  'a query': `${id}?$select=id`,
  'a fragment': `${id}#`,
  'a slash': `${id}/`,
  'in braces': `{${id}}`,
  'in quotes': `'${id}'`,
  'as a guest': `${mail.replace('@', '_')}#EXT#@example.onmicrosoft.com`,
  'a name and a zero': `${id}\0`,
  'the plus form': mail.replace('@', '+x@'),
});

test.each(PLATFORMS)('the emergency account is untouched at %s however it is spelled', async (platform) => {
  const { on } = attack;
  const ends: Record<string, string | undefined> = {};
  const kind = 'end_sessions'; // every platform has it
  const written = await on.written(async () => {
    for (const [what, accountId] of Object.entries(spellingsOf(on.id(platform, 'glass'), 'glass@example.com'))) {
      const target = { type: 'sessions', accountId, sessionIds: [] } as const;
      ends[what] = endOf(await on.approved({ platform, kind, target }));
    }
  });
  expectRefused(ends, ['PROTECTED', 'UNRESOLVED']);
  expect(ends['as it is']).toBe('PROTECTED');
  expect(ends['mail address']).toBe('PROTECTED');
  expect(written).toEqual([]);
});

test.each(PLATFORMS)(
  'whoever else is meant at %s is written to by the vendor’s own id, or not at all',
  async (platform) => {
    const { on } = attack;
    const [id, tom] = [on.id(platform, 'tom'), 'tom@example.com'];
    const ends: Record<string, string | undefined> = {};
    const found: Record<string, unknown> = {};
    const written = await on.written(async () => {
      for (const [what, accountId] of Object.entries(spellingsOf(id, tom))) {
        const answer = await on.approved({
          platform,
          kind: 'end_sessions',
          target: { type: 'sessions', accountId, sessionIds: [] },
        });
        ends[what] = endOf(answer);
        if (answer.result?.resolved) found[what] = answer.result.resolved.affects;
      }
    });
    expectRefused(ends, ['done', 'already', 'PROTECTED', 'UNRESOLVED', 'NOT_VERIFIED']);
    expect(Object.keys(found)).toContain('as it is');
    expect(Object.keys(found)).toContain('mail address');
    for (const affects of Object.values(found)) expect(affects).toEqual([id]);
    // A write is journalled where the vendor did it, so that a slip to another account would show here.
    expect(new Set(written.map((w) => w.targetId))).toEqual(new Set(written.length > 0 ? [id] : []));
  },
);

test('an address that must not be blocked is none in any spelling', async () => {
  const { on } = attack;
  const own = '192.0.2.10';
  const trusted = '198.51.100.7';
  const hex = (ip: string): string => {
    const [a = 0, b = 0, c = 0, d = 0] = ip.split('.').map(Number);
    return `${((a << 8) | b).toString(16)}:${((c << 8) | d).toString(16)}`;
  };
  const ends: Record<string, string | undefined> = {};
  const written = await on.written(async () => {
    for (const ip of [own, trusted])
      for (const address of [
        ip,
        `::ffff:${ip}`,
        `::FFFF:${ip}`,
        `::ffff:${hex(ip)}`,
        `0:0:0:0:0:ffff:${ip}`,
        `${ip} `,
        `${ip}/32`,
        `::ffff:${ip}/128`,
        ip
          .split('.')
          .map((p) => `0${Number(p).toString(8)}`)
          .join('.'),
        String(ip.split('.').reduce((n, p) => n * 256 + Number(p), 0)),
        `${ip}%25`,
        `[::ffff:${ip}]`,
      ])
        ends[address] = endOf(await on.approved({ kind: 'block_ip', target: { type: 'address', address } }));
  });
  expectRefused(ends, ['PROTECTED', 'UNRESOLVED']);
  expect([ends[own], ends[`::ffff:${own}`], ends[`::ffff:${hex(trusted)}`]]).toEqual(Array(3).fill('PROTECTED'));
  expect(written).toEqual([]);
});

test('a stranger’s address in the mapped form is blocked as the address that it is', async () => {
  const { on } = attack;
  const { ip } = { ip: '203.0.113.66' };
  const answer = await on.approved({ kind: 'block_ip', target: { type: 'address', address: `::ffff:${ip}` } });
  expect(answer.result?.resolved?.target).toEqual({ type: 'address', address: ip });
  expect(await on.house.inspect('microsoft', 'ip:attacker')).toMatchObject({ blocked: true });
});
