import type { Alert } from '../../domain/alert.js';
import { QuellError } from '../../domain/errors.js';
import type { InboxItem } from '../../store/inbox/message.js';
import type { Alias } from '../../store/subjects/alias.js';
import { homeOf, type Homes } from './home.js';
import { known, readBody, type SortDeps } from './sort.js';

/** Somebody whom a message names, for the person who looks into it: personal data. */
export interface WhomItNames {
  readonly who: string;
  readonly subjectId?: string;
  /** The case that they have now. */
  readonly caseId?: string;
}

/** Whom a message names, those without a case first. */
export async function whomItNames(deps: SortDeps, item: InboxItem): Promise<readonly WhomItNames[]> {
  const source = deps.sources.find((s) => s.name === item.source);
  if (!source) return [];
  const running = await deps.index.running();
  const all: WhomItNames[] = [];
  for (const { alert } of readBody(item, source).alerts) {
    for (const subject of alert.subjects) {
      const who = subject.email ?? `${subject.platform ?? ''} ${subject.nativeId ?? ''}`;
      const aliases = aliasesOf(deps, alert, subject);
      const subjectId = await known(deps, aliases);
      const caseId = `case-${subjectId ?? ''}`;
      all.push({ who, ...(subjectId === undefined ? {} : { subjectId }), ...(running.has(caseId) ? { caseId } : {}) });
    }
  }
  return all.sort((a, b) => Number(a.caseId !== undefined) - Number(b.caseId !== undefined));
}

/** None for somebody whose tenant is not certain. */
function aliasesOf(deps: Homes, alert: Alert, subject: Alert['subjects'][number]): readonly Alias[] {
  try {
    return homeOf(deps, alert, subject).aliases;
  } catch (error) {
    if (error instanceof QuellError) return [];
    throw error;
  }
}
