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

export const mailRuleAims = (input: AimInput): readonly AimOf<'mail_rule'>[] =>
  rowsOf(input, ['hidden_notice']).flatMap(({ event, accountId }) => {
    const { kind, target } = event;
    if (kind !== 'mail_rule' || target?.type !== 'setting') return [];
    return [
      {
        ...at(event),
        target: { type: 'mail_rule', ruleId: target.id, accountId },
        why: 'it hides security mails or sends mail on',
      },
    ];
  });
