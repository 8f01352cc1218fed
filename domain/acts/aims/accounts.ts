import { foreignRows } from '../../foreign.js';
import type { AccountRef, TenantRef } from '../../platform.js';
import type { AimOf } from '../define.js';
import { citedBy, strong, tenantOf, type AimInput } from './input.js';

interface AimedAccount {
  readonly account: AccountRef;
  /** The account is mastered here. */
  readonly isAuthority: boolean;
  readonly why: string;
}

/** The subject's accounts where findings are, and the one that masters them: while that is open, the thief comes back to every other. */
function aimedAccounts(input: AimInput): readonly AimedAccount[] {
  const { subject, events } = input;
  if (subject.kind === 'app') return []; // an app has no account: whoever let it in is in its rows
  const suspect = new Set(citedBy(strong(input), events).map(tenantOf));
  if (suspect.size === 0) return [];
  return subject.accounts.flatMap((account) => {
    const isAuthority = account.platform === subject.authority;
    if (!isAuthority && !suspect.has(tenantOf(account))) return [];
    const why = isAuthority ? 'the account is mastered here' : 'findings are on this platform';
    return [{ account, isAuthority, why }];
  });
}

const at = ({ platform, tenant }: TenantRef): TenantRef => ({ platform, tenant });

export const accountAims = (input: AimInput): readonly AimOf<'account'>[] =>
  aimedAccounts(input).map(({ account, why }) => ({
    ...at(account),
    target: { type: 'account', accountId: account.nativeId },
    why,
  }));

/** Tokens are taken from the accounts; where the case is about an app, from those in whose name it acts and those who let it in. */
export function tokenAims(input: AimInput): readonly AimOf<'account'>[] {
  const findings = strong(input);
  if (input.subject.kind !== 'app') {
    // An app's token opens the platform that the app is on, and nothing where the account is mastered.
    const byApps = findings.every((f) => f.whose === 'app' || f.kind === 'app_consent');
    const places = new Set(citedBy(findings, input.events).map(tenantOf));
    return accountAims(input).filter((aim) => !byApps || places.has(tenantOf(aim)));
  }
  const consents = findings.filter((f) => f.kind === 'app_consent');
  const rows = [...foreignRows(findings, input.events), ...citedBy(consents, input.events)].filter(
    (e) => e.actor !== undefined && e.actor !== e.app?.id,
  );
  const accounts = new Map(rows.map((e) => [`${tenantOf(e)} ${e.actor ?? ''}`, e]));
  return [...accounts.values()].map((e) => ({
    ...at(e),
    target: { type: 'account', accountId: e.actor ?? '' },
    why: 'the app acts in the name of this account',
  }));
}

/** Credentials are reset where the account is mastered; everywhere when no platform of ours masters it. */
export function credentialAims(input: AimInput): readonly AimOf<'account'>[] {
  const { subject } = input;
  const mastered = subject.accounts.some((a) => a.platform === subject.authority);
  return accountAims(input).filter((aim) => !mastered || aim.platform === subject.authority);
}

/** All sessions of an account; those of the rows that are not the subject's own are named. */
export function sessionAims(input: AimInput): readonly AimOf<'sessions'>[] {
  const foreign = foreignRows(strong(input), input.events);
  return aimedAccounts(input).map(({ account, why }) => {
    const here = foreign.filter((e) => tenantOf(e) === tenantOf(account));
    const sessionIds = [...new Set(here.flatMap((e) => e.sessionId ?? []))].sort();
    return { ...at(account), target: { type: 'sessions', accountId: account.nativeId, sessionIds }, why };
  });
}
