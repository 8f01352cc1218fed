import type { EventKind, SourceResult } from './evidence.js';
import type { Finding, FindingKind, Measure, QuestionAnswer } from './finding.js';
import { DAYS_NEEDED, WARM_DAYS } from './indicators/shared/surprise.js';
import type { Volume } from './indicators/shared/daily-volume.js';

export interface QuestionInput {
  readonly findings: readonly Finding[];
  readonly sources: readonly SourceResult[];
  readonly volumes: readonly Volume[];
  /** Distinct earlier incidents in which the subject acted; undefined when the case index could not be read. */
  readonly involvements: number | undefined;
  readonly involvementThreshold: { readonly days: number; readonly incidents: number };
  /** Rows of each kind that were read. */
  readonly counts: Readonly<Partial<Record<EventKind, number>>>;
}

/** The four questions for analysis, each with its numbers. What no readable log shows is `unknown`, never "no". */
export function answerQuestions(input: QuestionInput): readonly QuestionAnswer[] {
  return [loginPattern(input), frequentUsers(input), volumeIncrease(input), platformAlerts(input)];
}

const ATTEMPTS = [
  ['sign_in', 'sign-ins'],
  ['sign_in_failed', 'failed sign-ins'],
] as const;

/** "Is there a pattern of unusual login attempts or access times?" */
function loginPattern(input: QuestionInput): QuestionAnswer {
  const shown = of(input.findings, ['unusual_sign_in', 'session_reuse', 'unmatched_activity']);
  const rows = sum(input, ['sign_in', 'sign_in_failed', 'session', 'api_activity']);
  const isReadable = readable(input, ['user_access', 'iam']);
  const measures = isReadable
    ? [
        ...ATTEMPTS.map(([kind, name]) => ({ name, value: sum(input, [kind]), threshold: 0, unit: 'rows' })),
        { name: 'access rows', value: rows, threshold: 0, unit: 'rows' },
      ]
    : []; // a log that was not read says nothing, not 0
  if (shown.length > 0)
    return answer('login_pattern', 'yes', shown, shown.map((f) => f.text).join('; '), [
      ...measures,
      ...shown.flatMap((f) => f.measures),
    ]);
  if (!isReadable || rows === 0)
    return answer(
      'login_pattern',
      'unknown',
      [],
      'No sign-in log of the subject could be read, or it holds no row in the window',
    );
  return answer('login_pattern', 'no', [], `${rows} sign-in and session rows fit the subject's own past`, measures);
}

/** "Are there specific users who are frequently involved in suspicious chat activities?" */
function frequentUsers({
  involvements,
  involvementThreshold: { days, incidents },
  findings,
}: QuestionInput): QuestionAnswer {
  if (involvements === undefined) return answer('frequent_users', 'unknown', [], 'The case index could not be read');
  const measures = [
    { name: 'earlier incidents as actor', value: involvements, threshold: incidents, unit: `in ${days} days` },
  ];
  const yes = involvements >= incidents;
  return answer(
    'frequent_users',
    yes ? 'yes' : 'no',
    of(findings, ['frequent_involvement']),
    `The subject acted in ${involvements} distinct earlier incident(s) within ${days} days; being contacted or harmed does not count`,
    measures,
  );
}

/** "Is there a sudden increase in the volume of data being sent or received by certain users?" */
function volumeIncrease(input: QuestionInput): QuestionAnswer {
  const surges = of(input.findings, ['volume_surge', 'bulk_collection']);
  const measures = input.volumes.map((v) => ({
    name: `items ${v.name} on ${v.platform}`,
    value: v.focus,
    threshold: 0,
    unit: `expected ${tenths(v.expected)}; robust z ${tenths(v.zScore)} against ${v.days} past days${rhythm(v)}`,
  }));
  if (surges.length > 0)
    return answer('volume_increase', 'yes', surges, surges.map((f) => f.text).join('; '), measures);
  if (!readable(input, ['chat_history', 'file_transfer']) || input.volumes.length === 0)
    return answer(
      'volume_increase',
      'unknown',
      [],
      'No log that measures volume could be read, or the platform logs none',
    );
  if (input.volumes.every((v) => v.days < DAYS_NEEDED))
    return answer(
      'volume_increase',
      'unknown',
      [],
      'The past that could be read is too short to compare with',
      measures,
    );
  const days = Math.max(...input.volumes.map((v) => v.days));
  const why = 'The volume fits the past of the subject' + (days < WARM_DAYS ? `; cold start: only ${days} days` : '');
  return answer('volume_increase', 'no', [], why, measures);
}

/** "Are there any alerts from the messaging platform indicating potential security risks?" */
function platformAlerts(input: QuestionInput): QuestionAnswer {
  const shown = of(input.findings, ['platform_alert', 'security_notice']);
  if (shown.length > 0) return answer('platform_alerts', 'yes', shown, shown.map((f) => f.text).join('; '));
  if (!readable(input, ['platform_alerts']))
    return answer('platform_alerts', 'unknown', [], 'The alert log of the platform could not be read');
  return answer('platform_alerts', 'no', [], 'The platform raised no alert about the subject in the window');
}

function answer(
  question: QuestionAnswer['question'],
  said: QuestionAnswer['answer'],
  findings: readonly Finding[],
  why: string,
  measures: readonly Measure[] = findings.flatMap((f) => f.measures),
): QuestionAnswer {
  return { question, answer: said, measures, why, findings: findings.map((f) => f.id) };
}

const of = (findings: readonly Finding[], kinds: readonly FindingKind[]): readonly Finding[] =>
  findings.filter((f) => kinds.includes(f.kind));

const tenths = (n: number): number => Math.round(n * 10) / 10;
const rhythm = ({ like }: Volume): string => (like === undefined ? '' : `; has its like: ${like}`);

const readable = ({ sources }: QuestionInput, logs: readonly SourceResult['logSource'][]): boolean =>
  sources.some((s) => logs.includes(s.logSource) && s.status !== 'unavailable');

const sum = ({ counts }: QuestionInput, kinds: readonly EventKind[]): number =>
  kinds.reduce((n, k) => n + (counts[k] ?? 0), 0);
