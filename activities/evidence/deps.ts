import type { Decider } from '../../domain/decision.js';
import type { Platform } from '../../domain/platform.js';
import type { EvidencePort } from '../../platforms/ports.js';
import type { Registry } from '../../platforms/registry.js';
import type { AuditLog } from '../../store/audit/log.js';
import type { EvidenceWriter } from '../../store/evidence-store.js';
import type { SigningKey } from '../../store/key-ring.js';
import type { PolicyStore } from '../../store/policy-file.js';
import type { SubjectRegistry } from '../../store/subjects/registry.js';
import type { Clock } from '../context.js';
import type { GeoLookup } from './geo.js';
import type { SpoolStore } from './spool.js';

export interface EvidenceDeps {
  /** All tenants of the organisation that this role can read. */
  readonly ports: readonly EvidencePort[];
  readonly platforms: Registry;
  readonly registry: Pick<
    SubjectRegistry,
    'resolve' | 'findEach' | 'bind' | 'canonical' | 'profile' | 'setProfile' | 'aliases'
  >;
  /** Raw compartment, with public keys alone. */
  readonly evidence: EvidenceWriter;
  /** Rows of automatic grounds, for the containment role alone. */
  readonly grounds: Pick<EvidenceWriter, 'writeRows'>;
  readonly policies: Pick<PolicyStore, 'current'>;
  readonly manifestKey: SigningKey;
  readonly audit: Pick<AuditLog, 'note'>;
  readonly spool: SpoolStore;
  readonly geo: GeoLookup;
  /** With the subject ids that they have now. */
  readonly deciders: () => Promise<readonly Decider[]>;
  /** Native ids of break-glass accounts, for the hint in the facts; the containment worker decides by itself. */
  readonly breakGlass: readonly string[];
  /** Which platform hosts the mailboxes of a domain, where a person has accounts on several. */
  readonly mailDomains: Readonly<Record<string, Platform>>;
  readonly maxRowsPerSource: number;
  readonly clock: Clock;
}
