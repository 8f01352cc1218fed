import type { ActTarget } from '../../../domain/act-target.js';
import { createGoogleContainment } from '../../../platforms/google/containment.js';
import { mailAccessKey } from '../../../platforms/google/mail-access.js';
import { googleBases } from '../../../platforms/google/settings.js';
import type { CallOptions, ContainmentPort } from '../../../platforms/ports.js';
import { resolveTarget, summaryOf } from '../../../platforms/resolve.js';
import { createWire } from '../../../platforms/wire.js';
import { googleCredentials } from '../../../simulator/google/authority.js';
import { containmentOf, evidenceOf, readAll, startTenant, type RowInput, type Tenant } from './fixture.js';

/** The tenant of the test that runs; one test at a time. */
export let tenant: Tenant;
export const start = async (): Promise<void> => {
  tenant = await startTenant(ROWS, { people: PEOPLE });
};

const elsewhere = (email: string): object => ({
  name: 'Ext Owner',
  email,
  accounts: ['slack'],
  authority: 'slack',
  mail: 'microsoft',
});
/** The other administrators of the organisation are elsewhere: here Ada is the last. */
const PEOPLE = {
  ext: elsewhere('ext@partner.example.org'),
  ivy: elsewhere('ivy@example.com'),
  root: elsewhere('root@example.com'),
};
const ROWS: readonly RowInput[] = [
  { type: 'grant', at: '-PT1H', user: '@dana', app: 'app:thief', scopes: ['https://mail.google.com/'] },
  { type: 'grant', at: '-PT1H', user: '@max', app: 'app:notes', scopes: ['openid'] },
  { type: 'file', at: '-PT1H', user: '@dana', name: 'own.txt', shared: 'anyone' },
  { type: 'file', at: '-PT1H', user: '@max', name: 'of-max.txt', shared: 'anyone', editors: ['@dana'] },
  { type: 'file', at: '-PT1H', user: '@ext', name: 'of-ext.txt', shared: 'anyone', editors: ['@dana'] },
  { type: 'file', at: '-PT1H', user: '@dana', name: 'of-all.txt', shared: 'anyone', sharedDrive: 'Sales' },
  { type: 'file', at: '-PT1H', user: '@ada', name: 'of-ada.txt', shared: 'anyone', editors: ['@dana'] },
  { type: 'mail_rule', at: '-PT1H', mailbox: '@dana', from: 'no-reply@accounts.google.com', action: 'delete' },
  { type: 'app_password', at: '-PT1H', user: '@dana', name: 'imap' },
  { type: 'app_password', at: '-PT1H', user: '@max', name: 'printer' },
  { type: 'mail_access', at: '-PT1H', mailbox: '@dana', list: 'delegates', address: '@ada' },
  { type: 'mail_access', at: '-PT1H', mailbox: '@max', list: 'delegates', address: '@ada' },
  { type: 'mail_rule', at: '-PT1H', mailbox: '@max', from: 'no-reply@accounts.google.com', action: 'delete' },
];

export const dana = () => tenant.id('dana');
export const account = (accountId: string): ActTarget => ({ type: 'account', accountId });
export const resolved = (target: ActTarget, port: ContainmentPort = containmentOf(tenant), options?: CallOptions) =>
  resolveTarget(port, target, options);
export const targetOf = async (target: ActTarget): Promise<ActTarget> => summaryOf(await resolved(target)).target;
export const refusal = (target: ActTarget, port?: ContainmentPort): Promise<unknown> =>
  resolved(target, port).then(
    (found) => found,
    (error: unknown) => error,
  );
export const UNRESOLVED = { code: 'UNRESOLVED' };

/** A port to which the directory, Drive and the rest answer otherwise: what comes back is a copy, changed. */
export function misled(path: RegExp, change: (body: Record<string, unknown>) => unknown): ContainmentPort {
  const send: typeof fetch = async (url, init) => {
    const answer = await fetch(url, init);
    if (!path.test(new URL(url instanceof Request ? url.url : url).pathname)) return answer;
    const body = change((await answer.json()) as Record<string, unknown>);
    return new Response(JSON.stringify(body), { headers: { 'content-type': 'application/json' } });
  };
  const wire = createWire({ bases: googleBases(tenant.url), fetch: send });
  const { blockLevel } = googleCredentials(tenant.world);
  return createGoogleContainment({ ...tenant.settings('containment', { wire }), blockLevel });
}

/** As evidence names them. */
export async function seen(source: string, name: string | undefined): Promise<string> {
  const { events } = await readAll(evidenceOf(tenant), source, tenant.query('dana'));
  const kinds = ['share', 'mail_rule', 'mail_access'];
  return events.find((e) => kinds.includes(e.kind) && e.target?.name === name)?.target?.id ?? '';
}
export const fileOf = (key: string, name: string): string => tenant.simulator.file(tenant.id(key), name).id;

export const grant = (type: 'grant' | 'app', appId: string, accountId = dana()): ActTarget => ({
  type,
  appId,
  accountId,
});
export const link = (fileId: string, accountId = dana()): ActTarget => ({ type: 'link', fileId, accountId });
export const rule = (ruleId: string, accountId = dana()): ActTarget => ({ type: 'mail_rule', ruleId, accountId });
export const method = (methodId: string, accountId = dana()): ActTarget => ({
  type: 'auth_method',
  methodId,
  accountId,
});
export const delegate = (delegateId: string, accountId = dana()): ActTarget => ({
  type: 'delegate',
  delegateId,
  accountId,
});
export const address = (text: string): ActTarget => ({ type: 'address', address: text });
export const ADA = mailAccessKey('delegates', 'ada@example.com');
