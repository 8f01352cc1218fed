import { createForgettingActivities } from '../../activities/records/forgetting.js';
import { createRecordsActivities } from '../../activities/records/index.js';
import { QuellError } from '../../domain/errors.js';
import { AuditChain } from '../../store/audit/chain.js';
import { headKeeper, type HeadPlaces } from '../../store/audit/heads.js';
import { CaseWriter } from '../../store/cases/case-writer.js';
import { IncidentLinks } from '../../store/cases/incident-links.js';
import { SubjectRegistry } from '../../store/subjects/registry.js';
import { SubjectKeys } from '../../store/subjects/subject-keys.js';
import { QUEUES } from '../../workflows/queues.js';
import { executionsPort } from '../executions-port.js';
import { scheduleForgetting } from '../forgetting-schedule.js';
import { installedLogger } from '../runtime.js';
import {
  decisionKeys,
  inConfigFolder,
  policyStore,
  registryOptions,
  type RoleContext,
  type RunningRole,
} from '../context.js';
import { decidersWithSubjects, withoutNames } from '../people.js';
import { connectClient, pollQueues } from '../temporal.js';
import { workflowsPort } from '../workflows-port.js';

/** How often what other roles noted is taken into the chain. */
const TAKE_IN_MS = 1_000;

/** The single writer of audit chain and case index; writes reports; reaches guard, address blocks and incidents. */
export async function startRecords(context: RoleContext): Promise<RunningRole> {
  const { config, keys, database, vault } = context;
  const subjectKeys = new SubjectKeys(vault.storage.keys, keys.secret('registry'));
  const registry = await SubjectRegistry.open(database.pool, subjectKeys, registryOptions(config));
  const chain = new AuditChain(database.pool, keys.signing('audit'), headKeeper(headPlaces(context)));
  const client = await connectClient(context);
  const signingKeys = decisionKeys(context);
  const activities = createRecordsActivities({
    policies: policyStore(context),
    keys: signingKeys,
    deciders: async () => withoutNames(await decidersWithSubjects(config, registry)),
    names: new Map(config.deciders.map(({ personId, name }) => [personId, name])),
    resultKeys: [keys.verifying('result')],
    pace: { lag: config.pace.lag, people: config.pace.people },
    mode: config.mode,
    tenants: config.tenants.map(({ platform, tenant }) => ({ platform, tenant })),
    profile: config.profile,
    chain,
    index: new CaseWriter(database.pool),
    links: new IncidentLinks(database.pool),
    registry,
    dossier: { reader: vault.reader('dossier'), writer: vault.writer('dossier') },
    reports: vault.writer('reports'),
    workflows: workflowsPort(client, database.pool),
  });
  const forgetting = createForgettingActivities({
    ...{ pool: database.pool, storage: vault.storage, subjectKeys, chain },
    ...{ policies: policyStore(context), keys: signingKeys, executions: executionsPort(client) },
    deciders: async () => withoutNames(await decidersWithSubjects(config, registry)),
  });
  await scheduleForgetting(client);
  const logger = installedLogger();
  const stopping = new AbortController();
  const takingIn = chain.run(
    TAKE_IN_MS,
    (error) =>
      logger.error(
        { failure: error instanceof QuellError ? error.message : 'unknown' },
        'the audit chain waits, or its head is not kept elsewhere',
      ),
    stopping.signal,
  );
  return pollQueues(
    context,
    [{ taskQueue: QUEUES.records, activities: { ...activities, ...forgetting } }],
    async () => {
      stopping.abort();
      await takingIn;
      await client.connection.close();
    },
  );
}

/** Always in a file too; without another place that is this machine's disk alone, which whoever can put back an older database may reach. */
function headPlaces({ config, paths }: RoleContext): HeadPlaces {
  const { file, ...others } = config.audit?.heads ?? {};
  if (file !== undefined) return { file: inConfigFolder(config, file), ...others };
  if (Object.keys(others).length === 0)
    installedLogger().warn(
      { file: paths.auditHeads },
      'heads of the audit log are kept on this machine alone (audit.heads)',
    );
  return { file: paths.auditHeads, ...others };
}
