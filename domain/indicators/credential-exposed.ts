import type { Finding } from '../finding.js';
import { byPlatform, finding, measure } from './finding.js';
import type { Indicator } from './indicator.js';
import { hitBy, hitsIn } from './shared/hits.js';
import { happened, type View } from './view.js';

export const credentialExposed: Indicator = {
  id: 'credential-exposed',
  kind: 'credential_exposed',
  what: 'A secret stands in text or a name that was read, sent or taken. It is sure when its use was logged.',
  why: 'confirmed credential leaks',
  sources: ['chat_history', 'file_transfer', 'notification_mail'],
  attack: ['T1552.008'],
  falsePositives: [
    'Examples, placeholders and talk about passwords: the detectors of secrets leave them out, with the precision that docs/secrets.md measures.',
    'A secret that is long dead: medium until its issuer or a logged use says otherwise.',
  ],
  find,
};

function find(view: View): readonly Finding[] {
  const secrets = view.input.secrets ?? [];
  return byPlatform(hitBy(view, secrets).filter(happened)).map(({ platform, events }) => {
    const hits = hitsIn(events, secrets);
    const different = new Set(hits.map((h) => h.fingerprint)).size;
    return finding(view, {
      kind: credentialExposed.kind,
      platform,
      confidence: hits.some((h) => h.confirmed === true) ? 'high' : 'medium',
      measures: [measure('different secrets', different, 1, 'secrets')],
      events,
      attack: credentialExposed.attack,
      text: `${different} secret(s) in reach: ${[...new Set(hits.map((h) => h.kind))].join(', ')}`,
    });
  });
}
