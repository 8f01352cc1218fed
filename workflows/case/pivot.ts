import { isCancellation } from '@temporalio/workflow';
import type { Alert, AlertRef } from '../../domain/alert.js';
import type { CaseState, OtherCase } from '../../domain/case.js';
import { heard } from '../../domain/heard.js';
import {
  hasTraces,
  linkOf,
  others as othersOf,
  PIVOT,
  pivotAlertId,
  type Beyond,
  type Other,
} from '../../domain/pivot.js';
import { now } from '../clock.js';
import { searchAll } from '../evidence.js';
import type { Search } from '../messages.js';
import { records } from '../proxies.js';
import { whereElse } from './evidence.js';
import { policyOf, record, tell, type CaseRun } from './run.js';

const SEVERITY = 'high';
/** Of the alerts that Quell raises itself. */
const SOURCE = 'quell';

/**
 * Beyond the subject: who else has the attacker's addresses, sessions, apps, devices and forwarding targets, over all tenants of the
 * organisation? Each of them gets an alert of their own, which starts or joins their case in the same incident. Nobody is acted on here.
 */
export async function lookBeyondSubject(run: CaseRun, found?: Search): Promise<void> {
  const { state } = run;
  const traces = state.assessment?.traces;
  const beyond = whereElse(run);
  if (isTheirOwn(state) || !state.subject || !traces || !hasTraces(traces) || !beyond) return;
  const { caseId, subject } = state;
  const { sightings, gaps } = found ?? (await searchAll({ caseId, subject, to: now() }, beyond, traces));
  if (gaps.length > 0) tell(run, `Others: not all could be searched (${gaps.join(', ')})`);
  const self = { subjectId: subject.subjectId, accounts: subject.accounts, since: traces.since };
  await report(run, othersOf(sightings, self, policyOf(run).pivot ?? PIVOT));
}

/**
 * A place that the person, or whoever asked for the work, spoke for leads to nobody: whoever else was there was there too. What nobody explained
 * and what strangers tried is followed all the same.
 */
function isTheirOwn(state: CaseState): boolean {
  const { escalation, assessment } = state;
  const [likeliest] = escalation?.ranking ?? [];
  const { contact, contactIsSafe, interview } = heard(state);
  return (
    escalation?.decision === 'close' &&
    (escalation.verdict === 'benign' || escalation.verdict === 'false_positive') &&
    (assessment?.attempts ?? []).length === 0 &&
    (likeliest?.explanation === 'own_work' || likeliest?.explanation === 'authorised_work') &&
    ((contact === 'me' && contactIsSafe) || interview === 'yes')
  );
}

async function report(run: CaseRun, { others: found, more, shared, sprays }: Beyond): Promise<void> {
  const told = new Set(run.state.others?.map((o) => o.alertId));
  const news = found.flatMap((other): readonly (readonly [Other, OtherCase])[] => {
    const { subjectId, by } = other;
    if (subjectId === undefined) return []; // a stranger's account has no case
    const alertId = pivotAlertId(other, subjectId);
    return told.has(alertId) ? [] : [[other, { subjectId, caseId: `case-${subjectId}`, by, alertId }]];
  });
  const strangers = found.filter((o) => o.subjectId === undefined).length;
  if (strangers > 0) tell(run, `${strangers} account(s) that no directory knows share the attacker's traces`);
  if (shared.length > 0) tell(run, `${shared.length} trace(s) are used by many and point at nobody`);
  for (const { accounts } of sprays) tell(run, `An address of the attacker was tried at ${accounts} accounts in vain`);
  if (more > 0) tell(run, `**${more} more than may be followed** share the attacker's traces`);
  if (news.length === 0) return;
  await record(run); // this case is in its incident before another is told of it
  for (const [other, otherCase] of news) await raise(run, other, otherCase);
}

async function raise(run: CaseRun, other: Other, otherCase: OtherCase): Promise<void> {
  const { state } = run;
  const { subjectId, caseId, alertId, by } = otherCase;
  const link = linkOf(other);
  if (link === undefined) return;
  const { platform, tenant, firstAt } = other;
  const ref: AlertRef = {
    alertId,
    source: SOURCE,
    platform,
    severity: SEVERITY,
    occurredAt: firstAt,
    receivedAt: now(),
  };
  try {
    await records.raiseAlerts.executeWithOptions({ summary: `Tell \`${caseId}\` of the same attacker` }, [
      {
        ...{ caseId, subjectId, home: { platform, tenant }, after: state.caseId, alerts: [ref] },
        tie: { told: [alertOf(other, ref)], links: [link], severity: SEVERITY },
      },
    ]);
  } catch (error) {
    if (isCancellation(error)) throw error;
    tell(run, `**\`${caseId}\` could not be told** that it shares the attacker's ${by}`);
    return;
  }
  state.others = [...(state.others ?? []), otherCase];
  tell(run, `\`${caseId}\` shares the attacker's ${by} (${other.rows} row(s), on ${platform})`);
}

/** What the other case is told, for the people who read it: a claim like any other alert's. */
function alertOf(other: Other, ref: AlertRef): Alert {
  const { by, value, platform, nativeId, lastAt } = other;
  const evidence = { session: 'session', app: 'app', device: 'device', address: 'ip', file: 'file' } as const;
  return {
    ...ref,
    format: 'quell',
    dedupeKey: ref.alertId,
    state: 'new',
    subjects: [{ kind: 'person', nativeId, platform }],
    title: `Seen with the ${by === 'forward' ? 'forwarding target' : by} of an attacker in another case`,
    detectedAt: lastAt,
    ips: by === 'address' ? [value] : [],
    ...(by === 'session' ? { sessionId: value } : {}),
    evidence: by === 'forward' ? [] : [{ type: evidence[by], value }],
    attack: ['T1213.005'],
  };
}
