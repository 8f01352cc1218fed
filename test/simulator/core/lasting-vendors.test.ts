import { appendFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { SignJWT, importPKCS8 } from 'jose';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { CallLog } from '../../../simulator/core/call-log.js';
import { loadScenario } from '../../../simulator/core/scenario.js';
import { serveLastingVendors, type VendorSimulator } from '../../../simulator/core/server.js';
import { World } from '../../../simulator/core/world.js';
import { createGoogleTenant, googleCredentials } from '../../../simulator/google/index.js';
import { createMicrosoftTenant, microsoftCredentials } from '../../../simulator/microsoft/index.js';
import { createSlackTenant, slackCredentials } from '../../../simulator/slack/index.js';

const STARTED_AT = new Date(Date.now() - 60_000);

interface Tenants {
  readonly world: World;
  readonly vendors: readonly VendorSimulator[];
  readonly slack: string;
  readonly microsoft: string;
  readonly google: string;
  stop(): Promise<void>;
}

let file: string;
let folder: string;
let tenants: Tenants;

async function start(): Promise<Tenants> {
  const world = new World(loadScenario('google-oauth-app'), { startedAt: STARTED_AT });
  const vendors = [createSlackTenant(world), createMicrosoftTenant(world), createGoogleTenant(world)];
  const served = await serveLastingVendors(world, vendors, new CallLog(file), []);
  const [slack = '', microsoft = '', google = ''] = served.map((s) => s.url);
  return {
    ...{ world, vendors, slack, microsoft, google },
    stop: async () => {
      await Promise.all(served.map(({ app }) => app.close()));
    },
  };
}

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'quell-tenants-'));
  file = join(folder, 'simulator', 'calls.jsonl');
  tenants = await start();
});
afterEach(async () => {
  await tenants.stop();
  rmSync(folder, { recursive: true, force: true });
});

async function call(url: string, token: string, method: string, body?: unknown): Promise<Record<string, unknown>> {
  const response = await fetch(url, {
    method,
    headers: {
      authorization: `Bearer ${token}`,
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const text = await response.text();
  return { status: response.status, ...(text === '' ? {} : (JSON.parse(text) as object)) };
}

async function microsoftToken(role: 'containment' | 'people'): Promise<string> {
  const { tenantId, ...roles } = microsoftCredentials(tenants.world);
  const form = new URLSearchParams({
    client_id: roles[role].clientId,
    client_secret: roles[role].clientSecret,
    grant_type: 'client_credentials',
    scope: 'https://graph.microsoft.com/.default',
  });
  const answer = await fetch(`${tenants.microsoft}/${tenantId}/oauth2/v2.0/token`, { method: 'POST', body: form });
  return ((await answer.json()) as { access_token: string }).access_token;
}

async function googleToken(): Promise<string> {
  const { containment, adminSubject } = googleCredentials(tenants.world);
  const assertion = await new SignJWT({
    scope: 'https://www.googleapis.com/auth/admin.directory.user.security',
    sub: adminSubject,
  })
    .setProtectedHeader({ alg: 'RS256' })
    .setIssuer(containment.email)
    .setAudience('https://oauth2.googleapis.com/token')
    .setIssuedAt()
    .setExpirationTime('1h')
    .sign(await importPKCS8(containment.privateKey, 'RS256'));
  const form = new URLSearchParams({ grant_type: 'urn:ietf:params:oauth:grant-type:jwt-bearer', assertion });
  const answer = await fetch(`${tenants.google}/token`, { method: 'POST', body: form });
  return ((await answer.json()) as { access_token: string }).access_token;
}

/** Everything of the tenants that people and reports look at. */
const seen = ({ world, vendors }: Tenants): unknown => ({
  journal: world.journal,
  people: Object.entries(world.scenario.people).map(([key, person]) => ({
    key,
    messages: vendors.flatMap((v) => v.messagesTo?.(key) ?? []),
    state: vendors.flatMap((v) => (person.accounts.includes(v.platform) ? [v.inspect(`@${key}`)] : [])),
  })),
});

/** Somebody with an account of the platform and no rights over others, by key and native id. */
function member(platform: 'slack' | 'microsoft' | 'google'): { readonly key: string; readonly id: string } {
  const key =
    Object.entries(tenants.world.scenario.people).find(([, p]) => !p.admin && p.accounts.includes(platform))?.[0] ?? '';
  return { key, id: tenants.world.nativeId(platform, key) };
}

async function act(): Promise<void> {
  const { tokens } = slackCredentials(tenants.world);
  const { slack, microsoft, google } = tenants;
  const [onSlack, onMicrosoft, onGoogle] = [member('slack').id, member('microsoft').id, member('google').id];
  const opened = await call(`${slack}/api/conversations.open`, tokens.bot, 'POST', { users: onSlack });
  const { id: channel } = opened['channel'] as { id: string };
  await call(`${slack}/api/chat.postMessage`, tokens.bot, 'POST', { channel, text: 'Was it you?' });
  await call(`${slack}/scim/v1/Users/${onSlack}`, tokens.containmentAdmin, 'PATCH', {
    schemas: ['urn:scim:schemas:core:1.0'],
    active: false,
  });
  await call(`${microsoft}/v1.0/users/${onMicrosoft}`, await microsoftToken('containment'), 'PATCH', {
    accountEnabled: false,
  });
  const people = await microsoftToken('people');
  const mailbox = `${microsoft}/v1.0/users/${microsoftCredentials(tenants.world).mailFrom}/messages`;
  const draft = await call(mailbox, people, 'POST', {
    subject: 'Was it you?',
    body: { contentType: 'text', content: 'http://127.0.0.1/answer#x' },
    toRecipients: [{ emailAddress: { address: tenants.world.scenario.people[member('microsoft').key]?.email } }],
  });
  await call(`${mailbox}/${String(draft['id'])}/send`, people, 'POST');
  await call(`${google}/admin/directory/v1/users/${onGoogle}/signOut`, await googleToken(), 'POST');
}

it('are after a restart what they were: accounts, messages, and the journal to the millisecond', async () => {
  await act();
  const before = seen(tenants);
  expect(tenants.world.journal.map((j) => j.platform)).toEqual(['slack', 'microsoft', 'google']);
  expect(JSON.stringify(before)).toContain('Was it you?');
  await tenants.stop();
  tenants = await start();
  expect(seen(tenants)).toEqual(before);
});

it('are so after any number of restarts, and go on from there', async () => {
  await act();
  for (let n = 0; n < 2; n++) {
    await tenants.stop();
    tenants = await start();
  }
  const token = await microsoftToken('containment');
  const url = `/v1.0/users/${member('microsoft').id}`;
  await call(`${tenants.microsoft}${url}`, token, 'PATCH', { accountEnabled: true });
  const before = seen(tenants);
  expect(tenants.world.journal).toHaveLength(4);
  await tenants.stop();
  tenants = await start();
  expect(seen(tenants)).toEqual(before);
  // A token goes on too, as a real one does.
  expect(await call(`${tenants.microsoft}${url}`, token, 'GET')).toMatchObject({ status: 200 });
});

it('keep what changed something: no reads, no tokens, no refused calls, but the call whose answer was lost', async () => {
  const { tokens } = slackCredentials(tenants.world);
  const { id } = member('slack');
  await call(`${tenants.slack}/api/users.info`, tokens.evidenceAdmin, 'POST', { user: id });
  await call(`${tenants.microsoft}/v1.0/users/${id}`, 'nobody', 'PATCH', { accountEnabled: false });
  await microsoftToken('people');
  expect(new CallLog(file).read()).toEqual([]);
  tenants.world.faults.push({
    platform: 'slack',
    operation: 'admin.users.session.reset',
    kind: 'reply_lost',
    times: 1,
  });
  const reset = call(`${tenants.slack}/api/admin.users.session.reset`, tokens.containmentAdmin, 'POST', {
    user_id: id,
  });
  await expect(reset).rejects.toThrow();
  expect(new CallLog(file).read()).toMatchObject([{ platform: 'slack', status: 200 }]);
});

it('drop a last line that was cut short, and refuse a log that is not theirs', async () => {
  await act();
  const whole = readFileSync(file, 'utf8');
  await tenants.stop();
  appendFileSync(file, '{"at":"2026-01-0');
  tenants = await start();
  expect(tenants.world.journal).toHaveLength(3);
  expect(readFileSync(file, 'utf8')).toBe(whole);

  const [first = ''] = whole.split('\n');
  const other = join(folder, 'other.jsonl');
  writeFileSync(other, `${first.replace(/"status":\d+/, '"status":204')}\n`);
  const world = new World(loadScenario('google-oauth-app'), { startedAt: STARTED_AT });
  await expect(serveLastingVendors(world, [createSlackTenant(world)], new CallLog(other), [])).rejects.toMatchObject({
    code: 'STORE',
  });
  writeFileSync(other, 'nonsense\n');
  await expect(serveLastingVendors(world, [createSlackTenant(world)], new CallLog(other), [])).rejects.toMatchObject({
    code: 'STORE',
  });
});
