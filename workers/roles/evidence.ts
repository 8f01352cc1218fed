import { join } from 'node:path';
import { createEvidenceActivities, openGeo } from '../../activities/evidence/index.js';
import { AuditSpool } from '../../store/audit-spool.js';
import { EvidenceWriter } from '../../store/evidence-store.js';
import { EVIDENCE_RECIPIENTS, GROUNDS_RECIPIENTS } from '../../store/role-keys.js';
import { SubjectRegistry } from '../../store/subjects/registry.js';
import { QUEUES } from '../../workflows/queues.js';
import { inConfigFolder, policyStore, registryOptions, type RoleContext, type RunningRole } from '../context.js';
import { decidersWithSubjects } from '../people.js';
import { evidencePorts } from '../platforms.js';
import { installedLogger } from '../runtime.js';
import { pollQueues } from '../temporal.js';

/** Reads vendors with read-only scopes; appends to the evidence store with public keys; signs manifests. */
export async function startEvidence(context: RoleContext): Promise<RunningRole> {
  const { config, paths, keys } = context;
  const registry = await SubjectRegistry.open(context.database.pool, keys.secret('registry'), registryOptions(config));
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
    evidence: new EvidenceWriter(
      paths.evidence,
      EVIDENCE_RECIPIENTS.map((name) => keys.sealing(name)),
    ),
    grounds: new EvidenceWriter(
      paths.grounds,
      GROUNDS_RECIPIENTS.map((name) => keys.sealing(name)),
    ),
    policies: policyStore(context),
    manifestKey: keys.signing('manifest'),
    audit: new AuditSpool(paths.auditSpool),
    spoolFolder: join(paths.root, 'evidence-spool'),
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
