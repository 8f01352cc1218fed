import { createHash } from 'node:crypto';
import { instantOf } from '../../../domain/instants.js';
import type { Severity } from '../../../domain/platform.js';
import { Fields } from '../kit/fields.js';
import type { AlertParser } from '../kit/parser.js';
import { platformOf, techniques } from '../kit/values.js';
import { factsOfRow, joined, noSubjectIn } from '../rows/log-row.js';
import { eventsOf, isMatch, ruleOf } from './match.js';

/**
 * Matches of Sigma rules, as the tools that run them write them: Zircolite (a rule with its `matches`), Chainsaw (a rule with its
 * `document`), Hayabusa (a row with `RuleTitle`), and rule and event side by side (`rule`, `event`; `rule_title` in the event's own row).
 * The events keep the fields of their log. One alert for each person whom the events of a match name, with that person's events.
 */
export const sigma: AlertParser = {
  looksLike: isMatch,
  split(body) {
    const { rule, id } = ruleOf(body);
    const people = new Map<string, unknown[]>();
    for (const event of eventsOf(body)) {
      const who = JSON.stringify(factsOfRow(event).subjects);
      const events = people.get(who);
      if (events) events.push(event);
      else people.set(who, [event]);
    }
    return [...people.values()].map((matches) => new Fields({ rule, id, matches }));
  },
  read(f) {
    const { title, id, level, tags, logsource, at } = ruleOf(new Fields(f.at('rule').value));
    const rows = f.list('matches').map(({ value }) => ({ value, facts: factsOfRow(value) }));
    const facts = joined(rows.map((row) => row.facts));
    const key = id ?? title;
    return {
      dedupeKey: key === undefined || rows.length === 0 ? undefined : `${key}:${identityOf(rows)}`,
      groupKey: key,
      platform: platformOf(logsource.text('product'), logsource.text('service')) ?? facts.platform,
      subjects: facts.subjects,
      noSubject: noSubjectIn('sigma', 'the matched event', facts),
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

/** Sigma's levels, and Hayabusa's short words for them. */
const SEVERITY: Readonly<Record<string, Severity>> = {
  ...{ informational: 'info', information: 'info', info: 'info', low: 'low', medium: 'medium', med: 'medium' },
  ...{ high: 'high', critical: 'critical', crit: 'critical', emergency: 'critical', emer: 'critical' },
};

/** No tool numbers its matches: the events are what a match is of, by their log's own ids, else by what they say. */
function identityOf(
  rows: readonly { readonly value: unknown; readonly facts: { readonly rowId: string | undefined } }[],
): string {
  const hash = createHash('sha256');
  for (const { value, facts } of rows) hash.update(`${facts.rowId ?? JSON.stringify(value ?? null)}\n`);
  return hash.digest('hex').slice(0, 32);
}
