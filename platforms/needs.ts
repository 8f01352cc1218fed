import { ACTION_KINDS, type ActionKind } from '../domain/acts/index.js';
import type { VendorOperation, VendorRole } from './operation.js';

/** That a role uses an operation, and what lets it. */
export interface Need {
  readonly operation: VendorOperation;
  /** The credential that goes with it, where a role has several (`admin` token), or the API that gives the right (`graph`). */
  readonly of: string;
  /** All of them are asked for. */
  readonly scopes: readonly string[];
  /** Plan, licence or edition of the tenant that it takes, in the vendor's words. */
  readonly plan?: string;
}

/** Why a scope is asked for. */
export interface Reason {
  readonly scope: string;
  readonly of: string;
  readonly operations: readonly string[];
  readonly why: readonly string[];
  /** What a case does without, in words. */
  readonly lost: readonly string[];
}

/** Each scope of a role with its reasons; sorted, so that the same table gives the same text. */
export function reasonsOf(role: VendorRole, needs: readonly Need[]): readonly Reason[] {
  const scopes = [...unique(needs.flatMap((n) => n.scopes.map((scope) => JSON.stringify([n.of, scope]))))].sort();
  return scopes.map((key) => {
    const [of, scope] = JSON.parse(key) as [string, string];
    return {
      scope,
      of,
      ...hangsOn(
        role,
        needs.filter((n) => n.of === of && n.scopes.includes(scope)),
      ),
    };
  });
}

/** What some needs are for, and what is lost when none of them is met. */
export function hangsOn(role: VendorRole, needs: readonly Need[]): Pick<Reason, 'operations' | 'why' | 'lost'> {
  return {
    operations: unique(needs.map((n) => n.operation.name)),
    why: unique(needs.map((n) => n.operation.why)),
    lost: lossesOf(unique(needs.flatMap((n) => servedIn(role, n.operation)))),
  };
}

/** Of what an operation serves, the part that is this role's work. */
function servedIn(role: VendorRole, { serves }: VendorOperation): readonly string[] {
  const own = serves.filter((word) => word === 'check' || roleOf(word) === role);
  return own.length > 0 ? own : serves;
}

function roleOf(served: string): VendorRole {
  if (served === 'talk') return 'people';
  return served === 'directory' || served === 'sightings' || served.includes('.') ? 'evidence' : 'containment';
}

const LOSSES: Readonly<Record<string, string>> = {
  directory: 'people and accounts cannot be looked up',
  sightings: 'who else an attacker’s traces lead to is not found out',
  protection: 'accounts count as protected, and no act is done to them',
  talk: 'people are not reached here',
  check: '`quell check` cannot tell',
};

/** What is lost with words of `VendorOperation.serves`, a sentence for each kind of loss. */
export function lossesOf(served: readonly string[]): readonly string[] {
  const others = served.filter((word) => LOSSES[word] === undefined);
  const sources = others.filter((word) => !isAction(word));
  const acts = others.filter(isAction);
  return [
    ...sentence(sources, 'source', 'becomes a gap in the case', 'become gaps in the case'),
    ...sentence(acts, '', 'becomes a task for a person', 'become tasks for people'),
    ...served.flatMap((word) => LOSSES[word] ?? []),
  ];
}

/** `noun` in the singular; nothing is said of nothing. */
function sentence(what: readonly string[], noun: string, one: string, many: string): readonly string[] {
  if (what.length === 0) return [];
  const named = noun === '' ? '' : `${noun}${what.length === 1 ? '' : 's'} `;
  return [`${named}${what.join(', ')} ${what.length === 1 ? one : many}`];
}

const isAction = (word: string): word is ActionKind => (ACTION_KINDS as readonly string[]).includes(word);

const unique = (words: readonly string[]): readonly string[] => [...new Set(words)];
