import type { EventKind } from '../../domain/evidence.js';
import type { ActTarget } from '../../domain/act-target.js';
import { createGoogleContainment } from '../../platforms/google/containment.js';
import { googleCredentials } from '../../simulator/google/authority.js';
import { evidenceOf, readAll, type Tenant } from '../platforms/google/fixture.js';
import { AUTO_FORWARDING } from '../../platforms/google/mail-forwarding.js';
import type { MailAccessList } from '../../platforms/google/mail-access.js';
import { METHODS } from '../../platforms/google/methods.js';
import { actSuite } from './act-suite.js';
import { googleSubject, googleToActOn } from './google-tenant.js';

const account = (tenant: Tenant): ActTarget => ({ type: 'account', accountId: tenant.id('dana') });
/** What the evidence names first of a kind. */
const seen = async (tenant: Tenant, source: string, kind: EventKind, not?: string): Promise<string> => {
  const { events } = await readAll(evidenceOf(tenant), source, tenant.query('dana'));
  return events.find((e) => e.kind === kind && e.target !== undefined && e.target.id !== not)?.target?.id ?? '';
};
const link = async (tenant: Tenant): Promise<ActTarget> => ({
  type: 'link',
  fileId: await seen(tenant, 'google.drive', 'share'),
  accountId: tenant.id('dana'),
});
const rule = (tenant: Tenant, ruleId: string): ActTarget => ({
  type: 'mail_rule',
  ruleId,
  accountId: tenant.id('dana'),
});
const method =
  (methodId: string) =>
  (tenant: Tenant): ActTarget => ({ type: 'auth_method', methodId, accountId: tenant.id('dana') });
/** As the evidence names it. */
const delegate =
  (list: MailAccessList) =>
  async (tenant: Tenant): Promise<ActTarget> => {
    const { events } = await readAll(evidenceOf(tenant), 'google.notices', tenant.query('dana'));
    const found = events.find((e) => e.target?.type === 'delegate' && e.operation === list);
    return { type: 'delegate', delegateId: found?.target?.id ?? '', accountId: tenant.id('dana') };
  };

await actSuite({
  start: googleToActOn,
  subject: googleSubject,
  port: (tenant, timeoutMs) =>
    createGoogleContainment({
      ...tenant.settings('containment', { timeoutMs }),
      blockLevel: googleCredentials(tenant.world).blockLevel,
    }),
  about: ['@dana', '@max', 'app:thief', 'app:notes', 'ip:attacker', 'ip:office'],
  protectedAccount: (tenant) => ({ type: 'account', accountId: tenant.id('ada') }),
  table: METHODS,
  trials: [
    { kind: 'hold_data', target: account },
    { kind: 'revoke_share', target: link },
    { kind: 'remove_file', target: link },
    {
      kind: 'remove_mail_rule',
      of: 'that is a filter',
      target: async (tenant) => rule(tenant, await seen(tenant, 'google.notices', 'mail_rule', AUTO_FORWARDING)),
      notPutBack: {
        present: 'a filter that is made again has another id',
        filter: 'as above; the mailbox has it again',
      },
    },
    {
      kind: 'remove_mail_rule',
      of: 'that forwards all mail',
      target: (tenant) => rule(tenant, AUTO_FORWARDING),
    },
    { kind: 'revoke_tokens', target: account },
    {
      kind: 'revoke_tokens',
      of: 'of one app',
      target: (tenant) => ({ type: 'grant', appId: tenant.world.appId('thief'), accountId: tenant.id('dana') }),
    },
    {
      kind: 'remove_app',
      target: (tenant) => ({ type: 'app', appId: tenant.world.appId('thief'), accountId: tenant.id('dana') }),
    },
    { kind: 'reset_credentials', target: account },
    { kind: 'remove_auth_method', of: 'that is an app password', target: method('asp:1') },
    { kind: 'remove_auth_method', of: 'that are backup codes', target: method('backup-codes') },
    { kind: 'remove_delegate', of: 'who reads the mailbox', target: delegate('delegates') },
    { kind: 'remove_delegate', of: 'as whom it writes', target: delegate('sendAs') },
    { kind: 'remove_delegate', of: 'to whom it may forward', target: delegate('forwardingAddresses') },
    {
      kind: 'end_sessions',
      target: (tenant) => ({ type: 'sessions', accountId: tenant.id('dana'), sessionIds: [] }),
    },
    { kind: 'block_devices', target: account },
    { kind: 'disable_account', target: account },
    { kind: 'block_ip', target: (tenant) => ({ type: 'address', address: tenant.world.ip('attacker') }) },
  ],
});
