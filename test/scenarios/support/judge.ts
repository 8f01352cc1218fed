import { randomBytes } from 'node:crypto';
import { createAnalysisActivities, IndicatorLists, type AnalysisDeps } from '../../../activities/analysis/index.js';
import type { AnalysisActivities } from '../../../activities/contract.js';
import type { Dossier } from '../../../activities/dossier.js';
import type { SharedPlace } from '../../../domain/colleagues.js';
import type { Escalation } from '../../../domain/case.js';
import { decideEscalation, type EscalationInput } from '../../../domain/escalation.js';
import type { Depth, EvidenceEvent } from '../../../domain/evidence.js';
import type { Assessment } from '../../../domain/finding.js';
import type { ContainmentPlan } from '../../../domain/plan.js';
import { perform } from '../../activities/support/house.js';
import { signingKey } from '../../activities/support/keys.js';
import type { Read } from './stage.js';

export interface Judged {
  readonly assessment: Assessment;
  readonly dossier: Dossier;
  readonly escalation: Escalation;
}

/**
 * The real `assess` and `planContainment` over what was read; a row may be taken away between the reader and them. The dossier is
 * kept in memory, so that a row can be taken away a thousand times.
 */
export class Judge {
  private readonly activities: AnalysisActivities;
  private dossier: object | undefined;
  private gone: string | undefined;

  constructor(readonly read: Read) {
    const file = { key: 'dossier', sha256: '', bytes: 0, rows: 1 };
    const given: AnalysisDeps['dossier'] = {
      reader: {
        readJson: <T extends object>() => Promise.resolve(this.dossier as T),
        readRows: () => {
          throw new Error('no rows are kept');
        },
        list: () => Promise.resolve([]),
      },
      writer: {
        writeJson: (_caseId, name, value) => {
          if (name === 'assessment') this.dossier = value;
          return Promise.resolve(file);
        },
        writeRows: () => Promise.resolve(file),
      },
    };
    const { rows } = read;
    const without = (event: EvidenceEvent): boolean => event.id !== this.gone;
    this.activities = createAnalysisActivities({
      evidence: {
        async *readRows<T extends object>(_caseId: string, { key }: { readonly key: string }) {
          yield* (rows.get(key) ?? []).filter(without) as unknown as readonly T[];
        },
      },
      dossier: given,
      policies: { read: () => Promise.resolve(read.policy) },
      index: { involvements: () => Promise.resolve({ incidents: [], count: 0 }), together: () => Promise.resolve([]) },
      registry: {
        allIds: (id) => Promise.resolve([id]),
        findEach: async (aliases) => aliases.map(() => undefined),
        profiles: async () => new Map(),
        profile: () => Promise.resolve({ ...read.subject, mails: [] }),
      },
      intelligence: { lists: new IndicatorLists(), providers: [], pap: 'red', ownDomains: ['example.com'] },
      fingerprintKey: { keyId: 'test', bytes: randomBytes(32) },
      planKey: signingKey('analysis'),
      manifestKeys: read.manifestKeys,
      capabilities: read.capabilities,
      neverBlock: read.neverBlock,
      ownEgress: read.ownEgress,
      ownApps: [],
    });
  }

  /** All rows that were read, each once. */
  get events(): readonly EvidenceEvent[] {
    return [...new Map([...this.read.rows.values()].flat().map((e) => [e.id, e])).values()];
  }

  /** Assesses with all rows but one, and decides with the answer that the scenario's subject gives. */
  async judge(without?: string, depth: Depth = 'wide', sharedPlaces?: readonly SharedPlace[]): Promise<Judged> {
    const { read } = this;
    this.gone = without;
    const collections = read.collections.filter((c) => depth === 'wide' || c.depth === 'narrow');
    const assessment = await perform(this.activities, 'assess', {
      ...{ caseId: read.caseId, subject: read.subject, alerts: read.alerts, policyDigest: read.policyDigest },
      ...{ collections, depth },
      ...(sharedPlaces === undefined ? {} : { sharedPlaces }),
    });
    const escalation = this.decide(assessment);
    return { assessment, dossier: this.dossier as Dossier, escalation };
  }

  /** The decision, once the logs have settled unless told otherwise; by default with the answer that the scenario's subject gives. */
  decide(
    assessment: Assessment,
    contact: EscalationInput['contact'] = this.read.scenario.plays.subject.answer,
    settled = true,
    watch?: EscalationInput['watch'],
  ): Escalation {
    const { collections, policy, alerts } = this.read;
    return decideEscalation({
      lines: assessment.lines ?? [],
      findings: assessment.findings,
      impact: assessment.impact,
      foreignAccess: assessment.foreignAccess ?? false,
      contact,
      contactIsSafe: true,
      severity: alerts[0]?.severity ?? 'info',
      gaps: collections.flatMap((c) => c.sources.filter((s) => s.status !== 'complete').map((s) => s.source)),
      policy: { decision: policy.decision, contact: policy.contact },
      settled,
      ...(watch === undefined ? {} : { watch }),
    });
  }

  /** The plan for a judgement made just before; `confirmed` when an interview or a responder said that it was so. */
  async plan(
    { assessment, escalation }: Pick<Judged, 'assessment' | 'escalation'>,
    purpose: ContainmentPlan['purpose'],
    confirmed = false,
  ): Promise<ContainmentPlan | undefined> {
    const { caseId, subject, collections, policyDigest, alerts } = this.read;
    const signed = await perform(this.activities, 'planContainment', {
      ...{ caseId, subject, collections, policyDigest, assessment, purpose, verdict: escalation.verdict, done: [] },
      weighed: {
        attack: escalation.attack ?? 0,
        ranking: escalation.ranking ?? [],
        confirmed: confirmed ? ['insider'] : [],
      },
      severity: alerts[0]?.severity ?? 'info',
    });
    return signed?.body;
  }
}
