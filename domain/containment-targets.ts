import type { EvidenceEvent } from './evidence.js';
import type { Finding, FindingKind } from './finding.js';
import { foreignRows } from './foreign.js';
import { isAccess } from './indicators/view.js';
import type { ActionKind, ActionTarget } from './plan.js';
import type { AccountRef, Platform } from './platform.js';
import type { SubjectFacts } from './subject.js';

/** Something that an action may stop, with the platform where it is and why the evidence ties it to the case. */
export interface Aim {
  readonly kind: ActionKind;
  readonly platform: Platform;
  readonly tenant: string;
  readonly target: ActionTarget;
  readonly why: string;
}

export interface AimInput {
  readonly subject: SubjectFacts;
  readonly findings: readonly Finding[];
  readonly events: readonly EvidenceEvent[];
  /** Own egress, trusted, private, shared and vendor addresses: never blocked. */
  readonly isProtectedAddress: (ip: string) => boolean;
}

const ACCOUNT_ACTS: readonly ActionKind[] = [
  'hold_data',
  'confirm_compromised',
  'revoke_tokens',
  'disable_account',
  'reset_credentials',
  'end_sessions',
  'block_devices',
];

/** Everything the evidence ties to the case that could be stopped. Own-session findings tie accounts and shares, never addresses or devices. */
export function aimsOf(input: AimInput): readonly Aim[] {
  const strong = input.findings.filter((f) => f.confidence !== 'low');
  return unique([
    ...accountAims(input, strong),
    ...appAims(input, strong),
    ...shareAims(input, strong),
    ...mailRuleAims(input, strong),
    ...addressAims(input, strong),
    ...deviceAims(input, strong),
  ]);
}

function accountAims({ subject, events }: AimInput, strong: readonly Finding[]): readonly Aim[] {
  const suspect = new Set(citedBy(strong, events).map(tenantOf));
  if (suspect.size === 0) return [];
  const foreign = foreignRows(strong, events);
  const mastered = subject.accounts.some((a) => a.platform === subject.authority);
  return subject.accounts.flatMap((account) => {
    const isAuthority = account.platform === subject.authority;
    if (!isAuthority && !suspect.has(tenantOf(account))) return [];
    const sessionIds = [
      ...new Set(foreign.filter((e) => tenantOf(e) === tenantOf(account)).flatMap((e) => e.sessionId ?? [])),
    ].sort();
    return ACCOUNT_ACTS.filter((kind) => kind !== 'reset_credentials' || isAuthority || !mastered).map((kind) =>
      aim(
        kind,
        account,
        { type: 'account', id: account.nativeId, ...(sessionIds.length === 0 ? {} : { sessionIds }) },
        isAuthority ? 'the account is mastered here' : 'findings are on this platform',
      ),
    );
  });
}

function appAims(input: AimInput, strong: readonly Finding[]): readonly Aim[] {
  return fromFindings(input, strong, ['app_consent'], (e, account) =>
    e.kind !== 'app_grant' || e.app === undefined
      ? undefined
      : {
          kind: 'remove_app',
          target: { type: 'app', id: e.app.id, accountId: account },
          why: 'the app was given far-reaching scopes in the window',
        },
  );
}

function shareAims(input: AimInput, strong: readonly Finding[]): readonly Aim[] {
  return (['revoke_share', 'remove_file'] as const).flatMap((kind) =>
    fromFindings(input, strong, ['external_share'], (e, account) =>
      e.kind !== 'share' || e.target === undefined
        ? undefined
        : {
            kind,
            target: { type: 'link', id: e.target.id, accountId: account },
            why: 'shared to the outside in the window',
          },
    ),
  );
}

function mailRuleAims(input: AimInput, strong: readonly Finding[]): readonly Aim[] {
  return fromFindings(input, strong, ['hidden_notice'], (e, account) =>
    e.kind !== 'mail_rule' || e.target?.type !== 'setting'
      ? undefined
      : {
          kind: 'remove_mail_rule',
          target: { type: 'mail_rule', id: e.target.id, accountId: account },
          why: 'it hides security mails',
        },
  );
}

/** Addresses of foreign access, blocked once: at the authority when it is a platform, else where they were seen. */
function addressAims(
  { subject, findings, events, isProtectedAddress }: AimInput,
  strong: readonly Finding[],
): readonly Aim[] {
  const showing: readonly FindingKind[] = ['unusual_sign_in', 'session_reuse', 'threat_intelligence'];
  const foreign = foreignRows(
    strong.filter((f) => showing.includes(f.kind)),
    events,
  );
  const quiet = quietAddresses(findings, events);
  const seen = new Map<string, EvidenceEvent>();
  for (const e of foreign) if (e.ip !== undefined && !isProtectedAddress(e.ip) && !quiet.has(e.ip)) seen.set(e.ip, e);
  const authority = subject.accounts.find((a) => a.platform === subject.authority);
  return [...seen].map(([ip, e]) =>
    aim('block_ip', authority ?? e, { type: 'ip', id: ip }, 'access that is not the subject’s came from it'),
  );
}

/** An address from which the subject also got in without any finding, and not on a device that is known to be strange, is not the attacker's alone. */
export function quietAddresses(findings: readonly Finding[], events: readonly EvidenceEvent[]): ReadonlySet<string> {
  const foreign = new Set(findings.filter((f) => !f.ownSession).flatMap((f) => f.foreignEvents ?? f.events));
  return new Set(
    events.filter((e) => isAccess(e) && e.deviceKnown !== false && !foreign.has(e.id)).flatMap((e) => e.ip ?? []),
  );
}

/** A device only when its id ties it to the malicious session, and the organisation manages it: others can't be reached. */
function deviceAims({ events }: AimInput, strong: readonly Finding[]): readonly Aim[] {
  const showing: readonly FindingKind[] = ['unusual_sign_in', 'session_reuse', 'threat_intelligence'];
  const shown = strong.filter((f) => showing.includes(f.kind) && !f.ownSession);
  const sessions = new Set(foreignRows(shown, events).flatMap((e) => e.sessionId ?? []));
  return citedBy(shown, events).flatMap((e) =>
    e.deviceId === undefined || e.sessionId === undefined || e.deviceKnown !== true || !sessions.has(e.sessionId)
      ? []
      : (['quarantine_device', 'retire_device'] as const).map((kind) =>
          aim(
            kind,
            e,
            { type: 'device', id: e.deviceId ?? '', sessionIds: e.sessionId === undefined ? [] : [e.sessionId] },
            'the malicious session ran on this managed device',
          ),
        ),
  );
}

function fromFindings(
  input: AimInput,
  strong: readonly Finding[],
  kinds: readonly FindingKind[],
  of: (event: EvidenceEvent, account: string) => Pick<Aim, 'kind' | 'target' | 'why'> | undefined,
): readonly Aim[] {
  return citedBy(
    strong.filter((f) => kinds.includes(f.kind)),
    input.events,
  ).flatMap((e) => {
    const account = e.actor ?? input.subject.accounts.find((a) => a.platform === e.platform)?.nativeId;
    const found = account === undefined ? undefined : of(e, account);
    return found ? [{ ...found, platform: e.platform, tenant: e.tenant }] : [];
  });
}

const citedBy = (findings: readonly Finding[], events: readonly EvidenceEvent[]): readonly EvidenceEvent[] => {
  const cited = new Set(findings.flatMap((f) => f.events));
  return events.filter((e) => cited.has(e.id));
};

const tenantOf = ({ platform, tenant }: Pick<AccountRef, 'platform' | 'tenant'>): string => `${platform}:${tenant}`;

const aim = (
  kind: ActionKind,
  at: Pick<AccountRef, 'platform' | 'tenant'>,
  target: ActionTarget,
  why: string,
): Aim => ({ kind, platform: at.platform, tenant: at.tenant, target, why });

const unique = (aims: readonly Aim[]): readonly Aim[] => [
  ...new Map(aims.map((a) => [`${a.kind}:${a.platform}:${a.tenant}:${a.target.id}`, a])).values(),
];
