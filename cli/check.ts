import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { Argument, Option, type Command } from 'commander';
import { verdictOf } from '../platforms/check.js';
import { ROLES, type Role } from '../store/role-keys.js';
import { kmsOf, openStorage } from '../store/storage-settings.js';
import { PLATFORMS } from '../platforms/registry.js';
import { VENDOR_ROLES, type VendorRole } from '../platforms/operation.js';
import { checkStorage, type StorageCheck } from '../workers/storage-check.js';
import { checkCredentials, credentialsOf } from '../workers/checks.js';
import { loadConfig, type Config } from '../workers/config.js';
import { tableOf } from './check-table.js';
import { stateFolder } from './context.js';
import { complain, linesOf, print } from './terminal.js';

interface Options {
  readonly config?: string;
  readonly platform?: string;
  readonly tenant?: string;
  readonly role?: VendorRole;
  readonly json?: boolean;
  readonly limits?: boolean;
}

interface StorageOptions {
  readonly config?: string;
  readonly role?: Role;
  readonly json?: boolean;
}

/** Nothing was found that could be checked, or the configuration cannot be read. */
const NOT_CHECKED = 2;

export function registerCheck(program: Command): void {
  program
    .command('check')
    .description('prove what the vendor credentials of each role allow; changes nothing in a tenant')
    .option('--config <file>', 'configuration; by default QUELL_CONFIG, else quell.yaml of the state folder')
    .addArgument(new Argument('[platform]', 'one platform alone').choices(PLATFORMS.ids))
    .addOption(new Option('--platform <platform>', 'the same').choices(PLATFORMS.ids))
    .option('--tenant <tenant>', 'one tenant alone')
    .addOption(
      new Option('--role <role>', 'one role alone; its credentials are in QUELL_CREDENTIALS, if that is set').choices(
        VENDOR_ROLES,
      ),
    )
    .option('--json', 'as JSON')
    .option('--limits', 'also what each platform lets nobody do, and what people do instead')
    .addHelpText('after', '\nExit status: 0 all is there, 1 something needed is missing, 2 it could not be told.')
    .action(async (platform: string | undefined, options: Options) => {
      await ending(() => check({ ...options, ...(platform === undefined ? {} : { platform }) }));
    });

  program
    .command('check-storage')
    .description(
      'try where files of cases and their keys are kept: look, write, read and delete as the role needs; KMS both ways',
    )
    .option('--config <file>', 'configuration; by default QUELL_CONFIG, else quell.yaml of the state folder')
    .addOption(new Option('--role <role>', 'what this role needs; by default everything').choices(ROLES))
    .option('--json', 'as JSON')
    .action((options: StorageOptions) => ending(() => storage(options)));
}

/** Says on standard error why nothing could be told. */
async function ending(work: () => Promise<number>): Promise<void> {
  try {
    process.exitCode = await work();
  } catch (error) {
    complain(...linesOf(error instanceof Error ? error.message : 'failed'));
    process.exitCode = NOT_CHECKED;
  }
}

async function check({ config, platform, tenant, role, json, limits }: Options): Promise<number> {
  const given = role === undefined ? undefined : process.env['QUELL_CREDENTIALS'];
  const record = process.env['QUELL_RECORD_CALLS'] ?? '';
  const { checks, without } = await checkCredentials({
    config: configOf(config),
    credentials: (r) => given ?? credentialsOf(stateFolder(), r),
    ...{ platform, tenant, role },
    callRecord: record === '' ? undefined : resolve(record),
  });
  print(
    ...(json ? linesOf(JSON.stringify(checks, undefined, 2)) : tableOf(checks, without, { limits: limits ?? false })),
  );
  return checks.length === 0 ? NOT_CHECKED : verdictOf(checks);
}

async function storage({ config: file, role, json }: StorageOptions): Promise<number> {
  const config = configOf(file);
  const checks = await checkStorage(
    openStorage(stateFolder(), config.folder, config.storage),
    kmsOf(config.storage),
    role,
  );
  print(...(json === true ? linesOf(JSON.stringify(checks, undefined, 2)) : checks.map(rowOf)));
  return checks.some(({ status }) => status === 'refused') ? 1 : 0;
}

const rowOf = ({ what, status, because }: StorageCheck): string =>
  `${(status === 'good' ? status : status.toUpperCase()).padEnd(8)}  ${what}${because === undefined ? '' : `: ${because}`}`;

/** The configuration that a command of administrators goes by. */
export function configOf(file: string | undefined): Config {
  const named = process.env['QUELL_CONFIG'] ?? '';
  const own = join(stateFolder(), 'quell.yaml');
  return loadConfig(file ?? (named !== '' ? named : existsSync(own) ? own : 'quell.yaml'));
}
