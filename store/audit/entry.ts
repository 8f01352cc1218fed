import { z } from 'zod';
import type { Instant } from '../../domain/platform.js';
import { KEPT_COMPARTMENTS, type KeptCompartment } from '../compartment.js';
import type { EvidenceKey } from '../evidence-store.js';

export type FileOfLine = EvidenceKey & { readonly compartment: KeptCompartment };

/** One line of the audit log. Opaque ids only: no name, no address, no text of a message. */
export interface AuditEntry {
  /** Idempotency key, e.g. `${caseId}:${openedAt}:timeline:12`. The first entry of a key stays. */
  readonly key: string;
  readonly at: Instant;
  /** What happened: `case.opened`, `evidence.collected`, `content.read`, `decision.accepted`, `decision.refused`, `action.applied`, … */
  readonly kind: string;
  /** Who: a role of Quell, or a person id. */
  readonly by: string;
  readonly caseId?: string;
  readonly text?: string;
  /** Files this line vouches for, with their compartment; `verifyState` checks that they are there, unchanged. A key alone names the encrypted file. */
  readonly evidence?: readonly FileOfLine[];
  readonly data?: Readonly<Record<string, unknown>>;
}

export const AuditEntrySchema: z.ZodType<AuditEntry> = z.strictObject({
  key: z.string().min(1).max(300),
  at: z.iso.datetime(),
  kind: z.string().regex(/^[a-z_]+(\.[a-z_]+)*$/),
  by: z.string().min(1).max(100),
  caseId: z.string().max(130).exactOptional(),
  text: z.string().max(4000).exactOptional(),
  evidence: z
    .array(
      z.strictObject({
        key: z.string(),
        sha256: z.string().exactOptional(),
        bytes: z.number().exactOptional(),
        rows: z.number().exactOptional(),
        compartment: z.enum(KEPT_COMPARTMENTS),
      }),
    )
    .exactOptional(),
  data: z.record(z.string(), z.unknown()).exactOptional(),
});
