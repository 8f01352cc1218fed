import { ruleNamed, type ActTarget } from '../../domain/act-target.js';
import type { EventKind } from '../../domain/evidence.js';
import { authMethodsOf } from '../../platforms/microsoft/auth-methods.js';
import { createMicrosoftClient } from '../../platforms/microsoft/client.js';
import { createMicrosoftContainment } from '../../platforms/microsoft/containment.js';
import { OPERATIONS } from '../../platforms/microsoft/operations.js';
import { evidenceOf, readAll, type Tenant } from '../platforms/microsoft/fixture.js';
import { actSuite } from './act-suite.js';
import { FACTORS, microsoftSubject, microsoftToActOn } from './microsoft-tenant.js';

type TargetIn = (tenant: Tenant) => ActTarget | Promise<ActTarget>;
const dana = (tenant: Tenant) => ({ accountId: tenant.id('dana') });
const account: TargetIn = (tenant) => ({ type: 'account', ...dana(tenant) });
const address: TargetIn = (tenant) => ({ type: 'address', address: tenant.world.ip('attacker') });
/** What the evidence names first of a kind. */
const seen = async (tenant: Tenant, source: string, kind: EventKind): Promise<string> => {
  const { events } = await readAll(evidenceOf(tenant), source, tenant.query('dana'));
  const found = events.find((e) => e.kind === kind && e.target !== undefined && e.target.type !== 'message');
  return found?.target?.id ?? '';
};
const linkIn =
  (source: string): TargetIn =>
  async (tenant) => ({ type: 'link', fileId: await seen(tenant, source, 'share'), ...dana(tenant) });
const deviceIn =
  (source: string): TargetIn =>
  async (tenant) => {
    const { events } = await readAll(evidenceOf(tenant), source, tenant.query('dana'));
    const deviceId = events.find((e) => e.deviceId !== undefined)?.deviceId ?? '';
    return { type: 'device', deviceId, sessionIds: [] };
  };
const factor =
  (method: string): TargetIn =>
  async (tenant) => {
    const all = await authMethodsOf(createMicrosoftClient(tenant.settings('containment')), tenant.id('dana'));
    const methodId = all.find(({ key }) => key.startsWith(`${method}Methods/`))?.key ?? '';
    return { type: 'auth_method', methodId, ...dana(tenant) };
  };
const link = linkIn('microsoft.files');
/** As the audit log names it. */
const audited = linkIn('microsoft.audit_search');
const rule: TargetIn = async (tenant) => ({
  type: 'mail_rule',
  ruleId: await seen(tenant, 'microsoft.notices', 'mail_rule'),
  ...dana(tenant),
});
/** In Defender, and one that only Intune manages. */
const laptop = deviceIn('microsoft.alerts');
const tablet = deviceIn('microsoft.sign_ins');

await actSuite({
  start: microsoftToActOn,
  subject: microsoftSubject,
  port: (tenant, timeoutMs) => createMicrosoftContainment(tenant.settings('containment', { timeoutMs })),
  about: ['@dana', '@max', 'app:thief', 'ip:attacker', 'ip:office', 'device:laptop', 'device:tablet'],
  protectedAccount: (tenant) => ({ type: 'account', accountId: tenant.id('ada') }),
  table: OPERATIONS,
  needNoScope: {
    'POST /oauth2/v2.0/token': 'what an app may do stands in the token; asking for one takes no permission',
  },
  trials: [
    { kind: 'disable_account', target: account },
    { kind: 'reset_credentials', target: account },
    { kind: 'end_sessions', target: (tenant) => ({ type: 'sessions', sessionIds: [], ...dana(tenant) }) },
    ...FACTORS.map((method) => ({ kind: 'remove_auth_method' as const, of: method, target: factor(method) })),
    {
      kind: 'revoke_tokens',
      of: 'of one app',
      target: (tenant) => ({ type: 'grant', appId: tenant.world.appId('thief'), ...dana(tenant) }),
      notPutBack: { 'grant:*': 'a consent that is given again has another id' },
    },
    {
      kind: 'remove_app',
      target: (tenant) => ({ type: 'app', appId: tenant.world.appId('thief'), ...dana(tenant) }),
    },
    { kind: 'revoke_share', target: link },
    { kind: 'revoke_share', of: 'that the audit log names', target: audited },
    { kind: 'remove_file', target: link },
    { kind: 'remove_mail_rule', target: rule },
    {
      kind: 'remove_mail_rule',
      of: 'by its name',
      target: (tenant) => ({ type: 'mail_rule', ruleId: ruleNamed('.'), ...dana(tenant) }),
    },
    { kind: 'block_ip', target: address },
    {
      kind: 'block_ip',
      of: 'by Defender, without Conditional Access',
      target: address,
      prepare: ({ simulator }) => simulator.authority.grant('containment', 'Ti.ReadWrite'),
      port: (tenant, timeoutMs) =>
        createMicrosoftContainment({
          ...tenant.settings('containment', { timeoutMs }),
          licences: { entraP1: false },
        }),
    },
    {
      kind: 'confirm_compromised',
      target: account,
      notPutBack: {
        riskState: 'a risk is dismissed; that it was there before nobody can say again',
        riskLevel: 'goes with it',
      },
    },
    {
      kind: 'quarantine_device',
      of: 'by Defender',
      target: laptop,
      notPutBack: {
        lastAction: 'Defender shows the release as the last action',
        status: 'and how far it is',
      },
    },
    {
      kind: 'quarantine_device',
      of: 'by Intune',
      target: tablet,
      noUndo: 'Intune locks the screen; who has the code of the device opens it',
    },
    { kind: 'disable_device', of: 'that Defender names', target: laptop },
    { kind: 'disable_device', of: 'that a sign-in names', target: tablet },
    { kind: 'retire_device', target: laptop },
  ],
});
