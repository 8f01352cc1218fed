import type { Compartment } from './compartment.js';

/** The processes (`quell run --role R`). */
export const ROLES = [
  'playbook',
  'evidence',
  'analysis',
  'people',
  'containment',
  'records',
  'intake',
  'console',
] as const;
export type Role = (typeof ROLES)[number];

/** Keys of fixed name. `secret`: 32 bytes. `x25519`, `ed25519`: a pair, its halves in files of their own. */
export const KEYS = {
  /** Payload codec; the previous one decodes what was encoded before a rotation. */
  payload: { type: 'secret', optional: false },
  'payload-previous': { type: 'secret', optional: true },
  /** Subject registry at rest. */
  registry: { type: 'secret', optional: false },
  /** Session cookies of the console. */
  session: { type: 'secret', optional: false },
  /** Tokens of answer pages: `people` makes them, the gateway checks them. */
  answer: { type: 'secret', optional: false },
  /** Inbox at rest: intake seals with the public half, the console opens. */
  inbox: { type: 'x25519', optional: false },
  'seal-evidence': { type: 'x25519', optional: false },
  'seal-analysis': { type: 'x25519', optional: false },
  'seal-records': { type: 'x25519', optional: false },
  'seal-console': { type: 'x25519', optional: false },
  'seal-people': { type: 'x25519', optional: false },
  'seal-containment': { type: 'x25519', optional: false },
  /** Evidence worker: manifests. */
  manifest: { type: 'ed25519', optional: false },
  /** Analysis worker: plans, as their author. */
  plan: { type: 'ed25519', optional: false },
  /** Containment worker: what it states of its acts. */
  result: { type: 'ed25519', optional: false },
  /** Records worker: checkpoints of the audit chain. */
  audit: { type: 'ed25519', optional: false },
  /** Console: decisions of signed-in people. */
  decision: { type: 'ed25519', optional: false },
} as const satisfies Record<string, { type: 'secret' | 'x25519' | 'ed25519'; optional: boolean }>;

export type KeyName = keyof typeof KEYS;
export type NameOf<T extends 'secret' | 'x25519' | 'ed25519'> = {
  [K in KeyName]: (typeof KEYS)[K]['type'] extends T ? K : never;
}[KeyName];

/** Who reads a compartment, each with a key of its own. */
export const RECIPIENTS = {
  evidence: ['seal-analysis'],
  /** The rows that grounds of automatic steps rest on, without content, for the role that computes them again. */
  grounds: ['seal-containment'],
  dossier: ['seal-analysis', 'seal-records', 'seal-console', 'seal-people', 'seal-containment'],
  /** The role that writes them, and the one that shows them to people. */
  reports: ['seal-records', 'seal-console'],
  spool: ['seal-evidence'],
} as const satisfies Readonly<Record<Compartment, readonly NameOf<'x25519'>[]>>;

/** Which halves a role needs: `own` are secrets and private halves, `pub` are public halves; `texts` are shared secrets: all of senders (`source-<name>`, callbacks), or those of these names. */
export interface RoleKeys {
  readonly own: readonly KeyName[];
  readonly pub: readonly KeyName[];
  readonly texts: 'senders' | readonly string[];
}

const payload = ['payload', 'payload-previous'] as const;

/** Every key that a role may hold. Anything private beyond it is refused at start. */
export const ROLE_KEYS: Readonly<Record<Role, RoleKeys>> = {
  playbook: { own: payload, pub: [], texts: [] },
  evidence: {
    own: [...payload, 'seal-evidence', 'manifest', 'registry'],
    pub: [...RECIPIENTS.evidence, ...RECIPIENTS.grounds],
    texts: [],
  },
  analysis: {
    own: [...payload, 'seal-analysis', 'registry', 'plan'],
    pub: ['manifest', ...RECIPIENTS.dossier],
    texts: [],
  },
  people: { own: [...payload, 'seal-people', 'registry', 'answer'], pub: RECIPIENTS.dossier, texts: [] },
  containment: {
    own: [...payload, 'seal-containment', 'result'],
    pub: ['manifest', 'plan', 'decision', ...RECIPIENTS.dossier],
    texts: [],
  },
  records: {
    own: [...payload, 'seal-records', 'audit', 'registry'],
    pub: ['decision', 'manifest', 'result', ...RECIPIENTS.dossier],
    texts: [],
  },
  intake: { own: ['answer'], pub: ['inbox'], texts: 'senders' },
  console: {
    own: [...payload, 'inbox', 'seal-console', 'decision', 'session', 'answer', 'registry'],
    pub: ['audit', 'manifest', 'plan', ...RECIPIENTS.dossier],
    /** What proves the proxy that has signed people in. */
    texts: ['console-proxy'],
  },
};

/** Whether a role may hold a shared secret: what is named for one role is no other's, the rest are senders'. */
export function mayHoldText(role: Role, name: string): boolean {
  const { texts } = ROLE_KEYS[role];
  if (texts !== 'senders') return texts.includes(name);
  return ROLES.every((r) => r === role || !ROLE_KEYS[r].texts.includes(name));
}
