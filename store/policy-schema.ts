import { z } from 'zod';
import { EXPLANATIONS } from '../domain/explanations.js';
import { DEFAULT_DECISION, EVIDENCE, FACTS } from '../domain/weights.js';
import { ACTION_KINDS, ACTS, type ActionKind, type PlannedFor } from '../domain/acts/index.js';
import { CALENDARS } from '../domain/business-days.js';
import { CLOCK_STARTS } from '../domain/clocks.js';
import { FINDING_KINDS } from '../domain/finding.js';
import { SEVERITIES } from '../domain/platform.js';
import type { Policy } from '../domain/policy.js';

const count = z.int().positive();
const amount = z.number().positive();
const words = z.array(z.string().min(1));
const technique = z.string().regex(/^T\d{4}(\.\d{3})?$/, 'an ATT&CK technique id, e.g. T1213.005');
const severity = z.enum(SEVERITIES);
const finding = z.enum(FINDING_KINDS);
const action = z.enum(ACTION_KINDS);
const PLANNED_FOR = ['compromised', 'insider', 'app'] as const satisfies readonly PlannedFor[];
const verdictOfPattern = z.enum(['compromised', 'insider']);

const indicators = z.strictObject({
  chatActivity: z.strictObject({
    windowMinutes: count,
    messages: count,
    withLinks: count,
    withAttachments: count,
    withCredentials: count,
  }),
  bulkCollection: z.strictObject({
    windowMinutes: count,
    files: count,
    conversations: count,
    bytes: count,
    apiCalls: count,
    exports: count,
  }),
  sensitiveUploads: z.strictObject({ windowMinutes: count, uploads: count, keywords: words.min(1) }),
  configChange: z.strictObject({ operations: words, scopes: words }),
  signIn: z.strictObject({
    travelKilometres: amount,
    travelKmPerHour: amount,
    failures: count,
    failureWindowMinutes: count,
    baselineDays: count,
    sessionHours: amount,
    suspiciousReasons: words,
  }),
  volume: z.strictObject({
    zScore: amount,
    times: amount.default(4.3),
    baselineDays: count,
    floor: amount,
    slow: z.strictObject({ days: count, items: count }).default({ days: 7, items: 100 }),
  }),
  involvement: z.strictObject({ days: count, incidents: count }),
});

const pattern = z.strictObject({
  id: z.string().regex(/^[a-z0-9-]+$/),
  name: z.string().min(1),
  steps: z
    .array(
      z.strictObject({
        finding,
        attack: technique,
        minConfidence: z.enum(['low', 'medium', 'high']).exactOptional(),
        ownSession: z.boolean().exactOptional(),
      }),
    )
    .min(1),
  withinHours: amount,
  minSources: count,
  suggests: verdictOfPattern,
});

const duty = {
  id: z.string().regex(/^[a-z0-9-]+$/),
  name: z.string().min(1),
  basis: z.string().min(1),
  startsAt: z.enum(CLOCK_STARTS).exactOptional(),
  source: z.url({ protocol: /^https$/ }).exactOptional(),
  note: z.string().min(1).exactOptional(),
};
/** Hours, as every policy had them before, or business days of a calendar. */
const legalClock = z.union([
  z.strictObject({ ...duty, counts: z.literal('hours').exactOptional(), hours: amount }),
  z.strictObject({
    ...duty,
    counts: z.literal('business_days'),
    businessDays: count,
    calendar: z.enum(CALENDARS),
  }),
]);

const containment = z
  .strictObject({
    /** Where an act is not named, the catalogue's own rule holds, or the VIP rule when the policy has none of that name. */
    rules: z.partialRecord(action, z.string()).default({}),
    approvalRules: z.array(z.strictObject({ name: z.string().min(1), quorum: count, roles: words.min(1) })).min(1),
    vipRule: z.string(),
    approvalWithinMinutes: amount,
    /** Where a kind of case is not named, the acts that the catalogue plans for it. */
    actionsFor: z.partialRecord(z.enum(PLANNED_FOR), z.array(action)).default({}),
    holdChecks: count,
    holdEveryMinutes: amount,
    budget: z
      .strictObject({
        accountsPerHour: count,
        actionsPerHour: count,
        accountsPerDepartmentPerHour: count.optional(),
        accountsHeld: count.optional(),
      })
      .transform((b) => ({
        accountsPerDepartmentPerHour: b.accountsPerHour,
        accountsHeld: b.accountsPerHour * HELD_HOURS,
        ...defined(b),
      })),
  })
  .transform((c) => ({ ...c, rules: rulesOf(c), actionsFor: actionsFor(c.actionsFor) }));

/** Without a bound of its own as many accounts may be held at once as may be stopped in so many hours. */
const HELD_HOURS = 5;

function rulesOf({
  rules,
  approvalRules,
  vipRule,
}: {
  readonly rules: Partial<Record<ActionKind, string>>;
  readonly approvalRules: readonly { readonly name: string }[];
  readonly vipRule: string;
}): Record<ActionKind, string> {
  const known = [AUTOMATIC, ...approvalRules.map((r) => r.name)];
  const usual = (kind: ActionKind): string => (known.includes(ACTS[kind].rule) ? ACTS[kind].rule : vipRule);
  return Object.fromEntries(ACTION_KINDS.map((kind) => [kind, rules[kind] ?? usual(kind)])) as Record<
    ActionKind,
    string
  >;
}

function actionsFor(
  given: Partial<Record<PlannedFor, readonly ActionKind[]>>,
): Record<PlannedFor, readonly ActionKind[]> {
  const planned = (what: PlannedFor): readonly ActionKind[] =>
    ACTION_KINDS.filter((kind) => ACTS[kind].plannedFor.includes(what));
  return Object.fromEntries(PLANNED_FOR.map((what) => [what, given[what] ?? planned(what)])) as Record<
    PlannedFor,
    readonly ActionKind[]
  >;
}

const defined = <T extends object>(value: T): { [K in keyof T]: Exclude<T[K], undefined> } =>
  Object.fromEntries(Object.entries(value).filter(([, v]) => v !== undefined)) as {
    [K in keyof T]: Exclude<T[K], undefined>;
  };

/** `automatic` in `containment.rules`: no person, but a ground in a signed manifest. */
const AUTOMATIC = 'automatic';

const probability = z.number().min(0).max(1);
const decision = z
  .strictObject({
    thresholds: z.strictObject({
      watch: probability,
      escalate: probability,
      watchSensitivity: probability,
      propose: z.strictObject({ low: probability, medium: probability, high: probability }),
      special: probability,
    }),
    watch: z.strictObject({ days: count, everyHours: amount }),
    weights: z
      .partialRecord(z.enum(Object.keys(EVIDENCE)), z.partialRecord(z.enum(EXPLANATIONS), z.number()))
      .default({}),
    facts: z.partialRecord(z.enum(Object.keys(FACTS)), z.number()).default({}),
  })
  .default(DEFAULT_DECISION);

/** A day at least; ten years at most. */
const days = count.max(3_650);
const retention = z
  .strictObject({
    evidenceDays: days,
    dossierDays: days,
    caseDays: days,
    subjectDays: days,
    deadLetterDays: days,
    outcomeDays: days,
  })
  .refine((r) => r.evidenceDays <= r.dossierDays && r.dossierDays <= r.caseDays, {
    message: 'evidence goes first, then the dossier, then the row of the case',
    path: ['caseDays'],
  });

/** The policy as a file: every field, nothing else, and names that fit together. */
export const PolicySchema: z.ZodType<Policy> = z
  .strictObject({
    version: z.string().min(1),
    indicators,
    patterns: z.array(pattern).min(1),
    critical: z.strictObject({ labels: words, channels: words, names: words, highItems: count }),
    contact: z.strictObject({
      channels: z.array(z.string().regex(/^[a-z][a-z0-9_]{0,30}$/)).min(1),
      answerWithinMinutes: amount,
      silence: z.record(severity, z.enum(['escalate', 'watch', 'close'])),
    }),
    containment,
    disclosure: z.strictObject({
      significantItems: count,
      significantSecrets: count,
      clocks: z.array(legalClock),
      acknowledgeWithinMinutes: amount,
    }),
    decision,
    windows: z.strictObject({ focusHours: amount, narrowHours: amount, wideDays: count }),
    grounds: z.array(z.strictObject({ rule: z.string().min(1), findings: z.array(finding).min(1) })),
    readContentFrom: severity,
    escalation: z.strictObject({
      patternsNeeded: count,
      impact: z.enum(['limited', 'high']),
      independentFindings: count,
    }),
    vips: words,
    alerts: z.strictObject({ maxCasesPerAlert: count }).exactOptional(),
    pivot: z.strictObject({ sharedBy: count, crowd: count, sprayed: count, cases: count }).exactOptional(),
    retention: retention.exactOptional(),
  })
  .check(({ value, issues }) => {
    const wrong = (message: string, ...path: (string | number)[]): void =>
      void issues.push({ code: 'custom', message, path, input: value });
    const { rules, approvalRules, vipRule } = value.containment;
    const names = approvalRules.map(({ name }) => name);
    for (const [kind, rule] of Object.entries(rules))
      if (rule !== AUTOMATIC && !names.includes(rule))
        wrong(`no approval rule is called ${rule}`, 'containment', 'rules', kind);
    if (!names.includes(vipRule)) wrong(`no approval rule is called ${vipRule}`, 'containment', 'vipRule');
    if (names.includes(AUTOMATIC)) wrong(`${AUTOMATIC} is the rule without a person`, 'containment', 'approvalRules');
    for (const [list, place] of [
      [names, 'containment.approvalRules'],
      [value.patterns.map(({ id }) => id), 'patterns'],
      [value.disclosure.clocks.map(({ id }) => id), 'disclosure.clocks'],
    ] as const) {
      const twice = list.find((name, i) => list.indexOf(name) !== i);
      if (twice !== undefined) wrong(`${twice} is there twice`, ...place.split('.'));
    }
    const { focusHours, narrowHours, wideDays } = value.windows;
    if (focusHours > narrowHours || narrowHours > wideDays * 24)
      wrong('focus, narrow and wide do not lie inside each other', 'windows');
  });
