import type { ExposureSummary } from './case.js';

/** What was read or taken, as one number to hold against the policy: things, and calls whose log does not say how much they gave. */
export function exposedItems(e: ExposureSummary): number {
  const calls = e.counts ? e.counts.calls.logged + e.counts.calls.inferred : 0;
  return e.messages + e.files + e.links + (e.exports ?? 0) + calls;
}

/** People affected in words. Whoever acted is never one of them. */
export function peopleWords({ peopleAffected, people }: ExposureSummary): string {
  const n =
    peopleAffected === 0 ? 'nobody else' : peopleAffected === 1 ? 'one person' : `about ${peopleAffected} people`;
  if (!people) return n;
  const known = [
    ...(people.logged > 0 ? [`${people.logged} by a log`] : []),
    ...(people.inferred > 0 ? [`${people.inferred} inferred`] : []),
    ...(people.possible > 0 ? [`${people.possible} more possible`] : []),
  ];
  return known.length === 0 ? n : `${n} (${known.join(', ')})`;
}

/** The numbers for people, each with how it is known; of a summary that is older than that, the numbers alone. */
export function countWords(
  e: ExposureSummary,
): readonly { readonly name: string; readonly value: number; readonly detail: string }[] {
  const { counts, apiReads, shares } = e;
  const how = (of: 'conversations' | 'messages' | 'files' | 'links' | 'exports' | 'calls'): string => {
    if (!counts) return '';
    const { inferred, possible } = counts[of];
    return [
      ...(inferred > 0 ? [`${inferred} inferred`] : []),
      ...(possible > 0 ? [`${possible} more possible`] : []),
    ].join(', ');
  };
  return [
    { name: 'conversations', value: e.channels, detail: how('conversations') },
    { name: 'messages', value: e.messages, detail: how('messages') },
    { name: 'files', value: e.files, detail: how('files') },
    {
      name: 'links',
      value: e.links,
      detail: shares ? `${shares.outside} to the outside, ${shares.used} seen used` : '',
    },
    ...(e.exports === undefined ? [] : [{ name: 'exports', value: e.exports, detail: how('exports') }]),
    ...(apiReads
      ? [
          {
            name: 'API calls',
            value: apiReads.calls,
            detail: apiReads.bytes > 0 ? `${bytesWords(apiReads.bytes)} by the log` : '',
          },
        ]
      : []),
    { name: 'secrets', value: e.secrets.length, detail: '' },
  ];
}

/** In one line. */
export const exposureLine = (e: ExposureSummary): string =>
  countWords(e)
    .filter(({ value, detail }) => value > 0 || detail.includes('possible'))
    .map(({ name, value, detail }) => `${value} ${name}${detail === '' ? '' : ` (${detail})`}`)
    .join(', ') || 'nothing that a log shows';

export function bytesWords(bytes: number): string {
  const units = ['bytes', 'KB', 'MB', 'GB', 'TB'];
  const power = Math.min(units.length - 1, bytes < 1000 ? 0 : Math.floor(Math.log10(bytes) / 3));
  return `${power === 0 ? bytes : (bytes / 1000 ** power).toFixed(1)} ${units[power] ?? ''}`;
}
