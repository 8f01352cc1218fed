import { OPERATIONS } from '../../platforms/microsoft/operations.js';
import { filledMicrosoft, microsoftEvidence, microsoftSubject } from './microsoft-tenant.js';
import { readSuite } from './read-suite.js';
import { until } from './subject.js';

await readSuite({
  start: filledMicrosoft,
  subject: microsoftSubject,
  port: microsoftEvidence,
  table: OPERATIONS,
  query: (tenant, ms) => tenant.query('dana', { readContent: true, to: until(tenant, ms) }),
  ofApp: {
    sources: ['microsoft.grants', 'microsoft.directory_audits', 'microsoft.sign_ins'],
    query: (tenant, ms) =>
      tenant.query('dana', { nativeId: tenant.world.appId('thief'), emails: [], to: until(tenant, ms) }),
  },
  goesWithout: {
    'GET /users/{id}/mailboxSettings': 'only tells a shared mailbox and the time zone; the account is known without it',
    'GET /users/{id}/authentication/methods': 'only tells which factor was registered; the log says that one was',
  },
  needNoScope: {
    'POST /oauth2/v2.0/token': 'what an app may do stands in the token; asking for one takes no permission',
  },
  leavesTraces: {
    'POST /security/auditLog/queries': 'a search that was begun is found by its name and not begun again',
    'GET /security/auditLog/queries/{id}': 'a search goes on while it is looked at: there are not more looks to come',
  },
});
