import type { Command } from 'commander';
import { runRole } from '../workers/run-role.js';
import { ROLES } from '../store/role-keys.js';

export function registerRun(program: Command): void {
  program
    .command('run')
    .description('run one role of Quell in this process')
    .requiredOption('--role <role>', `one of ${ROLES.join(', ')}`)
    .action(({ role }: { role: string }) => runRole(role));
}
