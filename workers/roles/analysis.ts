import {
  abuseIpDb,
  createAnalysisActivities,
  IndicatorLists,
  urlHaus,
  virusTotal,
} from '../../activities/analysis/index.js';
import { CaseIndex } from '../../store/case-index.js';
import { EvidenceReader, EvidenceWriter } from '../../store/evidence-store.js';
import { PolicyStore } from '../../store/policy-file.js';
import { DOSSIER_RECIPIENTS } from '../../store/role-keys.js';
import { QUEUES } from '../../workflows/queues.js';
import { SubjectRegistry } from '../../store/subject-registry.js';
import { capabilities } from '../capabilities.js';
import type { TenantConfig } from '../config.js';
import { inConfigFolder, type RoleContext, type RunningRole } from '../context.js';
import { pollQueues } from '../temporal.js';

const PROVIDERS = { abuseipdb: abuseIpDb, urlhaus: urlHaus, virustotal: virusTotal } as const;

function ownApps(tenant: TenantConfig): readonly string[] {
  switch (tenant.platform) {
    case 'slack':
      return tenant.ownAppIds;
    case 'microsoft':
      return [...Object.values(tenant.clientIds), tenant.bot?.appId, tenant.teamsAppId].filter(
        (id) => id !== undefined,
      );
    case 'google':
      return [];
  }
}

/** Indicators, baseline, threat intelligence, plans and exposure over stored evidence; no vendor scope. */
export async function startAnalysis(context: RoleContext): Promise<RunningRole> {
  const { config, paths, keys, credentials } = context;
  const { ownEgress, trusted, shared, intelligence } = config.network;
  const providers = Object.entries(PROVIDERS).flatMap(([name, make]) => {
    const key = credentials.maybe(`intelligence.${name}`);
    return key === undefined ? [] : [make({ key })];
  });
  const activities = createAnalysisActivities({
    evidence: new EvidenceReader(paths.evidence, keys.opening('seal-analysis')),
    dossier: {
      reader: new EvidenceReader(paths.dossier, keys.opening('seal-analysis')),
      writer: new EvidenceWriter(
        paths.dossier,
        DOSSIER_RECIPIENTS.map((name) => keys.sealing(name)),
      ),
    },
    policies: new PolicyStore(paths.policies, inConfigFolder(config, config.policy)),
    index: await CaseIndex.open(paths.cases),
    registry: await SubjectRegistry.open(paths.registry, keys.secret('registry')),
    intelligence: {
      lists: IndicatorLists.read(intelligence.map((file) => inConfigFolder(config, file))),
      providers,
      pap: providers.length > 0 ? 'amber' : 'red',
      ownDomains: [config.organisation.domain],
    },
    fingerprintKey: keys.secret('registry'),
    planKey: keys.signing('plan'),
    manifestKeys: [keys.verifying('manifest')],
    capabilities: capabilities(config),
    neverBlock: [...ownEgress, ...trusted, ...shared],
    ownEgress: [...ownEgress, ...trusted],
    ownApps: config.tenants.flatMap(ownApps),
  });
  return pollQueues(context, [{ taskQueue: QUEUES.analysis, activities }]);
}
