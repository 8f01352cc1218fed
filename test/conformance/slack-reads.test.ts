import { readSuite } from './read-suite.js';
import { filledSlack, impatientSlack, slackSubject } from './slack-tenant.js';
import { until } from './subject.js';

await readSuite({
  start: filledSlack,
  subject: slackSubject,
  port: impatientSlack,
  query: (tenant, ms) =>
    tenant.query('dana', { emails: ['dana@example.com'], readContent: true, to: until(tenant, ms) }),
});
