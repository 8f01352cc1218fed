import type { Span } from './issuers.js';

const ADDRESS = /(?<![\w.%+'-])[A-Za-z0-9._%+'-]{1,64}@[A-Za-z0-9-]{1,63}(?:\.[A-Za-z0-9-]{1,63}){1,4}/g;
/** A sentence is looked at so far to each side. */
const REACH = 500;

/**
 * Whose account a password opens, as the text says: the mail address in the same sentence, else in the same line, else in the line before
 * ("user: …" above "password: …") or after. Of several the nearest before the secret. Lower case.
 */
export function accountNear(text: string, { secret, from }: Span): string | undefined {
  const start = Math.max(0, from - REACH);
  const around = text.slice(start, from + secret.length + REACH);
  const at = from - start;
  const end = at + secret.length;
  const addresses = [...around.matchAll(ADDRESS)]
    .map((m) => ({ address: m[0].toLowerCase(), from: m.index, to: m.index + m[0].length }))
    // `scheme://user:secret@host` reads like an address too
    .filter((a) => a.to <= at || a.from > end);
  for (const [left, right] of [sentence(around, at, end), line(around, at, end, 0), line(around, at, end, 1)]) {
    const near = addresses.filter((a) => a.from >= left && a.to <= right);
    const best = near.findLast((a) => a.to <= at) ?? near[0];
    if (best) return best.address;
  }
  return undefined;
}

function line(text: string, at: number, end: number, more: number): readonly [number, number] {
  let left = text.lastIndexOf('\n', at - 1);
  let right = nextOf(text, '\n', end);
  for (let i = 0; i < more; i++) {
    left = left <= 0 ? -1 : text.lastIndexOf('\n', left - 1);
    right = nextOf(text, '\n', right + 1);
  }
  return [left + 1, right];
}

function sentence(text: string, at: number, end: number): readonly [number, number] {
  const [from, to] = line(text, at, end, 0);
  const before = [...text.slice(from, at).matchAll(/[.!?。][ \t]/g)].at(-1);
  const after = /[.!?。](?:[ \t]|$)/.exec(text.slice(end, to));
  return [before ? from + before.index + 1 : from, after ? end + after.index + 1 : to];
}

const nextOf = (text: string, sign: string, from: number): number => {
  const at = text.indexOf(sign, from);
  return at < 0 ? text.length : at;
};
