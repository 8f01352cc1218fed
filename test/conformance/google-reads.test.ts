import { filledGoogle, googleSubject, impatientGoogle } from './google-tenant.js';
import { readSuite } from './read-suite.js';
import { until } from './subject.js';

await readSuite({
  start: filledGoogle,
  subject: googleSubject,
  port: impatientGoogle,
  query: (tenant, ms) => tenant.query('dana', { readContent: true, to: until(tenant, ms) }),
});
