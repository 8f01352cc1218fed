import { join } from 'node:path';
import { ActionLedger, createContainmentActivities } from '../../activities/containment/index.js';
import { AuditSpool } from '../../store/audit-spool.js';
import { loadPolicy } from '../../store/policy-file.js';
import { QUEUES } from '../../workflows/queues.js';
import { decisionKeys, inConfigFolder, type RoleContext, type RunningRole } from '../context.js';
import { neverBack } from '../never-back.js';
import { containmentPorts } from '../platforms.js';
import { pollQueues } from '../temporal.js';

/** The last gate: what it believes comes from its own configuration, policy file and ledger, never from a message. */
export async function startContainment(context: RoleContext): Promise<RunningRole> {
  const { config, paths, keys } = context;
  const folder = join(paths.root, 'containment');
  const { policy } = await loadPolicy(inConfigFolder(config, config.policy));
  const ledger = await ActionLedger.open(paths.ledger);
  const clock = neverBack();
  const queues = (await containmentPorts(context)).map((port) => ({
    taskQueue: QUEUES.containment(port),
    activities: createContainmentActivities({
      port,
      ledger,
      audit: new AuditSpool(paths.auditSpool),
      clock,
      config: {
        mode: config.mode,
        enabled: config.live[port.platform],
        stopFile: join(folder, 'STOP'),
        decisionKeys: decisionKeys(context),
        manifestKeys: [keys.verifying('manifest')],
        deciders: config.deciders.map(({ personId, roles, accounts }) => ({ personId, roles, accounts })),
        approval: policy.containment,
        breakGlass: config.breakGlass,
        vips: policy.vips,
        automatic: config.automatic.map((kind) => ({ kind, grounds: policy.grounds.map((g) => g.rule) })),
        manifestMaxAgeMinutes: config.manifestMaxAgeMinutes,
        neverBlock: [...config.network.ownEgress, ...config.network.trusted, ...config.network.shared],
      },
    }),
  }));
  return pollQueues(context, queues, () => ledger.close());
}
