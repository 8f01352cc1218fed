import { OwnPostgres } from '../../../../store/postgres/server.js';
import { onServer } from '../../../support/database-server.js';
import { databaseSettings } from '../../../../store/postgres/settings.js';

// A process that owns a server, for tests that kill it: starts one in the folder that it is given, commits a row, and says the server's process id.
const [root = ''] = process.argv.slice(2);
const server = await OwnPostgres.start({ root, log: `${root}.log` });
await onServer(databaseSettings({ ...server.env() }), 'CREATE TABLE kept AS SELECT 1 AS n');
process.send?.(server.pid);
