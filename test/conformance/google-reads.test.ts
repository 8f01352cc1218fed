import { filledGoogle, googleSubject, impatientGoogle } from './google-tenant.js';
import { readSuite } from './read-suite.js';

await readSuite({
  start: filledGoogle,
  subject: googleSubject,
  port: impatientGoogle,
  query: (tenant) => tenant.query('dana', { readContent: true }),
});
