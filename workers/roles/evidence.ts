import { createEvidenceActivities, openGeo } from '../../activities/evidence/index.js';
import { AuditLog } from '../../store/audit/log.js';
import { SubjectRegistry } from '../../store/subjects/registry.js';
import { SubjectKeys } from '../../store/subjects/subject-keys.js';
import { QUEUES } from '../../workflows/queues.js';
import { inConfigFolder, policyStore, registryOptions, type RoleContext, type RunningRole } from '../context.js';
import { decidersWithSubjects } from '../people.js';
import { evidencePorts } from '../platforms.js';
import { installedLogger } from '../runtime.js';
import { pollQueues } from '../temporal.js';

/** Reads vendors with read-only scopes; appends to the evidence store with public keys; signs manifests. */
export async function startEvidence(context: RoleContext): Promise<RunningRole> {
  const { config, keys } = context;
  const registry = await SubjectRegistry.open(
    context.database.pool,
    new SubjectKeys(context.vault.storage.keys, keys.secret('registry')),
    registryOptions(config),
  );
  await registry.bindOverrides();
  const activities = createEvidenceActivities({
    ports: await evidencePorts(context, ({ platform, tenant }, { detail }) =>
      installedLogger().error(
        { platform, tenant, because: detail },
        'this tenant cannot be read: every case has a gap there',
      ),
    ),
    platforms: config.platforms,
    registry,
    evidence: context.vault.writer('evidence'),
    grounds: context.vault.writer('grounds'),
    policies: policyStore(context),
    manifestKey: keys.signing('manifest'),
    audit: new AuditLog(context.database.pool),
    spool: { reader: context.vault.reader('spool'), writer: context.vault.writer('spool') },
    geo: openGeo(
      config.network.ranges === undefined ? {} : { rangesFile: inConfigFolder(config, config.network.ranges) },
    ),
    deciders: () => decidersWithSubjects(config, registry),
    breakGlass: config.breakGlass,
    mailDomains: config.mailDomains,
  });
  return pollQueues(
    context,
    config.tenants.map((tenant) => ({ taskQueue: QUEUES.evidence(tenant), activities })),
  );
}
