import type { CaseState } from '../../../domain/case.js';
import type { RecordsDeps } from '../deps.js';

/** Somebody else whom the attacker's traces led to, with the case that was told. */
export interface ReportOther {
  readonly caseId: string;
  readonly subjectId: string;
  readonly name: string;
  readonly mails: readonly string[];
  /** Ids at the vendors. */
  readonly accounts: readonly string[];
  /** The trace that ties them: an address, a session, an app, a device, a file, a forwarding target. */
  readonly by: string;
}

/** Each once by its case and trace; names are for the report alone. */
export async function othersOf(
  { registry }: Pick<RecordsDeps, 'registry'>,
  { others = [] }: Pick<CaseState, 'others'>,
): Promise<readonly ReportOther[]> {
  const profiles = await registry.profiles(others.map(({ subjectId }) => subjectId));
  return others.map(({ caseId, subjectId, by }): ReportOther => {
    const profile = profiles.get(subjectId);
    const mails = profile?.mails ?? [];
    const accounts = (profile?.accounts ?? []).map((a) => `${a.platform}/${a.tenant}/${a.nativeId}`);
    return { caseId, subjectId, name: profile?.name ?? mails[0] ?? subjectId, mails, accounts, by };
  });
}
