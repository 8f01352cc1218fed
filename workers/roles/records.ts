import { createRecordsActivities } from '../../activities/records/index.js';
import { QuellError } from '../../domain/errors.js';
import { AuditChain } from '../../store/audit-chain.js';
import { AuditSpool } from '../../store/audit-spool.js';
import { CaseWriter } from '../../store/cases/case-writer.js';
import { IncidentLinks } from '../../store/cases/incident-links.js';
import { EvidenceReader, EvidenceWriter } from '../../store/evidence-store.js';
import { DOSSIER_RECIPIENTS } from '../../store/role-keys.js';
import { SubjectRegistry } from '../../store/subject-registry.js';
import { QUEUES } from '../../workflows/queues.js';
import { installedLogger } from '../runtime.js';
import { decisionKeys, policyStore, registryOptions, type RoleContext, type RunningRole } from '../context.js';
import { decidersWithSubjects } from '../people.js';
import { connectClient, pollQueues } from '../temporal.js';
import { workflowsPort } from '../workflows-port.js';

/** How often what other roles left is taken into the chain. */
const DRAIN_MS = 10_000;

/** The single writer of audit chain and case index; writes reports; reaches guard, address blocks and incidents. */
export async function startRecords(context: RoleContext): Promise<RunningRole> {
  const { config, paths, keys, database } = context;
  const registry = await SubjectRegistry.open(paths.registry, keys.secret('registry'), registryOptions(config));
  const chain = await AuditChain.open(paths.audit, keys.signing('audit'));
  const spool = new AuditSpool(paths.auditSpool);
  const client = await connectClient(context);
  const deciders = await decidersWithSubjects(config, registry);
  const signingKeys = decisionKeys(context);
  const activities = createRecordsActivities({
    policies: policyStore(context),
    keys: signingKeys,
    deciders,
    resultKeys: [keys.verifying('result')],
    pace: { lag: config.pace.lag, people: config.pace.people },
    mode: config.mode,
    tenants: config.tenants.map(({ platform, tenant }) => ({ platform, tenant })),
    profile: config.profile,
    chain,
    spool,
    index: new CaseWriter(database.pool),
    links: new IncidentLinks(database.pool),
    registry,
    dossier: {
      reader: new EvidenceReader(paths.dossier, keys.opening('seal-records')),
      writer: new EvidenceWriter(
        paths.dossier,
        DOSSIER_RECIPIENTS.map((name) => keys.sealing(name)),
      ),
    },
    reportsFolder: paths.reports,
    workflows: workflowsPort(client),
  });
  const logger = installedLogger();
  const endDraining = spool.drainEvery(chain, DRAIN_MS, (error) =>
    logger.error({ failure: error instanceof QuellError ? error.code : 'unknown' }, 'the audit spool was not drained'),
  );
  return pollQueues(context, [{ taskQueue: QUEUES.records, activities }], async () => {
    await endDraining();
    await chain.close();
    await client.connection.close();
  });
}
