import type { ProtectedBecause } from '../../domain/subject.js';
import type { AffectedAccount } from '../resolve.js';
import type { TargetReading } from '../ports.js';
import type { TargetOf, TargetType } from '../../domain/act-target.js';

/** An affected account with the name that approvers see. */
export type ReadAccount = AffectedAccount & { readonly name: string };

/** A reading that affects these accounts and nobody else. */
export const readingOf = <T extends TargetType>(
  target: TargetOf<T>,
  affects: readonly ReadAccount[],
): TargetReading<T> => ({ target, affects, reach: 'accounts', protectedBecause: [] }) as unknown as TargetReading<T>;

/** A reading of something that also others use than the accounts that are known. */
export const wideReadingOf = <T extends TargetType>(
  target: TargetOf<T>,
  affects: readonly ReadAccount[],
  protectedBecause: readonly ProtectedBecause[] = [],
): TargetReading<T> => ({ target, affects, reach: 'organisation', protectedBecause }) as unknown as TargetReading<T>;

/** Whom a write to each type of target affects at a vendor, in words, for the table of acts. One for each resolver. */
export type AffectedWords = Readonly<Partial<Record<TargetType, string>>>;
