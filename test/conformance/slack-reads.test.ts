import { OPERATIONS } from '../../platforms/slack/methods.js';
import { readSuite } from './read-suite.js';
import { filledSlack, slackEvidence, slackSubject } from './slack-tenant.js';
import { until } from './subject.js';

await readSuite({
  start: filledSlack,
  subject: slackSubject,
  port: slackEvidence,
  table: OPERATIONS,
  query: (tenant, ms, name) => ({
    ...tenant.query('dana', { emails: ['dana@example.com'], readContent: true, to: until(tenant, ms) }),
    ...(name === 'slack.audit_logs.apps' ? { nativeId: tenant.world.appId('thief') } : {}),
  }),
  onePiece: { 'slack.trusted_networks': 'a list without pages' },
});
