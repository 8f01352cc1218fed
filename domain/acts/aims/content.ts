import { ruleNamed } from '../../act-target.js';
import type { EvidenceEvent } from '../../evidence.js';
import type { FindingKind } from '../../finding.js';
import { actingApp } from '../../episodes.js';
import { foreignRows } from '../../foreign.js';
import type { TenantRef } from '../../platform.js';
import type { AimOf } from '../define.js';
import { accountAt, citedBy, strong, type AimInput } from './input.js';

interface Named {
  readonly event: EvidenceEvent;
  /** In whose name it was done. */
  readonly accountId: string;
}

/** Rows of these findings, each with who acted. */
function rowsOf(input: AimInput, kinds: readonly FindingKind[]): readonly Named[] {
  const showing = strong(input).filter((f) => kinds.includes(f.kind));
  return citedBy(showing, input.events).flatMap((event) => {
    const accountId = event.actor ?? input.subject.accounts.find((a) => a.platform === event.platform)?.nativeId;
    return accountId === undefined ? [] : [{ event, accountId }];
  });
}

const at = ({ platform, tenant }: EvidenceEvent): TenantRef => ({ platform, tenant });

/** Apps that the person let in with far-reaching scopes, and apps that act without anybody of IT having allowed them. */
export const appAims = (input: AimInput): readonly AimOf<'app'>[] => [
  ...rowsOf(input, ['app_consent']).flatMap(({ event, accountId }) => {
    const { kind, app } = event;
    if (kind !== 'app_grant' || !app) return [];
    const why = 'the app was given far-reaching scopes in the window';
    return [{ ...at(event), target: { type: 'app', appId: app.id, accountId } as const, why }];
  }),
  ...foreignRows(strong(input), input.events).flatMap((event) => {
    const appId = actingApp(event);
    const accountId = event.actor ?? accountAt(input, event);
    if (appId === undefined || accountId === undefined) return [];
    return [
      {
        ...at(event),
        target: { type: 'app', appId, accountId } as const,
        why: 'the app collects, and nobody of IT allowed it',
      },
    ];
  }),
];

export const shareAims = (input: AimInput): readonly AimOf<'link'>[] =>
  rowsOf(input, ['external_share']).flatMap(({ event, accountId }) => {
    const { kind, target } = event;
    if (kind !== 'share' || !target) return [];
    const why = 'shared to the outside in the window';
    return [{ ...at(event), target: { type: 'link', fileId: target.id, accountId }, why }];
  });

/** Rules that are there and hide or forward mail, by id; and those that somebody else made, by the name that the log tells. */
export function mailRuleAims(input: AimInput): readonly AimOf<'mail_rule'>[] {
  const rules = rowsOf(input, ['hidden_notice']).filter(({ event }) => event.kind === 'mail_rule');
  const there = rules.filter(({ event }) => event.target?.type === 'setting');
  const named = ({ event: { platform, tenant, target }, accountId }: Named): string =>
    JSON.stringify([platform, tenant, accountId, ruleNamed(target?.name ?? '')]);
  const known = new Set(there.map(named));
  const foreign = new Set(foreignRows(strong(input), input.events).map((e) => e.id));
  const made = rules.filter(
    (rule) =>
      rule.event.target?.type === 'mailbox' &&
      (rule.event.target.name ?? '').trim() !== '' &&
      foreign.has(rule.event.id) &&
      !known.has(named(rule)),
  );
  return [
    ...there.map(({ event, accountId }) => ({
      ...at(event),
      target: { type: 'mail_rule', ruleId: event.target?.id ?? '', accountId } as const,
      why: 'it hides security mails or sends mail on',
    })),
    ...made.map(({ event, accountId }) => ({
      ...at(event),
      target: { type: 'mail_rule', ruleId: ruleNamed(event.target?.name ?? ''), accountId } as const,
      why: 'it was made from a session that is not the subject’s',
    })),
  ];
}
