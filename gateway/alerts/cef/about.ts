import type { AboutFormat } from '../kit/parser.js';

export const about: AboutFormat = {
  name: 'cef',
  product: 'CEF (ArcSight Common Event Format)',
  sends:
    'lines of text in `lines`, with or without a header of syslog before each, by a collector; among others those of the SIEM agent of Defender for Cloud Apps',
  auth: ['hmac', 'bearer'],
  shape: 'a line in `lines` that holds `CEF:0|` or `CEF:1|`',
  identity: 'vendor, product and `externalId`, else what the event says',
  subjects: '`suser`, else a labelled user (`cs1Label=user`), else `duser` where nobody is named who acted',
  states: 'always new; activities of Defender for Cloud Apps (`EVENT_CATEGORY_…`) are passed over',
  setUp:
    'Let the collector post `{"lines":["CEF:0|…","CEF:0|…"]}`; `quell alert send FILE` does so with a text file. Each line is an alert; a line that is none loses itself alone. Addresses are read from `src`, `sourceTranslatedAddress` and IPv6 by label. Severity 0–3 is low, 4–6 medium, 7–8 high, 9–10 critical, or it is the word.',
  nobodyWithout: ['lines.0.suser'],
};
