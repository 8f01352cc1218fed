/** Ids for `patched`: what histories of older versions do otherwise. */
export const LAST_GATE = '2026-11-29-last-gate';
