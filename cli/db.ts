import { readFileSync } from 'node:fs';
import type { Command } from 'commander';
import { QuellError } from '../domain/errors.js';
import { DATABASE_ROLES } from '../store/postgres/grants.js';
import { enrol } from '../store/postgres/logins.js';
import { migrate, requireSchema } from '../store/postgres/migrations.js';
import { describeRights, wrongRights } from '../store/postgres/rights.js';
import { databaseSettings } from '../store/postgres/settings.js';
import { withDatabase } from './context.js';
import { print } from './terminal.js';

interface Enrolled {
  readonly login: string;
  readonly organisation: string;
  readonly role: string;
  readonly passwordFile?: string;
  readonly connections: string;
}

export function registerDb(program: Command): void {
  const db = program.command('db').description('the database, as its owner by DATABASE_URL: schema, rights, logins');

  db.command('migrate')
    .description('bring the schema, and what each role may do, up to this release')
    .action(async () => {
      const steps = await migrate(databaseSettings(process.env));
      print(...(steps.length === 0 ? ['nothing to do'] : steps.map((step) => `done: ${step}`)));
    });

  db.command('grants')
    .description('show what each role may do with each table; exit code 1 when the database differs')
    .action(async () => {
      print(...describeRights());
      const wrong = await withDatabase(async (pool) => {
        await requireSchema(pool);
        return await wrongRights(pool);
      });
      print('', ...(wrong.length === 0 ? ['the database has these rights and no others'] : wrong));
      if (wrong.length > 0) process.exitCode = 1;
    });

  db.command('enrol')
    .description('let a login work as one role of one organisation; makes the login where there is none')
    .requiredOption('--login <name>', 'role of the database that signs in')
    .requiredOption('--organisation <name>', 'lower-case letters, digits and dashes')
    .requiredOption('--role <role>', `one of ${DATABASE_ROLES.join(', ')}`)
    .option('--connections <n>', 'at the same time at most; a process has four', '40')
    .option('--password-file <file>', 'its password; without one it signs in as the server says')
    .action(async ({ login, organisation, role: name, passwordFile, connections: text }: Enrolled) => {
      const connections = Number(text);
      if (!Number.isSafeInteger(connections) || connections < 1)
        throw new QuellError('CONFIG', '--connections is a number from 1 on');
      const role = DATABASE_ROLES.find((one) => one === name);
      if (!role) throw new QuellError('CONFIG', `--role must be one of ${DATABASE_ROLES.join(', ')}`);
      const password =
        passwordFile === undefined ? {} : { password: readFileSync(passwordFile, 'utf8').replace(/\r?\n$/, '') };
      await withDatabase((pool) => enrol(pool, { login, organisation, role, connections, ...password }));
      print(`${login} works as ${role} of ${organisation}`);
    });
}
