import type { Episode } from '../attribution.js';
import type { EvidenceEvent } from '../evidence.js';
import type { Confidence, Finding } from '../finding.js';
import { finding, measure } from './finding.js';
import type { Indicator } from './indicator.js';
import type { View } from './view.js';

export const unusualSignIn: Indicator = {
  id: 'unusual-sign-in',
  kind: 'unusual_sign_in',
  what: 'An episode that is not surely the person’s own, with what speaks against the person, or an app’s token used from where the app never came from: one finding on each platform where it acts.',
  why: 'verify the legitimacy of suspicious login attempts by checking IP addresses and corresponding user geolocation',
  sources: ['chat_history', 'file_transfer', 'user_access', 'integration', 'iam'],
  attack: ['T1078', 'T1528'],
  falsePositives: [
    'A new phone, a hotel, a mobile carrier: one or two facts against leave the confidence low; a known device or a passkey outweighs them.',
    'A company VPN or proxy: name it in `network.ownEgress`.',
    'A place from which many colleagues came that day counts for the person.',
  ],
  find,
};

function find(view: View): readonly Finding[] {
  return view.episodes.flatMap((e) => strangeAccess(view, e));
}

/** Below this sum of facts an episode is worth a finding, from here on a strong one. */
const STRANGE = 0;
const MEDIUM = -2;

function strangeAccess(view: View, episode: Episode): readonly Finding[] {
  const { attribution, acts, context, score, facts } = episode;
  const against = facts.filter((f) => f.weight < 0);
  const isPersons = context.kind !== 'app' && attribution !== 'own';
  // An app signs in nowhere: that its token is used from elsewhere shows only here.
  const isStolenToken = attribution === 'app' && context.place !== undefined;
  if ((!isPersons && !isStolenToken) || score >= STRANGE || against.length === 0) return [];
  const platforms = [...new Set(acts.map((e) => e.platform))].sort();
  return platforms.flatMap((platform) => {
    const here = acts.filter((e) => e.platform === platform);
    const shown = entries(here);
    const [first] = shown;
    if (!first) return [];
    const confidence: Confidence =
      attribution === 'other' || isStolenToken ? 'high' : score <= MEDIUM ? 'medium' : 'low';
    const where = `${first.ip ?? context.client ?? 'an unknown address'}${first.country === undefined ? '' : ` (${first.country})`}`;
    return [
      finding(view, {
        kind: unusualSignIn.kind,
        platform,
        confidence,
        measures: [
          measure('sum of the facts for and against', score, MEDIUM, 'nats'),
          ...against.map((f) => measure(f.code, f.weight, 0, f.text)),
        ],
        events: shown,
        attack: isStolenToken ? ['T1528'] : ['T1078'],
        text: `Access from ${where}: ${against.map((f) => f.text).join('; ')}`,
      }),
    ];
  });
}

/** Rows that show how it came in: the accesses, and what the vendor says; of an episode without any the first rows. */
function entries(rows: readonly EvidenceEvent[]): readonly EvidenceEvent[] {
  const access = rows.filter(
    (e) => e.kind === 'sign_in' || e.kind === 'session' || (e.kind === 'api_activity' && e.app === undefined),
  );
  return access.length > 0 ? access : rows.slice(0, 3);
}
