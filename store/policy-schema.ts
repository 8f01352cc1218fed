import { z } from 'zod';
import { FINDING_KINDS } from '../domain/finding.js';
import { ACTION_KINDS, NOT_EVERYWHERE, type ActionKind } from '../domain/plan.js';
import { SEVERITIES } from '../domain/platform.js';
import type { Policy } from '../domain/policy.js';

const count = z.int().positive();
const amount = z.number().positive();
const words = z.array(z.string().min(1));
const technique = z.string().regex(/^T\d{4}(\.\d{3})?$/, 'an ATT&CK technique id, e.g. T1213.005');
const severity = z.enum(SEVERITIES);
const finding = z.enum(FINDING_KINDS);
const action = z.enum(ACTION_KINDS);
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
  volume: z.strictObject({ zScore: amount, baselineDays: count, floor: amount }),
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

const containment = z
  .strictObject({
    /** A further step that is not named, because the policy is older than the step, needs what a VIP needs. */
    rules: z.partialRecord(action, z.string()).superRefine((rules, context) => {
      for (const kind of ACTION_KINDS)
        if (rules[kind] === undefined && !NOT_EVERYWHERE.includes(kind))
          context.addIssue({ code: 'custom', path: [kind], message: 'an approval rule is needed' });
    }),
    approvalRules: z.array(z.strictObject({ name: z.string().min(1), quorum: count, roles: words.min(1) })).min(1),
    vipRule: z.string(),
    approvalWithinMinutes: amount,
    actionsFor: z.record(z.enum(['compromised', 'insider', 'app']), z.array(action)),
    holdChecks: count,
    holdEveryMinutes: amount,
    budget: z.strictObject({ accountsPerHour: count, actionsPerHour: count }),
  })
  .transform((c) => ({
    ...c,
    rules: Object.fromEntries(ACTION_KINDS.map((kind) => [kind, c.rules[kind] ?? c.vipRule])) as Record<
      ActionKind,
      string
    >,
  }));

/** `automatic` in `containment.rules`: no person, but a ground in a signed manifest. */
const AUTOMATIC = 'automatic';

/** The policy as a file: every field, nothing else, and names that fit together. */
export const PolicySchema: z.ZodType<Policy> = z
  .strictObject({
    version: z.string().min(1),
    indicators,
    patterns: z.array(pattern).min(1),
    critical: z.strictObject({ labels: words, channels: words, names: words, highItems: count }),
    contact: z.strictObject({
      channels: z.array(z.enum(['mail', 'slack', 'teams', 'google_chat', 'manager', 'phone_task'])).min(1),
      answerWithinMinutes: amount,
      silence: z.record(severity, z.enum(['escalate', 'watch', 'close'])),
    }),
    containment,
    disclosure: z.strictObject({
      significantItems: count,
      significantSecrets: count,
      clocks: z.array(
        z.strictObject({
          id: z.string().regex(/^[a-z0-9-]+$/),
          name: z.string().min(1),
          hours: amount,
          basis: z.string().min(1),
        }),
      ),
      acknowledgeWithinMinutes: amount,
    }),
    windows: z.strictObject({ focusHours: amount, narrowHours: amount, wideDays: count }),
    grounds: z.array(z.strictObject({ rule: z.string().min(1), findings: z.array(finding).min(1) })),
    readContentFrom: severity,
    escalation: z.strictObject({
      patternsNeeded: count,
      impact: z.enum(['limited', 'high']),
      independentFindings: count,
    }),
    vips: words,
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
