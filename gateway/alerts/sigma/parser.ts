import { createHash } from 'node:crypto';
import { instantOf } from '../../../domain/instants.js';
import type { Severity } from '../../../domain/platform.js';
import type { Fields } from '../kit/fields.js';
import type { AlertFormat } from '../kit/parser.js';
import { platformOf, techniques } from '../kit/values.js';
import { actorsOfRow, factsOfRow, joined, looksInRows, type RowFacts } from '../kit/rows/log-row.js';
import { about } from './about.js';
import { eventsOf, isMatch, rowIn, ruleOf } from './match.js';

/**
 * Matches of Sigma rules, as the tools that run them write them: Zircolite (a rule with its `matches`), Chainsaw (a rule with its
 * `document`), Hayabusa (a row with `RuleTitle`), and rule and event side by side (`rule`, `event`; `rule_title` in the event's own row).
 * The events keep the fields of their log. One alert for each person whom the events of a match name, with that person's events.
 */
export const sigma: AlertFormat = {
  about,
  looksLike: isMatch,
  split(body) {
    const { holder, events } = eventsOf(body);
    if (holder === undefined || events.length < 2) return [body];
    const people = new Map<string, unknown[]>();
    for (const event of events) {
      const who = JSON.stringify(actorsOfRow(rowIn(event)));
      const own = people.get(who);
      if (own) own.push(event.value);
      else people.set(who, [event.value]);
    }
    return [...people.values()].map((own) => body.holding({ ...(body.value as object), [holder]: own }));
  },
  read(f) {
    const { title, id, level, tags, logsource, at } = ruleOf(f);
    const rows = rowsOf(f).map((row) => ({ row, facts: factsOfRow(row) }));
    const facts = joined(rows.map((row) => row.facts));
    const key = id ?? title;
    return {
      dedupeKey: key === undefined || rows.length === 0 ? undefined : `${key}:${identityOf(rows)}`,
      groupKey: key,
      platform: platformOf(logsource.text('product'), logsource.text('service')) ?? facts.platform,
      subjects: facts.subjects,
      lookedFor: looksInRows(f, rowsOf),
      title,
      severity: SEVERITY[level?.toLowerCase() ?? ''] ?? 'low',
      severityRaw: level,
      occurredAt: facts.occurredAt ?? instantOf(at),
      detectedAt: instantOf(at),
      ips: facts.ips,
      userAgent: facts.userAgent,
      sessionId: facts.sessionId,
      attack: techniques(tags.flatMap((tag) => tag.toUpperCase().split(/[¦|,;\s]+/))),
      evidence: facts.evidence,
    };
  },
};

const rowsOf = (f: Fields): readonly Fields[] => eventsOf(f).events.map(rowIn);

/** Sigma's levels, and Hayabusa's short words for them. */
const SEVERITY: Readonly<Record<string, Severity>> = {
  ...{ informational: 'info', information: 'info', info: 'info', low: 'low', medium: 'medium', med: 'medium' },
  ...{ high: 'high', critical: 'critical', crit: 'critical', emergency: 'critical', emer: 'critical' },
};

/** No tool numbers its matches: the events are what a match is of, by their log's own ids, else by what they say. */
function identityOf(rows: readonly { readonly row: Fields; readonly facts: RowFacts }[]): string {
  const hash = createHash('sha256');
  for (const { row, facts } of rows) hash.update(`${facts.rowId ?? JSON.stringify(row.value ?? null)}\n`);
  return hash.digest('hex').slice(0, 32);
}
