import type { ContactState, Escalation, Reason, Verdict } from '../../domain/case.js';
import type { FindingDigest, FindingKind, Impact, PatternMatch, QuestionAnswer } from '../../domain/finding.js';
import type { CasePolicy } from '../../domain/policy.js';
import type { Instant, Severity } from '../../domain/platform.js';

/** The decision of versions before explanations were weighed: histories of theirs go on by it. */
export interface FindingsInput {
  readonly findings: readonly FindingDigest[];
  readonly patterns: readonly PatternMatch[];
  readonly questions: readonly QuestionAnswer[];
  readonly impact: Impact;
  readonly contact: ContactState['outcome'];
  readonly severity: Severity;
  /** Sources that could not be read. */
  readonly gaps: readonly string[];
  readonly policy: Pick<CasePolicy, 'escalation' | 'contact'>;
  /** The lag horizons of all logs have passed and the evidence was read after that. */
  readonly settled: boolean;
  readonly now: Instant;
}

/** The rows of the playbook that reasons cite, in its own words. */
const ROW = {
  clear: 'Escalate if there are clear signs of unauthorized access or data exfiltration',
  leak: 'confirmed credential leaks',
  transfer: 'sensitive data transfers',
  impact: 'the potential impact is high (e.g., critical business data)',
  patterns: 'multiple indicators align with known TTP patterns, despite initial uncertainty in individual logs',
  contact: 'Attempt to contact the user in question to confirm recent activities',
  signIn:
    'Verify the legitimacy of suspicious login attempts by checking IP addresses and corresponding user geolocation',
} as const;

/** What shows that somebody else than the subject acts. */
const ACCESS: readonly FindingKind[] = [
  'unusual_sign_in',
  'session_reuse',
  'unmatched_activity',
  'hidden_notice',
  'app_consent',
  'threat_intelligence',
];
/** What a thief does with an account, and its owner does not do from a strange place. */
const TAKEOVER: readonly FindingKind[] = ['session_reuse', 'hidden_notice', 'credential_change', 'threat_intelligence'];
/** What shows that data was collected or left. */
const COLLECTION: readonly FindingKind[] = [
  'bulk_collection',
  'sensitive_uploads',
  'external_share',
  'unusual_chat_activity',
  'volume_surge',
  'baseline_deviation',
];

/** What lies there or lay in the past: it shows no activity that anybody could confirm or deny. */
const NO_ACTIVITY: readonly FindingKind[] = ['credential_exposed', 'frequent_involvement'];

/** Escalate or not, the verdict, and every reason. Pure: the same evidence always gives the same decision. */
export function escalationByFindings(input: FindingsInput): Escalation {
  const reasons = [
    ...leakReasons(input),
    ...accessReasons(input),
    ...impactReasons(input),
    ...patternReasons(input),
    ...contactReasons(input),
  ];
  if (reasons.length > 0) return { decision: 'escalate', verdict: verdictOf(input), reasons };
  return withoutReasonToEscalate(input);
}

function leakReasons({ impact, findings }: FindingsInput): readonly Reason[] {
  if (impact.confirmedLeaks === 0) return [];
  return [
    {
      code: 'leak.confirmed',
      text: `${impact.confirmedLeaks} credential leak(s) confirmed: the issuer says so, or the use was logged`,
      playbook: ROW.leak,
      attack: 'T1552.008',
      findings: impact.leakFindings ?? idsOf(findings, ['credential_exposed']),
    },
  ];
}

/**
 * Unauthorised access is clear together with collection, or when somebody who is not the subject also takes hold of the account:
 * hides the notices, changes credentials, goes on in a stolen session. A strange sign-in alone may be a journey.
 */
function accessReasons({ findings }: FindingsInput): readonly Reason[] {
  const access = strong(findings, ACCESS).filter((f) => !f.ownSession);
  const foreign = strong(findings, COLLECTION).filter((f) => !f.ownSession);
  if (access.length === 0 || foreign.length === 0) return takeoverReasons(findings);
  const cited = [...access, ...foreign];
  return [
    {
      code: 'access.and-collection',
      text: `Access that is not the subject's own (${kinds(access)}) together with collection (${kinds(foreign)})`,
      playbook: ROW.clear,
      attack: 'T1213.005',
      findings: cited.map((f) => f.id),
    },
  ];
}

function takeoverReasons(findings: readonly FindingDigest[]): readonly Reason[] {
  const shown = strong(findings, ['unusual_sign_in', ...TAKEOVER]).filter((f) => !f.ownSession);
  const isClear = shown.some((f) => TAKEOVER.includes(f.kind) && f.confidence === 'high');
  if (!isClear || new Set(shown.map((f) => f.kind)).size < 2) return [];
  return [
    {
      code: 'access.takeover',
      text: `Access that is not the subject's own, and it takes hold of the account (${kinds(shown)})`,
      playbook: ROW.clear,
      attack: 'T1078',
      findings: shown.map((f) => f.id),
    },
  ];
}

function impactReasons({ impact, findings, policy }: FindingsInput): readonly Reason[] {
  const reasons: Reason[] = [];
  const shown = strong(findings, COLLECTION).map((f) => f.id);
  const high = impact.level === 'high' || (policy.escalation.impact === 'limited' && impact.level === 'limited');
  if (high && shown.length > 0)
    reasons.push({
      code: 'impact.high',
      text: `${impact.criticalItems} item(s) of critical business data are in play`,
      playbook: ROW.impact,
      attack: 'T1213.005',
      findings: shown,
    });
  if (impact.criticalTransfers > 0)
    reasons.push({
      code: 'transfer.sensitive',
      text: `${impact.criticalTransfers} transfer(s) of sensitive data to the outside`,
      playbook: ROW.transfer,
      attack: 'T1567',
      findings: idsOf(findings, ['external_share']),
    });
  return reasons;
}

function patternReasons({ patterns, findings, policy }: FindingsInput): readonly Reason[] {
  if (patterns.length >= policy.escalation.patternsNeeded && patterns.length > 0)
    return patterns.map((p) => ({
      code: `pattern.${p.patternId}`,
      text: `Indicators align with the pattern "${p.name}"`,
      playbook: ROW.patterns,
      findings: p.findings,
      ...(p.attack[0] === undefined ? {} : { attack: p.attack[0] }),
    }));
  const independent = findings.filter((f) => f.independent === true);
  if (new Set(independent.map((f) => f.kind)).size < policy.escalation.independentFindings) return [];
  return [
    {
      code: 'findings.independent',
      text: `${independent.length} independent kinds of findings hold; no log row shows two of them`,
      playbook: ROW.patterns,
      attack: 'T1213.005',
      findings: independent.map((f) => f.id),
    },
  ];
}

/** An answer is evidence, never a verdict: "not me" escalates only beside findings that hold, silence as the policy's table says. */
function contactReasons({ contact, findings, policy, severity }: FindingsInput): readonly Reason[] {
  const supporting = findings.filter((f) => f.confidence !== 'low' && !NO_ACTIVITY.includes(f.kind));
  if (contact === 'not_me' && supporting.length > 0)
    return [
      {
        code: 'contact.not-me',
        text: 'The subject says that it was somebody else, and findings support it',
        playbook: ROW.contact,
        attack: 'T1078',
        findings: supporting.map((f) => f.id),
      },
    ];
  if (contact === 'silent' && supporting.length > 0 && policy.contact.silence[severity] === 'escalate')
    return [
      {
        code: 'contact.silent',
        text: `The subject did not answer; at severity ${severity} the policy escalates`,
        playbook: ROW.contact,
        findings: supporting.map((f) => f.id),
      },
    ];
  return [];
}

/** Somebody else's session makes it a compromise; the subject's own session with data leaving makes it an insider. */
function verdictOf({ findings, patterns, contact }: FindingsInput): Verdict {
  const foreign = strong(findings, [...ACCESS, ...COLLECTION, 'credential_change']).some((f) => !f.ownSession);
  const suggests = new Set(patterns.map((p) => p.suggests));
  if (suggests.has('compromised') || contact === 'not_me') return 'compromised';
  if (suggests.has('insider')) return 'insider';
  if (strong(findings, ACCESS).some((f) => !f.ownSession) && foreign) return 'compromised';
  const own = strong(findings, COLLECTION).some((f) => f.ownSession);
  return own ? 'insider' : 'suspicious';
}

function withoutReasonToEscalate(input: FindingsInput): Escalation {
  const { settled, findings, contact } = input;
  if (!settled)
    return {
      decision: 'close',
      verdict: 'undetermined',
      reasons: [
        {
          code: 'not.settled',
          text: 'Nothing to escalate so far, and logs may still bring late rows',
          playbook: ROW.clear,
        },
      ],
    };
  const open = findings.filter((f) => f.confidence !== 'low');
  const watched = watchReasons(input);
  if (watched.length > 0)
    return { decision: 'watch', verdict: open.length > 0 ? 'suspicious' : 'undetermined', reasons: watched };
  const reasons: Reason[] = [
    {
      code: 'settled.quiet',
      text: 'No clear sign of unauthorised access or exfiltration, and every log that matters has settled',
      playbook: ROW.clear,
    },
  ];
  if (contact === 'me')
    reasons.push({
      code: 'contact.me',
      text: 'The subject confirms the activity on a channel that the suspicion does not touch',
      playbook: ROW.contact,
    });
  if (findings.some((f) => f.kind === 'unusual_sign_in'))
    reasons.push({
      code: 'sign-in.explained',
      text: 'Unusual sign-ins stand alone: nothing was collected with them',
      playbook: ROW.signIn,
    });
  return {
    decision: 'close',
    verdict: open.length === 0 ? 'false_positive' : contact === 'me' ? 'benign' : 'suspicious',
    reasons,
  };
}

/** Why a case that shows nothing clear may not be called benign: the subject denies it, says nothing, or logs could not be read. */
function watchReasons({ contact, findings, gaps, policy, severity }: FindingsInput): readonly Reason[] {
  const reasons: Reason[] = [];
  if (contact === 'not_me')
    reasons.push({
      code: 'contact.not-me-unsupported',
      text: `The subject says that it was somebody else; the evidence shows ${findings.length === 0 ? 'nothing' : `only faint signs (${kinds(findings)})`}`,
      playbook: ROW.contact,
      ...(findings.length === 0 ? {} : { findings: findings.map((f) => f.id) }),
    });
  const isOpen = findings.some((f) => f.confidence !== 'low');
  if (contact === 'silent' && isOpen && policy.contact.silence[severity] === 'watch')
    reasons.push({
      code: 'contact.silent-watch',
      text: 'The subject did not answer; the policy keeps watch',
      playbook: ROW.contact,
    });
  if (gaps.length > 0)
    reasons.push({
      code: 'evidence.gaps',
      text: `Not everything could be read: ${gaps.join(', ')}`,
      playbook: ROW.clear,
    });
  return reasons;
}

const strong = (findings: readonly FindingDigest[], wanted: readonly FindingKind[]): readonly FindingDigest[] =>
  findings.filter((f) => wanted.includes(f.kind) && f.confidence !== 'low');

const idsOf = (findings: readonly FindingDigest[], wanted: readonly FindingKind[]): readonly string[] =>
  findings.filter((f) => wanted.includes(f.kind)).map((f) => f.id);

const kinds = (findings: readonly FindingDigest[]): string => [...new Set(findings.map((f) => f.kind))].join(', ');
