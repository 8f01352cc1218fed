import { isApproved } from '../app-facts.js';
import type { EvidenceEvent } from '../evidence.js';
import type { Confidence, Finding, FindingKind } from '../finding.js';
import { finding, groups, measure } from './finding.js';
import { matches } from './sensitive-uploads.js';
import { isState } from '../episodes.js';
import type { View } from './view.js';

interface Rule {
  readonly kind: FindingKind;
  readonly name: string;
  readonly attack: readonly string[];
  readonly confidence: (events: readonly EvidenceEvent[], own: boolean) => Confidence;
  readonly text: (events: readonly EvidenceEvent[]) => string;
}

function each(view: View, events: readonly EvidenceEvent[], rule: Rule): readonly Finding[] {
  return groups(view, events).flatMap((group) => {
    const [first] = group;
    if (!first) return [];
    const own = group.every((e) => view.attribute(e).own);
    return [
      finding(view, {
        kind: rule.kind,
        platform: first.platform,
        confidence: rule.confidence(group, own),
        measures: [measure(rule.name, group.length, 1, 'rows')],
        events: group,
        attack: rule.attack,
        text: rule.text(group),
      }),
    ];
  });
}

const operations = (events: readonly EvidenceEvent[]): string =>
  [...new Set(events.map((e) => e.operation))].join(', ');

/** Passwords, second factors, passkeys and recovery changed. */
export function credentialChanges(view: View): readonly Finding[] {
  const { accounts } = view.input;
  // What an administrator or the help desk resets is done to the account, not with it.
  const own = view.of('credential_change').filter((e) => e.actor === undefined || accounts.includes(e.actor));
  return each(view, own, {
    kind: 'credential_change',
    name: 'credential changes',
    attack: ['T1098'],
    confidence: (_, own) => (own ? 'low' : 'high'),
    text: (events) => `Credentials changed: ${operations(events)}`,
  });
}

/** Consent to an app, an install, or more scopes, that far-reaching, by the person (of an app, by anybody) and in the window; not what IT approved, nor what was only seen to be there. */
export function appConsents(view: View): readonly Finding[] {
  const { scopes } = view.input.thresholds.configChange;
  const risky = (e: EvidenceEvent): boolean =>
    (e.app?.scopes ?? []).some((s) => scopes.some((wanted) => s === wanted || s.endsWith(`/${wanted}`)));
  const { accounts, focusFrom, ownApps = [] } = view.input;
  const approved = new Set(
    view.input.events.filter((e) => e.kind === 'app_grant' && isApproved(e, accounts)).map((e) => e.app?.id),
  );
  const byPerson = (e: EvidenceEvent): boolean =>
    !isState(e) &&
    !approved.has(e.app?.id) &&
    !ownApps.includes(e.app?.id ?? '') &&
    (e.at >= focusFrom || !view.attribute(e).own);
  return each(view, view.of('app_grant').filter(risky).filter(byPerson), {
    kind: 'app_consent',
    name: 'consents with far-reaching scopes',
    attack: ['T1528'],
    confidence: () => 'high',
    text: (events) =>
      `App ${events.map((e) => e.app?.name ?? e.app?.id ?? 'unknown').join(', ')} was given ${[...new Set(events.flatMap((e) => e.app?.scopes ?? []))].join(', ')}`,
  });
}

function recipients(events: readonly EvidenceEvent[]): string {
  const to = [...new Set(events.flatMap((e) => e.externalRecipients ?? []))].slice(0, 3);
  return to.length === 0 ? '' : `, to ${to.join(', ')}`;
}

/** Public links, shares and forwards to the outside. */
export function externalShares(view: View): readonly Finding[] {
  const outside = (e: EvidenceEvent): boolean =>
    e.target?.type === 'link' ||
    (e.labels ?? []).includes('outside') ||
    (e.externalRecipients ?? []).length > 0 ||
    e.channel?.external === true;
  const { keywords } = view.input.thresholds.sensitiveUploads;
  return each(view, view.of('share').filter(outside), {
    kind: 'external_share',
    name: 'shares to the outside',
    attack: ['T1567'],
    confidence: (events, own) =>
      !own || events.length > 1 || events.some((e) => matches([e.target?.name ?? ''], keywords)) ? 'high' : 'medium',
    text: (events) =>
      `${events.length} share(s) to the outside: ${events
        .slice(0, 3)
        .map((e) => `"${e.target?.name ?? e.target?.id ?? ''}"`)
        .join(', ')}${recipients(events)}`,
  });
}

/** The platform's own detections. */
export function platformAlerts(view: View): readonly Finding[] {
  const { suspiciousReasons } = view.input.thresholds.signIn;
  return each(view, view.of('platform_alert'), {
    kind: 'platform_alert',
    name: 'alerts of the platform',
    attack: ['T1213.005'],
    confidence: (events) =>
      events.some((e) => (e.reasons ?? []).some((r) => suspiciousReasons.includes(r))) ? 'high' : 'medium',
    text: (events) =>
      `The platform raised: ${[...new Set(events.flatMap((e) => e.reasons ?? [e.operation]))].join(', ')}`,
  });
}
