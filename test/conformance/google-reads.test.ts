import { filledGoogle, googleSubject, googleEvidence } from './google-tenant.js';
import { readSuite } from './read-suite.js';
import { until } from './subject.js';

await readSuite({
  start: filledGoogle,
  subject: googleSubject,
  port: googleEvidence,
  query: (tenant, ms) => tenant.query('dana', { readContent: true, to: until(tenant, ms) }),
});
