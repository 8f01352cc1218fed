import { filledMicrosoft, impatientMicrosoft, microsoftSubject } from './microsoft-tenant.js';
import { readSuite } from './read-suite.js';

await readSuite({
  start: filledMicrosoft,
  subject: microsoftSubject,
  port: impatientMicrosoft,
  query: (tenant) => tenant.query('dana', { readContent: true }),
});
