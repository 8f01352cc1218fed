import { z } from 'zod';
import { jsonOf } from '../../domain/json.js';
import type { OutgoingMessage } from '../ports.js';

export const CARD = 'application/vnd.microsoft.card.adaptive';

/** Adaptive Card 1.4. Button data is opaque; who pressed is decided from the verified callback, not from the card. */
export function cardOf(message: OutgoingMessage): object {
  const buttons = (message.buttons ?? []).map((b) => ({
    type: 'Action.Execute',
    title: b.label,
    verb: b.id,
    data: { value: b.value },
  }));
  const link = message.link ? [{ type: 'Action.OpenUrl', title: message.link.label, url: message.link.url }] : [];
  return {
    $schema: 'http://adaptivecards.io/schemas/adaptive-card.json',
    type: 'AdaptiveCard',
    version: '1.4',
    // `id` of the first block is where our key is found again.
    body: [
      { type: 'TextBlock', id: `quell:${message.key}`, text: escaped(message.title), weight: 'Bolder', wrap: true },
      { type: 'TextBlock', text: escaped(message.text), wrap: true },
    ],
    actions: [...buttons, ...link],
  };
}

/** What a Workflows webhook of Teams takes (learn.microsoft.com/microsoftteams: Post to a channel when a webhook request is received). */
export function webhookBody(message: OutgoingMessage): string {
  return JSON.stringify({
    type: 'message',
    attachments: [{ contentType: CARD, contentUrl: null, content: cardOf(message) }],
  });
}

const cardShape = z.looseObject({ body: z.array(z.looseObject({ id: z.string().nullish() })) });

/** The key of the message that a card's JSON text holds. */
export function keyOf(content: string | null | undefined): string | undefined {
  const id = cardShape.safeParse(jsonOf(content ?? '')).data?.body[0]?.id;
  return id?.startsWith('quell:') ? id.slice('quell:'.length) : undefined;
}

/** TextBlock renders a little Markdown; nothing of a message is markup. */
function escaped(text: string): string {
  return text.replace(/[\\*_[\]()#>~`]/g, (c) => `\\${c}`);
}
