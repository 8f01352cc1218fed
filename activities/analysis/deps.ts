import type { Capability } from '../../domain/capability.js';
import type { Platform } from '../../domain/platform.js';
import type { Registry } from '../../platforms/registry.js';
import type { CaseIndex } from '../../store/cases/case-index.js';
import type { EvidenceReader, EvidenceWriter } from '../../store/evidence-store.js';
import type { SecretKey, SigningKey, VerifyKey } from '../../store/key-ring.js';
import type { PolicyStore } from '../../store/policy-file.js';
import type { SubjectRegistry } from '../../store/subjects/registry.js';
import type { Clock } from '../context.js';
import type { Intelligence } from './intelligence/intelligence.js';

export interface AnalysisDeps {
  readonly evidence: Pick<EvidenceReader, 'readRows'>;
  readonly dossier: {
    readonly reader: Pick<EvidenceReader, 'readRows' | 'readJson' | 'list'>;
    readonly writer: Pick<EvidenceWriter, 'writeRows' | 'writeJson'>;
  };
  readonly policies: Pick<PolicyStore, 'read'>;
  readonly index: Pick<CaseIndex, 'involvements' | 'together'>;
  /** Earlier cases may be filed under ids that were merged into the subject's. */
  readonly registry: Pick<SubjectRegistry, 'allIds' | 'profile' | 'profiles' | 'findEach'>;
  readonly intelligence: Intelligence;
  /** Fingerprints secrets, so that a weak one cannot be guessed from its fingerprint. */
  readonly fingerprintKey: SecretKey;
  /** Author of plans. */
  readonly planKey: SigningKey;
  /** The evidence worker's public keys. */
  readonly manifestKeys: readonly VerifyKey[];
  /** What each platform's adapter declares. */
  readonly capabilities: Readonly<Record<Platform, Capability>>;
  readonly platforms: Registry;
  /** CIDRs that are never planned to be blocked. */
  readonly neverBlock: readonly string[];
  /** CIDRs of the organisation's own ways out. */
  readonly ownEgress: readonly string[];
  /** Ids of the organisation's own apps at all vendors: they tie no cases together. */
  readonly ownApps: readonly string[];
  readonly clock: Clock;
}
