/** Child of threads.test.ts: scans in a thread, then has nothing more to do. */
import { scanInThread } from '../../../../activities/analysis/secret-scan/pool.js';

const hits = await scanInThread([{ eventId: 'e', text: 'password: Winter-Otter-2291' }], new Uint8Array(32));
process.stdout.write(`${hits.length} ${hits[0]?.kind ?? ''}\n`);
