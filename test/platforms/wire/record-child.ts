import { createWire } from '../../../platforms/wire.js';
import type { VendorRole } from '../../../platforms/operation.js';
import { recordCalls } from '../../../platforms/wire/record.js';

/** One of several processes that record their calls in one file: `record-child.ts <file> <role>`. */
const [file = '', role = ''] = process.argv.slice(2);
const wire = createWire({
  bases: [{ own: 'https://slack.com/', at: 'https://slack.com/' }],
  fetch: async () => new Response('{}'),
  record: recordCalls({ file, role: role as VendorRole, vendor: 'slack', tenant: 'main' }),
});
for (let n = 0; n < 200; n++)
  await wire.send({ operation: 'x', scopes: [] }, `https://slack.com/api/x?cursor=${'c'.repeat(n * 20)}`, {});
