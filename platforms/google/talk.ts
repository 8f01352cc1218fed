import type { Limitation, TalkPort } from '../ports.js';
import { createGoogleClient } from './client.js';
import type { GoogleSettings } from './settings.js';
import { chatTalk } from './talk-chat.js';
import { mailTalk } from './talk-mail.js';

export interface GoogleTalkSettings extends GoogleSettings {
  /** Address of the mailbox that Quell writes from. Without it there is no mail. */
  readonly sender?: string;
  /** Our endpoint for buttons; must be named where the Chat app is built as a Workspace add-on. */
  readonly chatCallback?: string;
}

/** Mail and Google Chat as the people role speaks them. Needs the scopes of role `people` in `methods.ts`. */
export function createGoogleTalk(settings: GoogleTalkSettings): TalkPort {
  const client = createGoogleClient(settings);
  return {
    platform: 'google',
    tenant: settings.tenant,
    talk: [
      ...(settings.sender === undefined ? [] : [mailTalk(client, settings.sender)]),
      ...(settings.licences?.chat === false ? [] : [chatTalk(client, settings.chatCallback)]),
    ],
    limitations: LIMITATIONS,
  };
}

const LIMITATIONS: readonly Limitation[] = [
  {
    what: 'beginning a chat as an app',
    why: 'A Chat app cannot begin a direct message by itself; the chat is set up as the person, while the account is active.',
    instead: 'An administrator installs the app for everybody; who cannot be reached in Chat gets mail.',
  },
];
