interface PlainText {
  readonly type: 'plain_text';
  readonly text: string;
  readonly emoji: boolean;
}

/** Plain text as blocks: nothing of a message is markup, a mention or a link of its own. A section holds 3,000 characters. */
export function paragraphs(text: string): readonly { readonly type: 'section'; readonly text: PlainText }[] {
  return (text.match(/[\s\S]{1,3000}/g) ?? []).map((part) => ({ type: 'section', text: plain(part, 3000) }));
}

/** A text object, cut where Slack would refuse it. */
export function plain(text: string, limit: number): PlainText {
  return { type: 'plain_text', text: text.length > limit ? `${text.slice(0, limit - 1)}…` : text, emoji: false };
}

/** For fields that Slack reads as markup. */
export function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}
