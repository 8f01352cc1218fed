import type { Fact, Surroundings, Weigh } from './attribution.js';
import { actingApp, type ContextRows } from './episodes.js';
import { clientFamily } from './client.js';
import { LABELS, type EvidenceEvent, type EventKind } from './evidence.js';
import type { History } from './history.js';
import { vendorFacts } from './vendor-facts.js';

const DAY_MS = 86_400_000;
const CONSENT_NEW_DAYS = 14;
const APP_ESTABLISHED_DAYS = 10;

const TAKING: readonly EventKind[] = ['file_download', 'file_view', 'conversation_read', 'export', 'mail_access'];

/** Rows a day beyond what the app ever did in one. */
const BUSIER = 2;

/** A token in other hands is used for what the app never did, for more of it, or to take. */
function behavesAsEver(c: ContextRows, rows: readonly EvidenceEvent[]): boolean {
  const here = new Set(c.acts.map((e) => e.id));
  const usual = rows.filter((e) => actingApp(e) === c.acts[0]?.app?.id && !here.has(e.id));
  const client = (e: EvidenceEvent): string => clientFamily(e.userAgent ?? '');
  const [done, clients] = [new Set(usual.map((e) => e.operation)), new Set(usual.map(client))];
  const isBusier = busiestDay(c.acts) > BUSIER * busiestDay(usual);
  return !isBusier && c.acts.every((e) => done.has(e.operation) && clients.has(client(e)) && !TAKING.includes(e.kind));
}

function busiestDay(rows: readonly EvidenceEvent[]): number {
  const days = new Map<string, number>();
  for (const e of rows) days.set(e.at.slice(0, 10), (days.get(e.at.slice(0, 10)) ?? 0) + (e.count ?? 1));
  return Math.max(0, ...days.values());
}

/** An administrator allowed it for everybody, or for the person. Where the case is about the app itself, whoever let it in is no administrator for that. */
export const isApproved = (e: EvidenceEvent, accounts: readonly string[]): boolean =>
  (e.labels ?? []).includes(LABELS.adminConsent) ||
  (!accounts.includes(e.app?.id ?? '') && e.actor !== undefined && !accounts.includes(e.actor));

/** Who allowed an app, how long it has worked like this, and from where. */
export function appFacts(
  c: ContextRows,
  rows: readonly EvidenceEvent[],
  history: History,
  given: Surroundings,
  weigh: Weigh,
): readonly Fact[] {
  const id = (c.context.app ?? '').split(':').slice(1).join(':');
  if (given.ownApps?.includes(id)) return [weigh('app.ours', 'an app of the organisation’s own')];
  const facts: Fact[] = [];
  const { scopes } = given.thresholds.configChange;
  const grants = rows.filter((e) => e.kind === 'app_grant' && e.app?.id === id);
  const far = [...grants, ...c.acts].some((e) =>
    (e.app?.scopes ?? []).some((s) => scopes.some((w) => s === w || s.endsWith(`/${w}`))),
  );
  // Who approved the app says nothing of who holds its token.
  if (c.context.place !== undefined) {
    const where = c.acts[0];
    const said = `used from ${where?.ip ?? c.context.place}${where?.country === undefined ? '' : ` (${where.country})`}, where the app never came from`;
    const behaves = behavesAsEver(c, rows)
      ? [weigh('app.behaves', 'it does there what it always did, by the same program, and takes nothing')]
      : [];
    return [weigh('app.elsewhere', said), ...behaves, ...vendorFacts(c, given, weigh)];
  }
  const dated = grants.filter((e) => !(e.labels ?? []).includes(LABELS.state));
  const approved = grants.find((e) => isApproved(e, given.accounts));
  const begin = Date.parse(c.acts[0]?.at ?? c.from);
  const consent = dated.at(-1);
  if (approved) facts.push(weigh('app.approved', 'an administrator approved the app'));
  else if (consent && begin - Date.parse(consent.at) < CONSENT_NEW_DAYS * DAY_MS)
    facts.push(weigh('app.consent.new', `allowed by ${whoGave(dated)} on ${consent.at.slice(0, 10)}`));
  else if (grants.length === 0) facts.push(weigh('app.unknown', 'no log shows who allowed the app'));
  const days = new Set(c.acts.map((e) => e.at.slice(0, 10)));
  const isLong = Date.parse(c.to) - begin >= APP_ESTABLISHED_DAYS * DAY_MS && days.size >= 4;
  if (isLong) facts.push(weigh('app.established', `at work since ${c.from.slice(0, 10)}, on ${days.size} days`));
  const where = c.acts.find((e) => e.country !== undefined)?.country;
  if (
    grants.length === 0 &&
    !isLong &&
    where !== undefined &&
    history.knows('country') &&
    !history.has('country', where)
  )
    facts.push(weigh('app.far', `from ${where}, where nobody of the organisation was`));
  if (far && !approved) facts.push(weigh('app.scopes', 'it may read everything'));
  return [...facts, ...vendorFacts(c, given, weigh)];
}

/** Where the case is about the app, several may have let it in. */
function whoGave(grants: readonly EvidenceEvent[]): string {
  const people = new Set(grants.flatMap((e) => e.actor ?? []));
  return people.size > 1 ? `${people.size} people, the last` : 'the person';
}
