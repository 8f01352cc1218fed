import { readSuite } from './read-suite.js';
import { filledSlack, impatientSlack, slackSubject } from './slack-tenant.js';

await readSuite({
  start: filledSlack,
  subject: slackSubject,
  port: impatientSlack,
  query: (tenant) => tenant.query('dana', { emails: ['dana@example.com'], readContent: true }),
});
