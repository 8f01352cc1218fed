import {
  abuseIpDb,
  createAnalysisActivities,
  IndicatorLists,
  urlHaus,
  virusTotal,
} from '../../activities/analysis/index.js';
import { CaseIndex } from '../../store/cases/case-index.js';
import { QUEUES } from '../../workflows/queues.js';
import { SubjectRegistry } from '../../store/subjects/registry.js';
import { SubjectKeys } from '../../store/subjects/subject-keys.js';
import { inConfigFolder, policyStore, type RoleContext, type RunningRole } from '../context.js';
import { capabilities } from '../platforms.js';
import { pollQueues } from '../temporal.js';

const PROVIDERS = { abuseipdb: abuseIpDb, urlhaus: urlHaus, virustotal: virusTotal } as const;

/** Indicators, baseline, threat intelligence, plans and exposure over stored evidence; no vendor scope. */
export async function startAnalysis(context: RoleContext): Promise<RunningRole> {
  const { config, keys, credentials, vault } = context;
  const { ownEgress, trusted, shared, intelligence } = config.network;
  const providers = Object.entries(PROVIDERS).flatMap(([name, make]) => {
    const key = credentials.maybe(`intelligence.${name}`);
    return key === undefined ? [] : [make({ key })];
  });
  const activities = createAnalysisActivities({
    evidence: vault.reader('evidence'),
    dossier: { reader: vault.reader('dossier'), writer: vault.writer('dossier') },
    policies: policyStore(context),
    index: new CaseIndex(context.database.pool),
    registry: await SubjectRegistry.open(
      context.database.pool,
      new SubjectKeys(context.vault.storage.keys, keys.secret('registry')),
    ),
    intelligence: {
      lists: IndicatorLists.read(intelligence.map((file) => inConfigFolder(config, file))),
      providers,
      pap: providers.length > 0 ? 'amber' : 'red',
      ownDomains: [config.organisation.domain],
    },
    fingerprintKey: keys.secret('registry'),
    planKey: keys.signing('plan'),
    manifestKeys: [keys.verifying('manifest')],
    capabilities: await capabilities(config),
    platforms: config.platforms,
    neverBlock: [...ownEgress, ...trusted, ...shared],
    ownEgress: [...ownEgress, ...trusted],
    ownApps: config.tenants.flatMap((t) => config.platforms.at(t).ownApps),
  });
  return pollQueues(context, [{ taskQueue: QUEUES.analysis, activities }]);
}
