/** Ids for `patched`: what histories of older versions do otherwise. */
export const LAST_GATE = '2026-11-29-last-gate';
/** Explanations are weighed, a case keeps watch, states tell the truth. */
export const WEIGHED = '2026-11-29-explanations';
/** A case and its plans tell the lists of cases what they wait for. */
export const LISTED = '2026-11-30-lists';
