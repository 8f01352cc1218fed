import { afterEach, describe, expect, it } from 'vitest';
import { METHODS, type GoogleMethod } from '../../platforms/google/methods.js';
import { evidenceOf, readAll, startTenant, type Tenant } from '../platforms/google/fixture.js';
import { observedWire, type Exchange } from './exchange.js';
import { DRIVEN_ROWS, googleDrives } from './google-drives.js';
import { wrongWithExchange } from './google-oracle.js';

let tenant: Tenant;
afterEach(() => tenant.close());

const exchanges: Exchange[] = [];
/** A tenant whose every exchange is kept. */
async function watched(): Promise<Tenant> {
  exchanges.length = 0;
  const started = await startTenant(DRIVEN_ROWS, { pageSize: 2 });
  const wire = observedWire(started.settings('evidence').wire, (exchange) => exchanges.push(exchange));
  return { ...started, settings: (role, extra = {}) => started.settings(role, { wire, ...extra }) };
}
const wrong = (): readonly string[] => [...new Set(exchanges.flatMap(wrongWithExchange))];
const calls = (): readonly string[] => exchanges.map((e) => e.call.operation);

describe.each(Object.entries(googleDrives))('%s', (key, drive) => {
  it('is called with the SDK, as the package says, and answered as it says', async () => {
    tenant = await watched();
    await drive(tenant);
    expect(calls()).toContain((METHODS as Readonly<Record<string, GoogleMethod>>)[key]?.name);
    expect(wrong()).toEqual([]);
  });
});

it('all that is read is as the package says', async () => {
  tenant = await watched();
  const port = evidenceOf(tenant);
  for (const { id } of port.sources)
    expect((await readAll(port, id, tenant.query('dana', { readContent: true }))).events).not.toEqual([]);
  expect(wrong()).toEqual([]);
});

it('refusals are in Google’s words', async () => {
  tenant = await watched();
  tenant.simulator.authority.revoke('evidence', METHODS.alerts.scopes[0] ?? '');
  await expect(readAll(evidenceOf(tenant), 'google.alerts', tenant.query('dana'))).rejects.toThrow();
  for (const kind of ['throttle', 'throttle_without_header', 'error', 'missing_scope'] as const)
    for (const [operation, source] of [
      ['reports.activities.list', 'google.chat'],
      ['chat.spaces.list', 'google.messages'],
    ] as const) {
      tenant.fault(operation, kind);
      await expect(readAll(evidenceOf(tenant), source, tenant.query('dana'))).rejects.toThrow();
    }
  expect(exchanges.filter((e) => e.status >= 400)).toHaveLength(9);
  expect(wrong()).toEqual([]);
});

describe('the oracle finds', () => {
  async function one(): Promise<Exchange> {
    tenant = await watched();
    await evidenceOf(tenant).directory.lookup({ nativeId: tenant.id('dana') });
    return exchanges.find((e) => e.call.operation === METHODS.user.name) as Exchange;
  }
  const to = (from: Exchange, path: string): URL => new URL(path, from.url);
  it.each<[string, (right: Exchange) => Partial<Exchange>, RegExp]>([
    ['a method that is none', (e) => ({ call: { ...e.call, operation: 'directory.users.fetch' } }), /no such method/],
    ['another HTTP method', () => ({ method: 'POST' }), /POST in place of GET/],
    ['another host', (e) => ({ url: new URL(`${e.url.pathname}`, 'https://www.googleapis.com') }), /host/],
    ['another path', (e) => ({ url: to(e, '/admin/directory/v1/user/1') }), /is not/],
    ['an unknown parameter', (e) => ({ url: to(e, '?projection=full&limit=5') }), /no parameter limit/],
    ['a body where there is none', () => ({ body: '{}' }), /a body/],
    ['a foreign scope', (e) => ({ call: { ...e.call, scopes: ['https://mail.google.com/'] } }), /scope/],
    ['an unknown field in an answer', () => ({ answer: '{"id":"1","login":"x"}' }), /answer has no login/],
    ['a number for a text', () => ({ answer: '{"id":1}' }), /answer.id is a number/],
    ['a field of a field', () => ({ answer: '{"name":{"full":"x"}}' }), /answer.name has no full/],
    ['an answer that is none', () => ({ answer: '<html>' }), /answer is undefined/],
    ['an error of another vendor', () => ({ status: 404, answer: '{"ok":false}' }), /no form of Google/],
  ])('%s', async (_, change, expected) => {
    const right = await one();
    expect(wrongWithExchange(right)).toEqual([]);
    expect(wrongWithExchange({ ...right, ...change(right) }).join('\n')).toMatch(expected);
  });
});
