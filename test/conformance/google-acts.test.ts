import type { EventKind } from '../../domain/evidence.js';
import type { ActionTarget } from '../../domain/plan.js';
import { createGoogleContainment } from '../../platforms/google/containment.js';
import { googleCredentials } from '../../simulator/google/authority.js';
import { evidenceOf, readAll, type Tenant } from '../platforms/google/fixture.js';
import { METHODS } from '../../platforms/google/methods.js';
import { actSuite } from './act-suite.js';
import { googleSubject, googleToActOn } from './google-tenant.js';

const account = (tenant: Tenant): ActionTarget => ({ type: 'account', id: tenant.id('dana') });
/** What the evidence names first of a kind. */
const seen =
  (source: string, kind: EventKind, type: ActionTarget['type'], fits: (id: string) => boolean = () => true) =>
  async (tenant: Tenant): Promise<ActionTarget> => {
    const { events } = await readAll(evidenceOf(tenant), source, tenant.query('dana'));
    const id = events.find((e) => e.kind === kind && e.target !== undefined && fits(e.target.id))?.target?.id;
    return { type, id: id ?? '', accountId: tenant.id('dana') };
  };
const link = seen('google.drive', 'share', 'link');

await actSuite({
  start: googleToActOn,
  subject: googleSubject,
  port: (tenant, timeoutMs) =>
    createGoogleContainment({
      ...tenant.settings('containment', { timeoutMs }),
      blockLevel: googleCredentials(tenant.world).blockLevel,
    }),
  about: ['@dana', '@max', 'app:thief', 'app:notes', 'ip:attacker', 'ip:office'],
  protectedAccount: (tenant) => ({ type: 'account', id: tenant.id('ada') }),
  table: METHODS,
  trials: [
    { kind: 'hold_data', target: account },
    { kind: 'revoke_share', target: link },
    { kind: 'remove_file', target: link },
    {
      kind: 'remove_mail_rule',
      of: 'that is a filter',
      target: seen('google.notices', 'mail_rule', 'mail_rule', (id) => id !== 'autoForwarding'),
      notPutBack: {
        present: 'a filter that is made again has another id',
        filter: 'as above; the mailbox has it again',
      },
    },
    {
      kind: 'remove_mail_rule',
      of: 'that forwards all mail',
      target: (tenant) => ({ type: 'mail_rule', id: 'autoForwarding', accountId: tenant.id('dana') }),
    },
    { kind: 'revoke_tokens', target: account },
    {
      kind: 'remove_app',
      target: (tenant) => ({ type: 'app', id: tenant.world.appId('thief'), accountId: tenant.id('dana') }),
    },
    { kind: 'reset_credentials', target: account },
    { kind: 'end_sessions', target: account },
    { kind: 'block_devices', target: account },
    { kind: 'disable_account', target: account },
    { kind: 'block_ip', target: (tenant) => ({ type: 'ip', id: tenant.world.ip('attacker') }) },
  ],
});
