import type { EventKind } from '../../domain/evidence.js';
import type { ActionTarget } from '../../domain/plan.js';
import { createMicrosoftContainment } from '../../platforms/microsoft/containment.js';
import { OPERATIONS } from '../../platforms/microsoft/operations.js';
import { evidenceOf, readAll, type Tenant } from '../platforms/microsoft/fixture.js';
import { actSuite } from './act-suite.js';
import { microsoftSubject, microsoftToActOn } from './microsoft-tenant.js';

const account = (tenant: Tenant): ActionTarget => ({ type: 'account', id: tenant.id('dana') });
const app = (tenant: Tenant): ActionTarget => ({
  type: 'app',
  id: tenant.world.appId('thief'),
  accountId: tenant.id('dana'),
});
/** What the evidence names first of a kind. */
const seen =
  (source: string, kind: EventKind, type: ActionTarget['type']) =>
  async (tenant: Tenant): Promise<ActionTarget> => {
    const { events } = await readAll(evidenceOf(tenant), source, tenant.query('dana'));
    const found = events.find((e) => e.kind === kind && e.target !== undefined && e.target.type !== 'message');
    return { type, id: found?.target?.id ?? '', accountId: tenant.id('dana') };
  };
const deviceIn =
  (source: string) =>
  async (tenant: Tenant): Promise<ActionTarget> => {
    const { events } = await readAll(evidenceOf(tenant), source, tenant.query('dana'));
    return { type: 'device', id: events.find((e) => e.deviceId !== undefined)?.deviceId ?? '' };
  };
const link = seen('microsoft.files', 'share', 'link');
/** As the audit log names it. */
const audited = seen('microsoft.audit_search', 'share', 'link');
/** In Defender, and one that only Intune manages. */
const laptop = deviceIn('microsoft.alerts');
const tablet = deviceIn('microsoft.sign_ins');

await actSuite({
  start: microsoftToActOn,
  subject: microsoftSubject,
  port: (tenant, timeoutMs) => createMicrosoftContainment(tenant.settings('containment', { timeoutMs })),
  about: ['@dana', '@max', 'app:thief', 'ip:attacker', 'ip:office', 'device:laptop', 'device:tablet'],
  protectedAccount: (tenant) => ({ type: 'account', id: tenant.id('ada') }),
  table: OPERATIONS,
  needNoScope: {
    'POST /oauth2/v2.0/token': 'what an app may do stands in the token; asking for one takes no permission',
  },
  trials: [
    { kind: 'disable_account', target: account },
    { kind: 'reset_credentials', target: account },
    { kind: 'end_sessions', target: account },
    {
      kind: 'revoke_tokens',
      target: app,
      notPutBack: { 'grant *': 'a consent that is given again has another id' },
    },
    { kind: 'remove_app', target: app },
    { kind: 'revoke_share', target: link },
    { kind: 'revoke_share', of: 'that the audit log names', target: audited },
    { kind: 'remove_file', target: link },
    { kind: 'remove_mail_rule', target: seen('microsoft.notices', 'mail_rule', 'mail_rule') },
    { kind: 'block_ip', target: (tenant) => ({ type: 'ip', id: tenant.world.ip('attacker') }) },
    {
      kind: 'block_ip',
      of: 'by Defender, without Conditional Access',
      target: (tenant) => ({ type: 'ip', id: tenant.world.ip('attacker') }),
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
    { kind: 'retire_device', target: laptop },
  ],
});
