import { digest } from './canonical.js';

/**
 * What an act may be aimed at. Each type has exactly the fields it is made of; ids are the vendor's immutable ones, as evidence
 * gave them. Nothing is written to a target of these: the containment worker resolves it at the vendor first (`platforms/resolve.ts`).
 */
export interface AccountTarget {
  readonly type: 'account';
  readonly accountId: string;
}
/** All sessions of an account; those that tie it to the case are named where the vendor names sessions. */
export interface SessionsTarget {
  readonly type: 'sessions';
  readonly accountId: string;
  readonly sessionIds: readonly string[];
}
/** An app, with the account whose consent or install ties it to the case. */
export interface AppTarget {
  readonly type: 'app';
  readonly appId: string;
  readonly accountId: string;
}
/** What one account granted to one app. */
export interface GrantTarget {
  readonly type: 'grant';
  readonly appId: string;
  readonly accountId: string;
}
/** A file that was shared, in the name of the account that shared it. */
export interface LinkTarget {
  readonly type: 'link';
  readonly fileId: string;
  readonly accountId: string;
}
export interface AddressTarget {
  readonly type: 'address';
  readonly address: string;
}
export interface DeviceTarget {
  readonly type: 'device';
  readonly deviceId: string;
  /** Sessions that tie the device to the case. */
  readonly sessionIds: readonly string[];
}
export interface MailRuleTarget {
  readonly type: 'mail_rule';
  /** The vendor's id, or `ruleNamed` where the log tells its name alone. */
  readonly ruleId: string;
  readonly accountId: string;
}
/** Something that an account signs in with beside its password, or is recovered by. */
export interface AuthMethodTarget {
  readonly type: 'auth_method';
  readonly methodId: string;
  readonly accountId: string;
}
/** Somebody who may read or send in the name of a mailbox, or where its mail goes. */
export interface DelegateTarget {
  readonly type: 'delegate';
  readonly delegateId: string;
  readonly accountId: string;
}

export type ActTarget =
  | AccountTarget
  | SessionsTarget
  | AppTarget
  | GrantTarget
  | LinkTarget
  | AddressTarget
  | DeviceTarget
  | MailRuleTarget
  | AuthMethodTarget
  | DelegateTarget;

export type TargetType = ActTarget['type'];
export type TargetOf<T extends TargetType> = Extract<ActTarget, { readonly type: T }>;

/** The fields of each type in the order that names a target best: the thing, then whose it is. One table for words, equality and parsing. */
export const TARGET_FIELDS = {
  account: ['accountId'],
  sessions: ['accountId'],
  app: ['appId', 'accountId'],
  grant: ['appId', 'accountId'],
  link: ['fileId', 'accountId'],
  address: ['address'],
  device: ['deviceId'],
  mail_rule: ['ruleId', 'accountId'],
  auth_method: ['methodId', 'accountId'],
  delegate: ['delegateId', 'accountId'],
} as const satisfies { readonly [T in TargetType]: readonly Exclude<keyof TargetOf<T>, 'type' | 'sessionIds'>[] };

export const TARGET_TYPES = Object.keys(TARGET_FIELDS) as readonly TargetType[];

const NAMED = 'name:';
/** Stands for the id of a rule that only its name is known of. A plan does not carry the name, which may say what the mail is about. */
export const ruleNamed = (name: string): string => `${NAMED}${digest(name.trim().toLowerCase()).slice(0, 32)}`;
export const isRuleNamed = (ruleId: string): boolean => ruleId.startsWith(NAMED);

/** The ids that a target is made of, the thing first. */
export function idsOf(target: ActTarget): readonly string[] {
  const fields: readonly string[] = TARGET_FIELDS[target.type];
  return fields.map((name) => String((target as unknown as Readonly<Record<string, unknown>>)[name]));
}

/** One text for one target: equal for equal ones, whatever sessions are named beside. */
export const targetKey = (target: ActTarget): string => JSON.stringify([target.type, ...idsOf(target)]);

/** The account that a target names; undefined for what is nobody's. */
export const namedAccount = (target: ActTarget): string | undefined =>
  'accountId' in target ? target.accountId : undefined;

/** Sessions that tie a target to the case. */
export const sessionsOf = (target: ActTarget): readonly string[] => ('sessionIds' in target ? target.sessionIds : []);
