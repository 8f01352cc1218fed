const STYLE =
  'body{font:17px/1.55 system-ui,sans-serif;max-width:34rem;margin:3rem auto;padding:0 1.2rem;color-scheme:light dark}button{font:inherit;padding:.7rem 1.1rem;margin:.3rem .4rem .3rem 0;border-radius:8px;border:1px solid;cursor:pointer;background:transparent;color:inherit}button:focus-visible{outline:3px solid orange}small{opacity:.75}';

const page = (title: string, body: string): string =>
  `<!doctype html><html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><title>${title}</title><style>${STYLE}</style></head><body>${body}</body></html>`;

/** What the person who was asked sees. It names nobody: whoever holds the link may look. */
export function answerPage(): string {
  return page(
    'Was this you?',
    '<h1>Was this you?</h1><p>The security team saw unusual activity in a work account and would like to know whether it was you. Your answer helps; it does not decide anything by itself.</p><form method="post"><button name="answer" value="me">Yes, that was me</button><button name="answer" value="not_me">No, that was not me</button><button name="answer" value="unsure">I am not sure</button></form><p><small>We never ask for a password or a code.</small></p>',
  );
}

export function thanksPage(): string {
  return page('Thank you', '<h1>Thank you</h1><p>The security team has your answer. You can close this page.</p>');
}
