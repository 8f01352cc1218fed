import { isApproved } from '../app-facts.js';
import { isState } from '../episodes.js';
import type { EvidenceEvent } from '../evidence.js';
import type { Finding } from '../finding.js';
import type { Indicator } from './indicator.js';
import { eachGroup } from './shared/each-group.js';
import type { View } from './view.js';

export const appConsent: Indicator = {
  id: 'app-consent',
  kind: 'app_consent',
  what: 'The person let in an app with far-reaching scopes, or gave it more, within the window.',
  why: 'integration logs if available',
  sources: ['integration', 'iam'],
  attack: ['T1528'],
  falsePositives: [
    'An app that an administrator allowed, for everybody or for the person, or that is the organisation’s own: no finding.',
    'A grant that was only seen to be there, and may be years old: no finding.',
  ],
  find,
};

function find(view: View): readonly Finding[] {
  const { scopes } = view.input.thresholds.configChange;
  const risky = (e: EvidenceEvent): boolean =>
    (e.app?.scopes ?? []).some((s) => scopes.some((wanted) => s === wanted || s.endsWith(`/${wanted}`)));
  const { accounts, focusFrom, ownApps = [] } = view.input;
  const approved = new Set(
    view.input.events
      // What somebody else allowed in an administrator's session nobody of IT did.
      .filter((e) => e.kind === 'app_grant' && isApproved(e, accounts) && view.attribute(e).whose !== 'other')
      .map((e) => e.app?.id),
  );
  const byPerson = (e: EvidenceEvent): boolean =>
    !isState(e) &&
    !approved.has(e.app?.id) &&
    !ownApps.includes(e.app?.id ?? '') &&
    (e.at >= focusFrom || !view.attribute(e).own);
  return eachGroup(appConsent, view, view.of('app_grant').filter(risky).filter(byPerson), {
    name: 'consents with far-reaching scopes',
    confidence: () => 'high',
    text: (events) =>
      `App ${events.map((e) => e.app?.name ?? e.app?.id ?? 'unknown').join(', ')} was given ${[...new Set(events.flatMap((e) => e.app?.scopes ?? []))].join(', ')}`,
  });
}
