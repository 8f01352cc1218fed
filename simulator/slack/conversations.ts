import { messageTs, slackId, type Rows } from './rows.js';
import type { Channel, Message } from './state.js';

/** Of a channel that nobody shares. */
export const INSIDE = { external: false, pending: false, inOrganisation: false } as const;

/** Direct messages between two people; the account behind our tokens is in none of them. */
export function directMessages(rows: Rows): readonly Channel[] {
  const channels = new Map<string, Channel>();
  for (const { fields } of rows.message) {
    if (fields.to === undefined) continue;
    const id = directId(fields.from, fields.to);
    channels.set(id, {
      id,
      name: '',
      type: 'im',
      ...INSIDE,
      readable: false,
      members: new Set([fields.from, fields.to]),
    });
  }
  return [...channels.values()];
}

function directId(a: string, b: string): string {
  return slackId('D', [a, b].sort().join(':'));
}

/** Messages of the scenario, oldest first; the first message with a thread's name opens the thread. */
export function placeMessages(rows: Rows): Message[] {
  const threads = new Map<string, string>();
  return rows.message.map(({ rowId, at, visibleAt, fields }): Message => {
    if ((fields.channel === undefined) === (fields.to === undefined))
      throw new Error(`row ${rowId} (message): needs either channel or to`);
    const channel = fields.to === undefined ? slackId('C', fields.channel ?? '') : directId(fields.from, fields.to);
    const ts = messageTs(at, rowId);
    const name = fields.thread === undefined ? undefined : `${channel}:${fields.thread}`;
    const threadTs = name === undefined ? undefined : threads.get(name);
    if (name !== undefined && threadTs === undefined) threads.set(name, ts);
    return {
      channel,
      ts,
      user: fields.from,
      visibleAt,
      text: linked(fields.text),
      files: fields.files,
      blocks: [],
      ...(threadTs === undefined ? {} : { threadTs }),
      ...(fields.app === undefined ? {} : { app: fields.app }),
    };
  });
}

/** As Slack stores it: the three characters escaped, links in angle brackets. */
function linked(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replace(/https?:\/\/\S+/g, (url) => `<${url}>`);
}
