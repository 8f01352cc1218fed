import type { ContactState, Escalation, Reason, Verdict } from './case.js';
import {
  EXPLANATION_WORDS,
  MALICIOUS,
  independentLines,
  probabilityOf,
  rank,
  weightsOf,
  type EvidenceLine,
  type Explanation,
  type Ranking,
} from './explanations.js';
import type { FindingDigest, Impact } from './finding.js';
import { mostTelling } from './next-fact.js';
import type { CasePolicy } from './policy.js';
import type { Severity } from './platform.js';
import { EVIDENCE } from './weights.js';

/** What the case decides from: what the evidence says, what people said, what could not be read. */
export interface EscalationInput {
  /** What speaks for and against each explanation in the evidence. */
  readonly lines: readonly EvidenceLine[];
  readonly findings: readonly FindingDigest[];
  readonly impact: Impact;
  /** There is an access that a "not me" can be about. */
  readonly foreignAccess: boolean;
  readonly contact: ContactState['outcome'];
  /** The question went over a way that the suspicion does not touch. */
  readonly contactIsSafe: boolean;
  /** What the interview found: is the activity explained by a need of the business? */
  readonly interview?: 'yes' | 'no' | 'partly';
  /** A responder's verdict, signed; the case follows it. */
  readonly judgement?: Verdict;
  readonly severity: Severity;
  /** Sources that could not be read. */
  readonly gaps: readonly string[];
  readonly policy: Pick<CasePolicy, 'decision' | 'contact'>;
  /** The lag horizons of all logs have passed and the evidence was read after that. */
  readonly settled: boolean;
  /** The case keeps watch; `ended` is its second decision. */
  readonly watch?: 'running' | 'ended';
}

const ROW = {
  clear: 'Escalate if there are clear signs of unauthorized access or data exfiltration',
  leak: 'confirmed credential leaks',
  transfer: 'sensitive data transfers',
  contact: 'Attempt to contact the user in question to confirm recent activities',
} as const;

/** Explanations are weighed, four thresholds applied. Pure: the same evidence always gives the same decision. */
export function decideEscalation(input: EscalationInput): Escalation {
  const lines = [...input.lines, ...whatPeopleSay(input)];
  const { weights, thresholds, priors } = input.policy.decision;
  const ranking = rank(lines, weights, priors);
  const weighed = {
    attack: rounded(ranking.attack),
    ranking: ranking.ranking.slice(0, 4).map((r) => ({ ...r, probability: rounded(r.probability) })),
    ...mostTelling(input, lines),
  };
  const judged = input.judgement === undefined ? undefined : byJudgement(input.judgement);
  if (judged) return { ...judged, ...weighed };
  const reasons = reasonsFor(ranking, lines, input);
  const watchAt = thresholds.watch;
  const escalateAt =
    input.watch === undefined ? thresholds.escalate : thresholds.escalate - thresholds.watchSensitivity;
  if (ranking.attack >= escalateAt || isHard(input))
    return {
      decision: 'escalate',
      verdict: verdictOf(ranking, input),
      reasons: [...hardReasons(input), ...reasons],
      ...weighed,
    };
  if (!input.settled)
    return { decision: 'close', verdict: 'undetermined', reasons: [notSettled, ...reasons], ...weighed };
  return { ...withoutEscalation(input, lines, ranking, watchAt, reasons), ...weighed };
}

const rounded = (n: number): number => Math.round(n * 1_000) / 1_000;

/** Answers are evidence, never a verdict; one that came over a way that the suspicion touches says nothing. Silence says nothing at any hour. */
export function whatPeopleSay(
  input: Pick<EscalationInput, 'contact' | 'contactIsSafe' | 'foreignAccess' | 'interview'>,
): readonly EvidenceLine[] {
  const lines: EvidenceLine[] = [];
  const say = (code: EvidenceLine['code'], group: string): void => void lines.push({ code, group, strength: 1 });
  if (input.contact === 'me' && input.contactIsSafe) say('answer.me', 'answer');
  if (input.contact === 'not_me') say(input.foreignAccess ? 'answer.not_me' : 'answer.not_me.attempt', 'answer');
  if (input.contact === 'unsure') say('answer.unsure', 'answer');
  if (input.interview === 'yes') say('interview.yes', 'interview');
  if (input.interview === 'no') say('interview.no', 'interview');
  return lines;
}

/** What the playbook escalates whatever else there is. */
const isHard = ({ impact, findings }: EscalationInput): boolean =>
  (impact.confirmedLeaks > 0 && findings.some((f) => impact.leakFindings?.includes(f.id) === true)) ||
  (impact.criticalTransfers > 0 && findings.some((f) => f.kind === 'external_share' && f.whose === 'other'));

function hardReasons({ impact, findings }: EscalationInput): readonly Reason[] {
  const reasons: Reason[] = [];
  if (impact.confirmedLeaks > 0)
    reasons.push({
      code: 'leak.confirmed',
      text: `${impact.confirmedLeaks} credential leak(s) confirmed: the issuer says so, or the use was logged`,
      playbook: ROW.leak,
      attack: 'T1552.008',
      findings: impact.leakFindings ?? [],
    });
  const shares = findings.filter((f) => f.kind === 'external_share' && f.whose === 'other');
  if (impact.criticalTransfers > 0 && shares.length > 0)
    reasons.push({
      code: 'transfer.sensitive',
      text: `${impact.criticalTransfers} transfer(s) of sensitive data to the outside by somebody else`,
      playbook: ROW.transfer,
      attack: 'T1567',
      findings: shares.map((f) => f.id),
    });
  return reasons;
}

const MOST_REASONS = 8;

/** What weighs most for the likeliest explanation, and against it. */
function reasonsFor(ranking: Ranking, lines: readonly EvidenceLine[], { policy }: EscalationInput): readonly Reason[] {
  const lead = ranking.ranking[0]?.explanation ?? 'false_alert';
  const told = independentLines(lines, policy.decision.weights)
    .map((line) => ({ line, weight: weightsOf(line, policy.decision.weights)[lead] }))
    .filter(({ weight }) => weight !== 0)
    .sort((a, b) => Math.abs(b.weight) - Math.abs(a.weight));
  return [
    {
      code: `explanation.${lead}`,
      text: `Most likely: ${EXPLANATION_WORDS[lead]} (${Math.round(probabilityOf(ranking, lead) * 100)} %)`,
      playbook: ROW.clear,
    },
    ...told.slice(0, MOST_REASONS).map(({ line, weight }) => ({
      code: line.code,
      text: `${weight > 0 ? 'For' : 'Against'}: ${EVIDENCE[line.code].says}`,
      playbook: EVIDENCE[line.code].source,
    })),
  ];
}

const notSettled: Reason = {
  code: 'not.settled',
  text: 'Nothing to escalate so far, and logs may still bring late rows',
  playbook: ROW.clear,
};

/** Probability from which the case says compromised and not only suspicious; what it may propose is decided for each act. */
const COMPROMISED_FROM = 0.6;

function verdictOf(ranking: Ranking, { impact }: EscalationInput): Verdict {
  const [lead] = ranking.ranking.filter((r) => (MALICIOUS as readonly Explanation[]).includes(r.explanation));
  if (lead?.explanation === 'insider') return 'insider';
  return ranking.attack >= COMPROMISED_FROM || impact.confirmedLeaks > 0 ? 'compromised' : 'suspicious';
}

/** Below it a silence or a gap alone keeps nobody on watch. */
const FAINT = 0.12;
/** Strength of an access of which everything that is known is new: network, country. */
const UNEXPLAINED = 1.2;

function withoutEscalation(
  { contact, findings, gaps, policy, severity, watch }: EscalationInput,
  lines: readonly EvidenceLine[],
  ranking: Ranking,
  watchAt: number,
  reasons: readonly Reason[],
): Pick<Escalation, 'decision' | 'verdict' | 'reasons'> {
  const lead = ranking.ranking[0]?.explanation;
  const ends = watch === 'ended' ? 'close' : 'watch';
  if (ranking.attack >= watchAt) return { decision: ends, verdict: 'suspicious', reasons };
  if (gaps.length > 0)
    return {
      decision: ends,
      verdict: 'undetermined',
      reasons: [
        { code: 'evidence.gaps', text: `Not everything could be read: ${gaps.join(', ')}`, playbook: ROW.clear },
        ...reasons,
      ],
    };
  const open = findings.some((f) => f.confidence !== 'low' && !f.ownSession && f.kind !== 'security_notice');
  const isUnheard = contact === 'silent' || contact === 'not_me' || contact === 'unsure';
  // Nobody has said whose it was, and nothing tells: unknown is never counted as clean.
  const strange = lines.some((l) => l.code === 'access.unknown' && l.strength >= UNEXPLAINED);
  if (watch === 'ended' && isUnheard && strange && ranking.attack >= FAINT)
    return {
      decision: 'close',
      verdict: 'undetermined',
      reasons: [
        {
          code: 'access.unexplained',
          text: 'An access that nobody has explained, and nothing after it',
          playbook: ROW.contact,
        },
        ...reasons,
      ],
    };
  const silence = contact !== 'silent' || policy.contact.silence[severity] !== 'close';
  if (watch !== 'ended' && isUnheard && silence && open && ranking.attack >= FAINT)
    return {
      decision: 'watch',
      verdict: 'suspicious',
      reasons: [
        {
          code: `contact.${contact}`,
          text: 'Weak signs, and nobody has explained them: the case keeps watch',
          playbook: ROW.contact,
        },
        ...reasons,
      ],
    };
  const quiet: Reason = {
    code: 'settled.quiet',
    text: 'No clear sign of unauthorised access or exfiltration, and every log that matters has settled',
    playbook: ROW.clear,
  };
  const isExplained = lead === 'own_work' || lead === 'authorised_work' || lead === 'job' || lead === 'attempt';
  return { decision: 'close', verdict: isExplained ? 'benign' : 'false_positive', reasons: [quiet, ...reasons] };
}

function byJudgement(judgement: Verdict): Pick<Escalation, 'decision' | 'verdict' | 'reasons'> {
  const isAttack = judgement === 'compromised' || judgement === 'insider';
  return {
    decision: isAttack ? 'escalate' : judgement === 'suspicious' || judgement === 'undetermined' ? 'watch' : 'close',
    verdict: judgement,
    reasons: [{ code: 'judgement', text: `A responder judged: ${judgement}`, playbook: ROW.clear }],
  };
}
