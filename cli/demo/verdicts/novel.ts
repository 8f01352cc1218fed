/** Of a JSON report the parts in which facts stand; each may be missing, in older reports. */
export interface FactualReport {
  readonly case?: { readonly subject?: { readonly mails?: readonly string[]; readonly accounts?: readonly string[] } };
  readonly findings?: readonly { readonly kind: string; readonly text: string }[];
  readonly decision?: { readonly evidence?: readonly Fact[] };
  readonly episodes?: readonly (Readonly<Record<string, unknown>> & { readonly facts?: readonly Fact[] })[];
  readonly actions?: readonly { readonly target?: Readonly<Record<string, unknown>> }[];
  readonly exposure?: Readonly<Record<string, unknown>>;
}
interface Fact {
  readonly code: string;
  readonly text: string;
}

/** What an analyst would note of an episode or a target: by the field that holds it. */
const THINGS = {
  address: ['address', 'addresses', 'ip', 'ips'],
  session: ['session', 'sessions', 'sessionId', 'sessionIds'],
  device: ['device', 'devices', 'deviceId'],
  app: ['app', 'apps', 'appId'],
  account: ['account', 'accounts', 'accountId'],
  item: ['fileId', 'ruleId', 'methodId', 'delegateId'],
} as const;
const EXPOSED = ['channels', 'messages', 'files', 'links'] as const;

/**
 * Key facts of a case that its alerts did not hold, each once: sentences of findings, evidence and episodes that say something
 * which no alert says, and things beside them (an address, a session, a device, an app, a second account, a rule, a setting) that neither an alert nor
 * one of those sentences names; what was taken counts once by kind, each secret by itself. The subject is no finding.
 */
export function novelFacts(reports: readonly FactualReport[], alerts: readonly string[]): readonly string[] {
  const told = alerts.join('\n').toLowerCase();
  const sentences = new Map<string, string>();
  for (const { code, text } of reports.flatMap(factsOf))
    if (isNews(code, text, told)) sentences.set(text.trim().toLowerCase(), text.trim());
  const said = [...sentences.keys()].join('\n');
  const things = new Map<string, string>();
  for (const [kind, value] of reports.flatMap(thingsOf)) {
    const name = value.toLowerCase();
    if (!told.includes(name) && !said.includes(name)) things.set(name, `${kind} ${value}`);
  }
  const taken = new Set(reports.flatMap(takenOf).filter((what) => !told.includes(what.toLowerCase())));
  return [...sentences.values(), ...things.values(), ...taken];
}

/** The same sentence is told as a finding, as evidence and of an episode: once. */
const factsOf = ({ findings = [], decision, episodes = [] }: FactualReport): readonly Fact[] => [
  ...findings.map(({ kind, text }) => ({ code: kind, text })),
  ...(decision?.evidence ?? []),
  ...episodes.flatMap(({ facts = [] }) => facts),
];

/** Words of what a detector said itself. */
const REPEATED = /^(platform_alert|alert|notice|vendor)\b/;

/** A sentence whose numbers and names an alert holds already tells nothing; one with none tells something unless it repeats a detector. */
function isNews(code: string, text: string, told: string): boolean {
  const specifics = specificsOf(text);
  return specifics.length === 0 ? !REPEATED.test(code) : specifics.some((s) => !told.includes(s.toLowerCase()));
}

/** Addresses, mails, ids, quoted names, and numbers that measure something. */
const specificsOf = (text: string): readonly string[] => [
  ...new Set(
    [
      ...text.matchAll(/["“`'‘]([^"”`'’]{3,})["”`'’]/g),
      ...text.matchAll(
        /((?:\d{1,3}\.){3}\d{1,3}|[\w.+-]+@[\w-]+\.[\w.-]+|[\da-f]{8}-[\da-f-]{27}|\b[A-Z][A-Z0-9]{8,}\b)/g,
      ),
      ...text.matchAll(/(?<![\d.:-])(\d{2,})(?![\d.:-])/g),
    ].flatMap((m) => (m[1] === undefined ? [] : [m[1]])),
  ),
];

function thingsOf({ case: about, episodes = [], actions = [] }: FactualReport): readonly (readonly [string, string])[] {
  const own = new Set(
    [...(about?.subject?.mails ?? []), ...(about?.subject?.accounts ?? [])].flatMap((id) => [id, lastOf(id)]),
  );
  return [...episodes, ...actions.flatMap(({ target }) => (target ? [target] : []))].flatMap(
    (holder: Readonly<Record<string, unknown>>) =>
      Object.entries(THINGS).flatMap(([kind, fields]) =>
        fields
          .flatMap((field) => valuesOf(holder[field]))
          .filter((value) => value.length > 2 && !own.has(value))
          .map((value) => [kind, value] as const),
      ),
  );
}

/** An account may be written with its platform before it: `slack U0123`. */
const lastOf = (id: string): string => id.split(/[\s:/]/).at(-1) ?? id;
const valuesOf = (value: unknown): readonly string[] =>
  Array.isArray(value) ? value.flatMap(valuesOf) : typeof value === 'string' ? [value] : [];

function takenOf({ exposure }: FactualReport): readonly string[] {
  if (!exposure) return [];
  const counts = EXPOSED.flatMap((kind) => {
    const n = exposure[kind];
    return typeof n === 'number' && n > 0 ? [`${n} ${kind}`] : [];
  });
  const secrets = Array.isArray(exposure['secrets'])
    ? (exposure['secrets'] as { readonly fingerprint?: string }[])
    : [];
  return [
    ...counts,
    ...secrets.flatMap(({ fingerprint }) => (fingerprint === undefined ? [] : [`secret ${fingerprint}`])),
  ];
}
