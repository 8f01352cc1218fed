import { SLACK_ORDER } from '../../../platforms/slack/stopping-order.js';
import { createAnalysisActivities, IndicatorLists, type AnalysisDeps } from '../../../activities/analysis/index.js';
import type { AnalysisActivities } from '../../../activities/contract.js';
import type { ActWords, Capability } from '../../../domain/capability.js';
import { CaseIndex } from '../../../store/cases/case-index.js';
import type { House } from './house.js';
import { evidenceKey, NOW, planKey } from './plans.js';

const act: ActWords = { reversible: true, undo: 'put back', losses: '' };
const none: Capability = { acts: {}, order: SLACK_ORDER, limitations: [] };

export async function analysis(house: House, change: Partial<AnalysisDeps> = {}): Promise<AnalysisActivities> {
  return createAnalysisActivities({
    evidence: house.evidence.reader,
    dossier: {
      reader: house.vault('analysis').reader('dossier'),
      writer: house.dossier.writer,
    },
    policies: house.policies,
    index: new CaseIndex(house.database.as('analysis')),
    registry: await house.registryFor('analysis'),
    intelligence: { lists: new IndicatorLists(), providers: [], pap: 'red', ownDomains: ['example.com'] },
    fingerprintKey: house.keys.secret('registry'),
    planKey,
    manifestKeys: [evidenceKey, house.keys.verifying('manifest')],
    capabilities: {
      slack: {
        acts: { end_sessions: act, disable_account: act, revoke_share: act },
        order: SLACK_ORDER,
        limitations: [
          { what: 'block_ip', why: 'Slack has no address list by API.', instead: 'The network team blocks it.' },
        ],
      },
      microsoft: none,
      google: none,
    },
    neverBlock: ['198.51.100.0/24'],
    ownEgress: [],
    ownApps: [],
    clock: () => NOW,
    ...change,
  });
}
