import { parseArgs } from 'node:util';
import { runRole } from './run-role.js';

/** `node --import tsx workers/main.ts --role R` */
await runRole(parseArgs({ options: { role: { type: 'string' } } }).values.role);
