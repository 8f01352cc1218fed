import type { Limitation, TalkPort } from '../ports.js';
import { createMicrosoftClient } from './client.js';
import type { MicrosoftSettings } from './settings.js';
import { mailTalk } from './talk-mail.js';
import { teamsTalk } from './talk-teams.js';

export interface MicrosoftTalkSettings extends MicrosoftSettings {
  /** Mailbox that Quell writes from (object id or address). Without it there is no mail. */
  readonly mailFrom?: string;
  /** Catalogue id of the Teams app that holds the bot of this credential. Without it there is no Teams. */
  readonly teamsAppId?: string;
}

/** Mail and Teams as the people role speaks them; both app-only. Needs the permissions of role `people`. */
export function createMicrosoftTalk(settings: MicrosoftTalkSettings): TalkPort {
  const client = createMicrosoftClient(settings);
  return {
    platform: 'microsoft',
    tenant: settings.tenant,
    talk: [
      ...(settings.mailFrom === undefined ? [] : [mailTalk(client, settings.mailFrom)]),
      ...(settings.teamsAppId === undefined ? [] : [teamsTalk(client, settings.teamsAppId)]),
    ],
    limitations: LIMITATIONS,
  };
}

const LIMITATIONS: readonly Limitation[] = [
  {
    what: 'posting to Teams through Graph',
    why: 'Graph takes messages from people alone, and from apps only while a chat is being imported.',
    instead: 'The bot of the Teams app posts; without one people get mail.',
  },
  {
    what: 'people outside the tenant',
    why: 'A bot is installed for people of its own tenant.',
    instead: 'They get mail, or a responder calls them; proof: time and number of the call.',
  },
];
