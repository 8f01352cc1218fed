import { OPERATIONS } from '../../platforms/slack/methods.js';
import { readSuite } from './read-suite.js';
import { filledSlack, slackEvidence, slackSubject } from './slack-tenant.js';
import { until } from './subject.js';

await readSuite({
  start: filledSlack,
  subject: slackSubject,
  port: slackEvidence,
  table: OPERATIONS,
  query: (tenant, ms) =>
    tenant.query('dana', { emails: ['dana@example.com'], readContent: true, to: until(tenant, ms) }),
  ofApp: {
    sources: ['slack.audit_logs.apps'],
    alone: ['slack.audit_logs.apps'],
    query: (tenant, ms) =>
      tenant.query('dana', { nativeId: tenant.world.appId('thief'), emails: [], to: until(tenant, ms) }),
  },
  goesWithout: {
    'conversations.info':
      'whether a channel reaches out is told as unknown, with a gap: the rows themselves are another right’s',
  },
  onePiece: { 'slack.trusted_networks': 'a list without pages' },
});
