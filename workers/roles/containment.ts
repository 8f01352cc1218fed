import { join } from 'node:path';
import {
  assertKnown,
  createContainmentActivities,
  createSwitchActivities,
  peopleAt,
  type NamedPeople,
} from '../../activities/containment/index.js';
import type { EvidenceEvent } from '../../domain/evidence.js';
import { AuditLog } from '../../store/audit/log.js';
import { ActionLedger } from '../../store/containment/ledger.js';
import { ensureDir } from '../../store/files.js';
import { loadPolicy } from '../../store/policy-file.js';
import { QUEUES } from '../../workflows/queues.js';
import { decisionKeys, inConfigFolder, policyChannels, type RoleContext, type RunningRole } from '../context.js';
import { keptFor } from '../kept-for.js';
import { neverBack } from '../never-back.js';
import { containmentPorts } from '../platforms.js';
import { pollQueues } from '../temporal.js';

/** Accounts change at the vendors while this process runs: the configured people are looked up again. */
const LOOK_AGAIN_MS = 3_600_000;

/** The last gate: what it believes comes from its own configuration, policy file and ledger, never from a message. */
export async function startContainment(context: RoleContext): Promise<RunningRole> {
  const { config, paths, keys } = context;
  const { policy } = await loadPolicy(inConfigFolder(config, config.policy), policyChannels(config));
  const ports = await containmentPorts(context);
  const named: NamedPeople = {
    breakGlass: config.breakGlass,
    vips: policy.vips,
    deciders: config.deciders.map(({ personId, roles, accounts }) => ({ personId, roles, accounts })),
  };
  await assertKnown(ports, named);
  await ensureDir(paths.containment); // where people put the stop file
  const memory = new ActionLedger(context.database.pool, context.vault.notes());
  const audit = new AuditLog(context.database.pool);
  const rows = context.vault.reader('grounds');
  const clock = neverBack();
  const shared = {
    clock,
    memory,
    audit,
    resultKey: keys.signing('result'),
    dossier: context.vault.writer('dossier'),
    grounds: async (caseId: string, ref: Parameters<typeof rows.readRows>[1]) => {
      const events: EvidenceEvent[] = [];
      for await (const event of rows.readRows<EvidenceEvent>(caseId, ref)) events.push(event);
      return events;
    },
  };
  const stopFile = join(paths.containment, 'STOP');
  const queues = ports.map((port) => ({
    taskQueue: QUEUES.containment(port),
    activities: createContainmentActivities({
      ...shared,
      port,
      people: keptFor(LOOK_AGAIN_MS, () => peopleAt(port, named)),
      config: {
        mode: config.mode,
        enabled: config.live[port.platform] ?? [],
        stopFile,
        decisionKeys: decisionKeys(context),
        manifestKeys: [keys.verifying('manifest')],
        planKeys: [keys.verifying('plan')],
        policy,
        automatic: config.automatic,
        manifestMaxAgeMinutes: config.manifestMaxAgeMinutes,
        neverBlock: [...config.network.ownEgress, ...config.network.trusted, ...config.network.shared],
      },
    }),
  }));
  const obeys = createSwitchActivities({ memory, audit, clock, deciders: named.deciders, keys: decisionKeys(context) });
  return pollQueues(context, [...queues, { taskQueue: QUEUES.containmentSwitch, activities: obeys }]);
}
