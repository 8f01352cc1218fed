import { mailOf } from '../../../domain/account-names.js';
import type { EvidenceEvent } from '../../../domain/evidence.js';
import { isOwnDomain, type GoogleSettings } from '../settings.js';
import type { DriveMeaning } from './events.js';
import type { ReportEvent } from './reports.js';

const VISIBILITY: Readonly<Record<string, NonNullable<EvidenceEvent['visibility']>>> = {
  private: 'private',
  shared_internally: 'inside',
  people_within_domain_with_link: 'inside',
  public_in_the_domain: 'inside',
  people_with_link: 'outside',
  public_on_the_web: 'outside',
  shared_externally: 'outside',
};
export const visibilityOf = (word: string | undefined): EvidenceEvent['visibility'] => VISIBILITY[word ?? ''];

/** Anybody with the link, in the place of a domain. */
const ANYBODY = 'all';
/** What gives nobody anything. */
const NOTHING = new Set(['none', 'private', 'removed']);
/** What one may do with a file, the least first; what is not here counts as new. */
const RIGHTS = ['none', 'can_view', 'can_comment', 'can_edit', 'can_manage', 'owner'];

/** To whom outside something was opened; by name where the row has names, else how. */
export interface Opened {
  readonly to: readonly string[];
  readonly reason?: string;
}

/**
 * To whom outside a change opened a file or a shared drive: people, or domains that are not the organisation's own; nobody by name for a
 * link that anybody may follow. Undefined when nothing was opened to the outside.
 */
export function opened(
  meaning: Exclude<DriveMeaning, 'taken' | 'viewed' | 'put'>,
  event: ReportEvent,
  settings: GoogleSettings,
): Opened | undefined {
  const named = ['target_user', 'target', 'new_owner', 'target_domain'].flatMap((parameter) => event.list(parameter));
  const outside = [...new Set(named.flatMap((name) => outsideName(name, settings)))];
  const byName = (isGiven: boolean): Opened | undefined =>
    outside.length > 0 && isGiven ? { to: outside } : undefined;
  switch (meaning) {
    case 'user':
      return byName(givesMore(event));
    case 'owner':
      return byName(true);
    case 'member':
      return byName(!/remove/i.test(event.text('membership_change_type') ?? ''));
    case 'published':
      return toAnybody(event.text('new_publish_visibility') ?? wordOf(event));
    case 'scope':
      if (outside.length > 0) return byName(givesMore(event));
      return named.length > 0 && !named.includes(ANYBODY) ? undefined : byVisibility(event);
  }
}

/** An address or a domain of others, in its one form; nothing for the organisation's own and for who is no name. */
function outsideName(name: string, settings: GoogleSettings): readonly string[] {
  // A domain is read as that of an address: the same rules of equality.
  const mail = mailOf(name.includes('@') ? name : `x@${name}`);
  if (mail === undefined) return [];
  const domain = mail.slice(mail.lastIndexOf('@') + 1);
  return isOwnDomain(settings, domain) ? [] : [name.includes('@') ? mail : domain];
}

/** Whether a change gave a right that was not there. Without a new value nobody knows: then it counts. */
function givesMore(event: ReportEvent): boolean {
  const [before, after] = [event.list('old_value'), event.list('new_value')];
  if (after.length > 0 && after.every((v) => NOTHING.has(v))) return false;
  const rank = (values: readonly string[]): number => Math.max(...values.map((v) => RIGHTS.indexOf(v)));
  const known = [...before, ...after].every((v) => RIGHTS.includes(v)) && before.length > 0 && after.length > 0;
  return !known || rank(after) > rank(before);
}

/** How far the file may be seen now, in Google's word. */
const wordOf = (event: ReportEvent): string | undefined =>
  event.text('visibility') ?? event.list('new_value').find((v) => v in VISIBILITY);

function toAnybody(word: string | undefined): Opened | undefined {
  if (visibilityOf(word) !== 'outside' || word === undefined) return undefined;
  return { to: [], reason: word === 'shared_externally' ? word : 'anonymous_link' };
}

/** Google says whether a change opened the file to the outside; where the row lacks it, how far it could be seen before and after does. */
function byVisibility(event: ReportEvent): Opened | undefined {
  const [change, word] = [event.text('visibility_change'), wordOf(event)];
  const isNew = change === undefined ? visibilityOf(event.text('old_visibility')) !== 'outside' : change === 'external';
  if (!isNew || !givesMore(event)) return undefined;
  // Inside a domain, and yet outside: it is another domain, and the row does not say which.
  return (
    toAnybody(word) ??
    (change === 'external' && word !== 'private' ? { to: [], reason: 'shared_externally' } : undefined)
  );
}
