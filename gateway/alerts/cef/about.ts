export const about = {
  title: 'CEF (ArcSight Common Event Format), among others the SIEM agent of Defender for Cloud Apps',
  sender:
    'a collector that posts `{"lines":["CEF:0|…","CEF:0|…"]}`, with or without a header of syslog before each line; `quell alert send FILE` does so with a text file',
  auth: 'hmac from your own collector; bearer where it can only set a header',
  states: 'always new',
  notes:
    'Each line is an alert; a line that is none loses itself alone. Identity: vendor, product and `externalId`, else what the event says. Subjects: `suser`, else labelled users, else `duser` where nobody is named who acted. Addresses: `src`, `sourceTranslatedAddress`, IPv6 by label. Severity 0–3 low, 4–6 medium, 7–8 high, 9–10 critical, or the word. Activities of Defender for Cloud Apps (`EVENT_CATEGORY_…`) are passed over.',
} as const;
