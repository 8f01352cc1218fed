/** What a name must not do to whoever reads it: paint, clear, move, set the title, turn the text round, begin a line of its own. */
export const HOSTILE =
  'Dana\u001b[2J\u001b]0;owned\u0007\u001b[31m\u009b31m\u007f\r\n2026-01-01 forged line\u2028next\u2029next\u202eevil\u2066\u061c\tend';

/** Every character that acts, apart from the end of a line. */
export const ACTS = /(?!\n)[\p{Cc}\p{Zl}\p{Zp}\p{Bidi_Control}]/u;
