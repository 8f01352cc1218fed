import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, describe, expect, it } from 'vitest';
import type { Platform } from '../../domain/platform.js';
import { createGoogleContainment } from '../../platforms/google/containment.js';
import { createGoogleEvidence } from '../../platforms/google/evidence.js';
import { METHODS } from '../../platforms/google/methods.js';
import { googleBases } from '../../platforms/google/settings.js';
import { createMicrosoftContainment } from '../../platforms/microsoft/containment.js';
import { createMicrosoftEvidence } from '../../platforms/microsoft/evidence.js';
import { OPERATIONS as MICROSOFT } from '../../platforms/microsoft/operations.js';
import { MICROSOFT_HOSTS, microsoftBases } from '../../platforms/microsoft/settings.js';
import type { VendorOperation, VendorRole } from '../../platforms/operation.js';
import type { ContainmentPort, EvidencePort } from '../../platforms/ports.js';
import { createSlackContainment } from '../../platforms/slack/containment.js';
import { createSlackEvidence } from '../../platforms/slack/evidence.js';
import { OPERATIONS as SLACK } from '../../platforms/slack/methods.js';
import { SLACK as SLACK_HOSTS, slackBases } from '../../platforms/slack/settings.js';
import { createWire, type Base, type Wire } from '../../platforms/wire.js';
import { recordCalls, type RecordedCall } from '../../platforms/wire/record.js';
import { tokensOf } from '../platforms/slack/fixture.js';
import { resolving } from '../support/resolving.js';
import { filledGoogle, googleSubject } from './google-tenant.js';
import { filledMicrosoft, microsoftSubject } from './microsoft-tenant.js';
import { readsOf, readWhole } from './reads.js';
import { filledSlack, slackSubject } from './slack-tenant.js';
import { observed, type Subject } from './subject.js';

/** What a security team reads to see what the product does to its tenant: every request that was made, and no more of it than the table says. */
interface Flow {
  readonly platform: Platform;
  readonly table: Readonly<Record<string, VendorOperation>>;
  /** Where a token comes from: nothing of the table. */
  readonly tokens: readonly string[];
  /** The request of an operation, on the vendor's own host; undefined where the URL itself is the right to call it. */
  address(operation: VendorOperation): RegExp;
  method(operation: VendorOperation): string;
  open(wireOf: (role: VendorRole, bases: readonly Base[]) => Wire): Promise<Opened>;
}
interface Opened {
  readonly subject: Subject;
  readonly evidence: EvidencePort;
  readonly containment: ContainmentPort;
  id(key: string): string;
  query(): Parameters<typeof readsOf>[1];
  close(): Promise<void>;
}

const exactly = (host: string, template: string): RegExp =>
  new RegExp(
    `^${host.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')}${template
      .split(/(\{\+?\w+\})/)
      .map((part) =>
        part.startsWith('{+') ? '.+' : part.startsWith('{') ? '[^/]+' : part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'),
      )
      .join('')}$`,
  );
type Row = VendorOperation & {
  readonly api?: string;
  readonly method?: string;
  readonly path?: string;
  readonly version?: string;
};
const GOOGLE_HOSTS: Readonly<Record<string, string>> = {
  directory: 'https://admin.googleapis.com',
  reports: 'https://admin.googleapis.com',
  drive: 'https://www.googleapis.com',
};

const FLOWS: readonly Flow[] = [
  {
    platform: 'slack',
    table: SLACK,
    tokens: [],
    address: ({ name }) =>
      name === 'audit.logs'
        ? exactly(SLACK_HOSTS.audit, 'logs')
        : name.startsWith('scim.')
          ? exactly(SLACK_HOSTS.scim, '{version}/Users/{id}')
          : exactly(SLACK_HOSTS.api, name),
    method: ({ name }) => (name === 'scim.Users.patch' ? 'PATCH' : /^(scim|audit)\./.test(name) ? 'GET' : 'POST'),
    async open(wireOf) {
      const tenant = await filledSlack();
      const { url } = tenant;
      const bases = slackBases({
        api: `${url}/api/`,
        audit: `${url}/audit/v1/`,
        scim: `${url}/scim/`,
        hooks: `${url}/hooks/`,
      });
      const { evidence, containment } = tokensOf(tenant);
      return {
        ...tenant,
        subject: slackSubject(tenant),
        evidence: createSlackEvidence({ ...tenant.settings(evidence), wire: wireOf('evidence', bases) }),
        containment: createSlackContainment({ ...tenant.settings(containment), wire: wireOf('containment', bases) }),
        query: () => tenant.query('dana', { emails: ['dana@example.com'], readContent: true }),
      };
    },
  },
  {
    platform: 'microsoft',
    table: MICROSOFT,
    tokens: ['POST /oauth2/v2.0/token'],
    address: (operation) => {
      const { api = 'graph', path = '', version = '' } = operation as Row;
      const host = MICROSOFT_HOSTS[api as keyof typeof MICROSOFT_HOSTS];
      return exactly(host, api === 'graph' ? `/${version}${path}` : path);
    },
    method: (operation) => (operation as Row).method ?? '',
    async open(wireOf) {
      const tenant = await filledMicrosoft();
      const bases = microsoftBases({ graph: tenant.url, login: tenant.url, manage: tenant.url });
      return {
        ...tenant,
        subject: microsoftSubject(tenant),
        evidence: createMicrosoftEvidence({
          ...tenant.settings('evidence', { wire: wireOf('evidence', bases) }),
          auditSearch: { pollMs: 1 },
        }),
        containment: createMicrosoftContainment(tenant.settings('containment', { wire: wireOf('containment', bases) })),
        query: () => tenant.query('dana', { readContent: true }),
      };
    },
  },
  {
    platform: 'google',
    table: METHODS,
    tokens: ['oauth.token'],
    address: (operation) => {
      const { api = '', path = '' } = operation as Row;
      return exactly(GOOGLE_HOSTS[api] ?? `https://${api}.googleapis.com`, path);
    },
    method: (operation) => (operation as Row).method ?? '',
    async open(wireOf) {
      const tenant = await filledGoogle();
      const bases = googleBases(tenant.url);
      return {
        ...tenant,
        subject: googleSubject(tenant),
        evidence: createGoogleEvidence(tenant.settings('evidence', { wire: wireOf('evidence', bases) })),
        containment: createGoogleContainment(tenant.settings('containment', { wire: wireOf('containment', bases) })),
        query: () => tenant.query('dana', { readContent: true }),
      };
    },
  },
];

const folder = mkdtempSync(join(tmpdir(), 'quell-record-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
let opened: Opened | undefined;
afterEach(async () => {
  await opened?.close();
});

describe.each(FLOWS)('the record of calls to $platform', (flow) => {
  it('has every call of a collection and of a step, each as the table says, and no value, token or secret', async () => {
    const file = join(folder, `${flow.platform}.jsonl`);
    const started = await flow.open((role, bases) =>
      createWire({ bases, record: recordCalls({ file, role, vendor: flow.platform, tenant: 'main' }) }),
    );
    opened = started;
    const { value: password, calls } = await observed(started.subject.world, () => work(started));
    expect(password).toBe('done');

    const text = readFileSync(file, 'utf8');
    const lines = text
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as RecordedCall);

    const counted = new Map<string, number>();
    for (const { operation } of lines) counted.set(operation, (counted.get(operation) ?? 0) + 1);
    expect(counted).toEqual(new Map(calls));
    expect(new Set(lines.map((l) => l.role))).toEqual(new Set(['evidence', 'containment']));
    expect(lines.flatMap((line) => wrongWith(flow, line))).toEqual([]);

    // A line that is not as it should be is found.
    const right = lines.at(-1) as RecordedCall;
    for (const change of [{ scopes: ['admin.everything'] }, { method: 'TRACE' }, { url: 'https://example.com/' }])
      expect(wrongWith(flow, { ...right, ...change })).not.toEqual([]);

    const told = started.subject.secrets().filter((secret) => !secret.includes('@') && text.includes(secret));
    expect(told).toEqual([]);
    // What people wrote stands in bodies and answers, of which no value is kept.
    expect(text).not.toMatch(/figures \d|offer \d|to all \d|newPassword|"password":/);
  });
});

/** Reads everything about a person and stops the account. */
async function work({ evidence, containment, id, query }: Opened): Promise<string> {
  for (const read of readsOf(evidence, query())) await readWhole(read);
  const act = resolving(containment, 'disable_account');
  const target = { type: 'account', accountId: id('dana') } as const;
  await act.capture(target);
  const context = { since: new Date().toISOString(), idempotencyKey: 'record' };
  const writes = await act.apply(target, context);
  const { holds } = await act.verify(target, context);
  return writes.length === 1 && holds ? 'done' : 'not done';
}

const FIELDS = [
  'at',
  'role',
  'vendor',
  'tenant',
  'operation',
  'method',
  'url',
  'query',
  'bodyFields',
  'scopes',
  'status',
];

/** What of a line is not as the vendor's table says. */
function wrongWith(flow: Flow, line: RecordedCall): readonly string[] {
  const { operation, method, url, scopes, role, bodyFields, status } = line;
  const where = `${operation} ${method} ${url}`;
  const common = [
    ...(Object.keys(line).sort().join() === [...FIELDS].sort().join()
      ? []
      : [`${where}: has ${Object.keys(line).join()}`]),
    ...(typeof status === 'number' && status < 300 ? [] : [`${where}: ended with ${String(status)}`]),
    ...(new URL(url).search === '' && new URL(url).protocol === 'https:'
      ? []
      : [`${where}: not the vendor's own address`]),
    ...bodyFields.filter((name) => !/^[\w.@$-]+$/.test(name)).map((name) => `${where}: ${name} is no name`),
  ];
  if (flow.tokens.includes(operation)) return common;
  const rows = Object.values(flow.table).filter((o) => o.name === operation && o.roles.includes(role));
  const fits = rows.some(
    (o) =>
      flow.method(o) === method &&
      versions(flow.address(o)).some((address) => address.test(decodeURIComponent(url))) &&
      scopes.every((scope) => o.scopes.includes(scope)) &&
      (scopes.length > 0 || o.scopes.length === 0),
  );
  return fits ? common : [...common, `${where}: not in the table of ${role} with ${scopes.join(' ')}`];
}

/** Audit search is tried in both versions of Graph. */
const versions = (address: RegExp): readonly RegExp[] => [
  address,
  new RegExp(address.source.replace('\\/v1\\.0\\/', '\\/beta\\/')),
];
