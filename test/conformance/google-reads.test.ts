import { METHODS } from '../../platforms/google/methods.js';
import { filledGoogle, googleSubject, googleEvidence } from './google-tenant.js';
import { readSuite } from './read-suite.js';
import { until } from './subject.js';

await readSuite({
  start: filledGoogle,
  subject: googleSubject,
  port: googleEvidence,
  table: METHODS,
  query: (tenant, ms) => tenant.query('dana', { readContent: true, to: until(tenant, ms) }),
});
