import type { ActTarget } from '../../domain/act-target.js';
import { createSlackContainment } from '../../platforms/slack/containment.js';
import { tokensOf, type Tenant } from '../platforms/slack/fixture.js';
import { OPERATIONS } from '../../platforms/slack/methods.js';
import { actSuite } from './act-suite.js';
import { slackSubject, slackToActOn } from './slack-tenant.js';

const account = (tenant: Tenant): ActTarget => ({ type: 'account', accountId: tenant.id('dana') });
const app = (tenant: Tenant): ActTarget => ({
  type: 'app',
  appId: tenant.world.appId('thief'),
  accountId: tenant.id('dana'),
});
const file = (tenant: Tenant): ActTarget => ({
  type: 'link',
  fileId: tenant.simulator.state.files.find((f) => f.name === 'report-1.zip')?.id ?? '',
  accountId: tenant.id('dana'),
});

await actSuite({
  start: slackToActOn,
  subject: slackSubject,
  port: (tenant, timeoutMs) =>
    createSlackContainment({
      ...tenant.settings(tokensOf(tenant).containment),
      ownAppIds: [tenant.own.appId],
      timeoutMs,
    }),
  about: ['@dana', '@eve', 'app:thief', 'file:report-1.zip', 'file:report-2.zip'],
  protectedAccount: () => ({ type: 'account', accountId: 'ada@example.com' }),
  table: OPERATIONS,
  trials: [
    { kind: 'disable_account', target: account },
    {
      kind: 'end_sessions',
      target: (tenant) => ({ type: 'sessions', accountId: tenant.id('dana'), sessionIds: [] }),
    },
    {
      kind: 'end_sessions',
      of: 'that the evidence names',
      target: (tenant) => ({
        type: 'sessions',
        accountId: tenant.id('dana'),
        sessionIds: tenant.simulator.state.sessions.map((s) => String(s.id)),
      }),
    },
    {
      kind: 'remove_app',
      target: app,
      notPutBack: { installed: 'people install it again when they are allowed to; its tokens are gone' },
    },
    {
      kind: 'remove_app',
      of: 'that was approved',
      target: app,
      prepare: ({ simulator, world }) => {
        for (const app of simulator.state.apps) if (app.id === world.appId('thief')) app.resolution = 'approved';
      },
      notPutBack: { installed: 'as above' },
    },
    { kind: 'revoke_share', target: file },
    { kind: 'remove_file', target: file },
  ],
});
