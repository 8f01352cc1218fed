import { actingApp } from '../episodes.js';
import type { EvidenceEvent, EventKind } from '../evidence.js';
import type { Finding } from '../finding.js';
import type { Platform } from '../platform.js';
import { confidenceOf, finding, measure } from './finding.js';
import type { Indicator } from './indicator.js';
import { isAccess, type View } from './view.js';

export const unmatchedActivity: Indicator = {
  id: 'unmatched-activity',
  kind: 'unmatched_activity',
  what: 'Chat actions that no sign-in or session of the subject explains, where the log shows that it has such rows.',
  why: 'cross-reference timestamps of unusual chat activities with other log sources such as IAM',
  sources: ['chat_history', 'file_transfer', 'user_access', 'integration'],
  attack: ['T1550'],
  falsePositives: [
    'People who stay signed in for weeks: what is so in their past as well is no finding.',
    'A platform that logs no access of the subject at all: silent, not contradicting.',
    'A log that names neither address nor session, as that of Google Chat: not counted.',
    'Apps, which sign in by a token that is another log’s: not counted.',
  ],
  find,
};

const CHAT_ACTIONS: readonly EventKind[] = [
  'message',
  'conversation_read',
  'file_upload',
  'file_download',
  'file_view',
  'share',
  'export',
];
const UNMATCHED_NEEDED = 3;
/** A share of the past above it says that the logs of this platform don't tie actions to sign-ins. */
const USUAL_SHARE = 0.1;
const HOUR_MS = 3_600_000;

function find(view: View): readonly Finding[] {
  const proof = proofOfLog(view);
  if (!proof) return [];
  const platforms = [...new Set(view.focus.map((e) => e.platform))].sort();
  return platforms.flatMap((platform) => {
    // An app signs in by its token, which is another log's.
    const unmatched = view
      .of(...CHAT_ACTIONS)
      .filter((e) => e.platform === platform && actingApp(e) === undefined && namesOrigin(e) && !view.attribute(e).by);
    if (unmatched.length < UNMATCHED_NEEDED || isUsual(view, platform)) return [];
    const measures = [measure('chat actions without a sign-in', unmatched.length, UNMATCHED_NEEDED, 'actions')];
    return [
      finding(view, {
        kind: unmatchedActivity.kind,
        platform,
        confidence: confidenceOf(measures),
        measures,
        events: [...unmatched, ...proof],
        attack: unmatchedActivity.attack,
        text: `${unmatched.length} chat actions have no sign-in or session of the subject before them`,
      }),
    ];
  });
}

/** A row that tells neither address nor session (Google Chat logs none) may be of any session. */
const namesOrigin = (e: EvidenceEvent): boolean => (e.ip ?? e.sessionId ?? e.deviceId) !== undefined;

/** Without any access row of the subject the logs are silent, not contradicting. A row of the focus that proves otherwise is cited. */
function proofOfLog(view: View): readonly EvidenceEvent[] | undefined {
  if (view.past.some(isAccess)) return [];
  const first = view.focus.find(isAccess);
  return first && [first];
}

/** People stay signed in for weeks on some platforms: what is so in their past as well is no finding. The past's first rows have their sign-in before the window. */
function isUsual(view: View, platform: Platform): boolean {
  const begin =
    Date.parse(view.past[0]?.at ?? view.input.focusFrom) + view.input.thresholds.signIn.sessionHours * HOUR_MS;
  const actions = view.past.filter(
    (e) => e.platform === platform && CHAT_ACTIONS.includes(e.kind) && Date.parse(e.at) >= begin,
  );
  return actions.filter((e) => !view.attribute(e).by).length > USUAL_SHARE * actions.length;
}
