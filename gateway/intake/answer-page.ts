import { createHmac } from 'node:crypto';
import { MAX_WORDS } from '../../domain/contact.js';
import type { SecretKey } from '../../store/key-ring.js';
import { equalText } from '../../platforms/equal-text.js';

const STYLE = `
body { font: 17px/1.55 system-ui, sans-serif; max-width: 34rem; margin: 3rem auto; padding: 0 1.2rem; color-scheme: light dark; }
button { font: inherit; padding: .7rem 1.1rem; margin: .3rem .4rem .3rem 0; border-radius: 8px; border: 1px solid; cursor: pointer; background: transparent; color: inherit; }
label { display: block; margin: 1rem 0 .3rem; }
textarea { font: inherit; box-sizing: border-box; width: 100%; padding: .6rem; margin-bottom: .6rem; border-radius: 8px; border: 1px solid; background: transparent; color: inherit; }
button:focus-visible, textarea:focus-visible { outline: 3px solid orange; outline-offset: 2px; }
small { opacity: .75; }`;

/** Nothing runs, nothing is loaded, nothing frames it. */
export const ANSWER_PAGE_CSP =
  "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'";

const page = (title: string, body: string): string =>
  `<!doctype html><html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><meta name="robots" content="noindex"><title>${title}</title><style>${STYLE}</style></head><body><main>${body}</main></body></html>`;

/** What the person who was asked sees. It names nobody: whoever holds the link may look. */
export const questionPage = (form: string): string =>
  page(
    'Was this you?',
    `<h1>Was this you?</h1>
<p>The security team saw unusual activity in a work account and would like to know whether it was you. Your answer helps; it does not decide anything by itself.</p>
<form method="post"><input type="hidden" name="form" value="${form}">
<label for="words">Anything that we should know? What you did, or where you were. You can leave it empty.</label>
<textarea id="words" name="words" rows="4" maxlength="${MAX_WORDS}"></textarea>
<button name="answer" value="me">Yes, that was me</button>
<button name="answer" value="not_me">No, that was not me</button>
<button name="answer" value="unsure">I am not sure</button></form>
<p><small>We never ask for a password or a code.</small></p>`,
  );

export const thanksPage = (): string =>
  page('Thank you', '<h1>Thank you</h1><p>The security team has your answer. You can close this page.</p>');

export const gonePage = (): string =>
  page(
    'No longer open',
    '<h1>This question is no longer open</h1><p>Its time is over, or the link is not complete. If you have something to tell, call the security team by a number that you know.</p>',
  );

/** The form was looked at for longer than this, or never: the page is shown once more. */
const FORM_LASTS_MS = 12 * 3_600_000;

/** Proves that the form was on a page of ours before it was sent: a link preview that posts to every address has none. */
export function mintFormToken(answerToken: string, key: SecretKey, now: Date): string {
  const at = String(now.getTime());
  return `${at}.${mac(answerToken, at, key)}`;
}

export function isFormToken(form: unknown, answerToken: string, key: SecretKey, now: Date): boolean {
  if (typeof form !== 'string') return false;
  const [at = '', given = ''] = form.split('.');
  const age = now.getTime() - Number(at);
  return /^\d{1,16}$/.test(at) && age >= 0 && age <= FORM_LASTS_MS && equalText(given, mac(answerToken, at, key));
}

const mac = (answerToken: string, at: string, key: SecretKey): string =>
  createHmac('sha256', key.bytes).update(`quell answer form v1\0${at}\0${answerToken}`).digest('base64url');
