import { getDomain, getHostname } from 'tldts';
import { addressOf, isPublic } from '../../../domain/address.js';
import type { EvidenceEvent } from '../../../domain/evidence.js';
import { asQuellError } from '../../errors.js';
import type { IndicatorLists } from './lists.js';

export type IndicatorType = 'ip' | 'domain' | 'sha256';
export interface Indicator {
  readonly type: IndicatorType;
  readonly value: string;
}
/** What a list or provider says of an indicator. */
export interface Verdict {
  readonly source: string;
  readonly confidence: 'low' | 'medium' | 'high';
  readonly text: string;
}
export interface IntelligenceHit extends Verdict {
  readonly eventId: string;
  readonly indicator: Indicator;
}

/** A service outside that is asked about one indicator. */
export interface IntelligenceProvider {
  readonly name: string;
  readonly types: readonly IndicatorType[];
  lookup(indicator: Indicator, signal: AbortSignal): Promise<Verdict | undefined>;
}

/**
 * What may be done with an indicator (Permissible Actions Protocol): `red` looks into local lists alone; `amber` and above may ask
 * services about it, which tells them that we look.
 */
export type Pap = 'red' | 'amber' | 'green' | 'clear';

export interface Intelligence {
  readonly lists: IndicatorLists;
  readonly providers: readonly IntelligenceProvider[];
  readonly pap: Pap;
  /** Own domains, never asked about outside. */
  readonly ownDomains: readonly string[];
}

/** Lookups outside per assessment; the services' free plans allow about a thousand a day. */
const MAX_LOOKUPS = 50;

/** Files, links and addresses of the events against lists and, where PAP allows, services. A service that fails is named in `unreachable`. */
export async function lookUp(
  intelligence: Intelligence,
  events: Iterable<EvidenceEvent>,
  signal: AbortSignal,
): Promise<{ readonly hits: readonly IntelligenceHit[]; readonly unreachable: readonly string[] }> {
  const byIndicator = new Map<string, { indicator: Indicator; eventIds: string[] }>();
  for (const event of events) {
    for (const indicator of indicatorsOf(event)) {
      const key = `${indicator.type} ${indicator.value}`;
      const entry = byIndicator.get(key);
      if (entry) entry.eventIds.push(event.id);
      else byIndicator.set(key, { indicator, eventIds: [event.id] });
    }
  }
  const hits: IntelligenceHit[] = [];
  const unreachable = new Set<string>();
  let asked = 0;
  for (const { indicator, eventIds } of byIndicator.values()) {
    const verdicts = [...intelligence.lists.match(indicator)];
    if (intelligence.pap !== 'red' && !isOwn(indicator, intelligence.ownDomains)) {
      for (const provider of intelligence.providers.filter(
        (p) => p.types.includes(indicator.type) && !unreachable.has(p.name),
      )) {
        if (asked++ >= MAX_LOOKUPS) {
          unreachable.add(`${provider.name}: more than ${String(MAX_LOOKUPS)} look-ups`);
          continue;
        }
        const verdict = await provider.lookup(indicator, signal).catch((error: unknown) => {
          signal.throwIfAborted();
          if (!asQuellError(error)) throw error;
          unreachable.add(provider.name);
          return undefined;
        });
        if (verdict) verdicts.push(verdict);
      }
    }
    for (const verdict of verdicts) hits.push(...eventIds.map((eventId) => ({ eventId, indicator, ...verdict })));
  }
  return { hits, unreachable: [...unreachable] };
}

function isOwn({ type, value }: Indicator, own: readonly string[]): boolean {
  return type === 'domain' && own.some((d) => value === d || value.endsWith(`.${d}`));
}

/** Addresses that acted, hashes of files, and the hosts of links (refanged). */
export function indicatorsOf(event: EvidenceEvent): readonly Indicator[] {
  const indicators: Indicator[] = [];
  if (event.ip !== undefined) indicators.push({ type: 'ip', value: event.ip });
  if (event.sha256 !== undefined && /^[0-9a-f]{64}$/i.test(event.sha256))
    indicators.push({ type: 'sha256', value: event.sha256.toLowerCase() });
  for (const url of event.urls ?? []) {
    const clean = url.replace(/^hxxp/i, 'http').replaceAll('[.]', '.');
    const host = getHostname(clean);
    if (host === null) continue;
    const address = addressOf(host);
    // An address inside a house is another one in every house.
    if (address !== undefined) indicators.push(...(isPublic(address) ? [{ type: 'ip' as const, value: address }] : []));
    else if (getDomain(clean) !== null) indicators.push({ type: 'domain', value: host.toLowerCase() });
  }
  return indicators;
}
