import { instantOf } from '../../../domain/instants.js';
import type { Fields } from '../kit/fields.js';
import type { AlertParts, NamedSubject } from '../kit/parser.js';
import { severityOf, techniques } from '../kit/values.js';
import { factsOfRow, joined, type RowFacts } from '../rows/log-row.js';
import { addressOfPerson, clientsIn } from '../rows/people.js';

/** A Cloud SIEM Insight: signals about one entity. */
export const isInsight = (f: Fields): boolean =>
  /^INSIGHT-/i.test(f.text('readableId') ?? '') || (f.has('id') && f.has('entity.entityType') && f.has('signals'));

const MAX_RECORDS = 2_000;

/**
 * The subject is the account that the Insight is about. Of a host or an address the records of its signals say who acted; the account
 * that their records say it was done to is no suspect beside them.
 */
export function readInsight(f: Fields): AlertParts {
  const signals = f.list('signals');
  const records = signals.flatMap((s) => [...s.list('allRecords'), ...s.list('records')]).slice(0, MAX_RECORDS);
  const rows = joined(records.map(({ value }) => factsOfRow(value)));
  const entities = [f.at('entity'), ...signals.map((s) => s.at('entity')), ...f.list('involvedEntities')];
  const status = (f.text('status.name') ?? f.text('status') ?? '').toLowerCase();
  const times = signals.flatMap((s) => instantOf(s.text('timestamp')) ?? []).sort();
  return {
    dedupeKey: f.text('id') ?? f.text('readableId'),
    groupKey: f.text('readableId'),
    state: status === 'closed' || f.has('closed') ? 'closed' : status === 'inprogress' ? 'update' : 'new',
    platform: rows.platform,
    subjects: subjectsOf(entities, rows, records),
    noSubject:
      'sumo-logic: neither entity nor involvedEntities is an account (_username, _email) with a mail address, and no record of signals[].allRecords[] names one in user_email or user_username; let the log mapping fill user_email',
    title: f.text('name') ?? f.text('description'),
    severity: severityOf(f.text('severity')),
    severityRaw: f.text('severity'),
    occurredAt: times[0] ?? instantOf(f.text('timestamp')) ?? instantOf(f.text('created')),
    detectedAt: instantOf(f.text('created')) ?? instantOf(f.text('timestamp')),
    ips: [
      ...rows.ips,
      ...clientsIn(entities.filter((e) => /ip$/i.test(kindOf(e))).flatMap((e) => e.text('value') ?? [])),
    ],
    userAgent: rows.userAgent,
    sessionId: rows.sessionId,
    attack: techniques([...f.texts('tags'), ...signals.flatMap((s) => s.texts('tags'))]),
    evidence: rows.evidence,
    link: f.text('insightUrl', 'url'),
  };
}

function subjectsOf(entities: readonly Fields[], rows: RowFacts, records: readonly Fields[]): readonly NamedSubject[] {
  const people = entities.map((e) =>
    /user|email|account/i.test(kindOf(e)) ? addressOfPerson(e.text('value', 'name')) : undefined,
  );
  const [about] = people;
  const acted = rows.subjects.flatMap((s) => s.email ?? []);
  const harmed = new Set(
    records.flatMap((r) =>
      [r.text('targetUser_email'), r.text('targetUser_username')].flatMap((name) => addressOfPerson(name) ?? []),
    ),
  );
  const isHarmed = about !== undefined && harmed.has(about) && acted.length > 0 && !acted.includes(about);
  if (about !== undefined && !isHarmed)
    return rows.subjects
      .filter((s) => s.email === about)
      .slice(0, 1)
      .concat({ email: about });
  if (rows.subjects.length > 0) return rows.subjects;
  return people.flatMap((email) => (email === undefined ? [] : [{ email }]));
}

/** `_username`, `_ip`, `_hostname`, or a kind of the customer's own. */
const kindOf = (entity: Fields): string => entity.text('entityType') ?? '';
