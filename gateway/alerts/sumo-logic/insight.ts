import { instantOf } from '../../../domain/instants.js';
import type { Fields } from '../kit/fields.js';
import { looksOf, type AlertParts, type NamedSubject } from '../kit/parser.js';
import { severityOf, techniques } from '../kit/values.js';
import { factsOfRow, joined, looksInRows } from '../kit/rows/log-row.js';
import { addressOfPerson, clientsIn } from '../kit/rows/people.js';

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
  const rows = joined(recordsOf(f).map((row) => factsOfRow(row)));
  const entities = entitiesOf(f);
  const status = (f.text('status.name') ?? f.text('status') ?? '').toLowerCase();
  const times = signals.flatMap((s) => instantOf(s.text('timestamp')) ?? []).sort();
  return {
    dedupeKey: f.text('id') ?? f.text('readableId'),
    groupKey: f.text('readableId'),
    state: status === 'closed' || f.has('closed') ? 'closed' : status === 'inprogress' ? 'update' : 'new',
    platform: rows.platform,
    subjects: subjectsOf(f, rows.subjects),
    lookedFor: () => [...looksOf(f, (g) => subjectsOf(g, []))(), ...looksInRows(f, recordsOf)()],
    noSubject:
      'sumo-logic: neither an entity nor a record of the Insight is an account with a mail address; let the log mapping fill user_email',
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

const recordsOf = (f: Fields): readonly Fields[] =>
  f
    .list('signals')
    .flatMap((s) => [...s.list('allRecords'), ...s.list('records')])
    .slice(0, MAX_RECORDS);

const entitiesOf = (f: Fields): readonly Fields[] => [
  f.at('entity'),
  ...f.list('signals').map((s) => s.at('entity')),
  ...f.list('involvedEntities'),
];

function subjectsOf(f: Fields, inRows: readonly NamedSubject[]): readonly NamedSubject[] {
  const people = entitiesOf(f).map((e) =>
    /user|email|account/i.test(kindOf(e)) ? addressOfPerson(e.text('value', 'name')) : undefined,
  );
  const [about] = people;
  const acted = inRows.flatMap((s) => s.email ?? []);
  const harmed = new Set(
    recordsOf(f).flatMap((r) =>
      ['targetUser_email', 'targetUser_username'].flatMap((name) => addressOfPerson(r.aside().text(name)) ?? []),
    ),
  );
  const isHarmed = about !== undefined && harmed.has(about) && acted.length > 0 && !acted.includes(about);
  if (about !== undefined && !isHarmed)
    return inRows
      .filter((s) => s.email === about)
      .slice(0, 1)
      .concat({ email: about });
  if (inRows.length > 0) return inRows;
  return people.flatMap((email) => (email === undefined ? [] : [{ email }]));
}

/** `_username`, `_ip`, `_hostname`, or a kind of the customer's own. */
const kindOf = (entity: Fields): string => entity.aside().text('entityType') ?? '';
