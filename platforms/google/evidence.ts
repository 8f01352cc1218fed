import type { Authority } from '../../domain/platform.js';
import type { EvidencePort, Limitation } from '../ports.js';
import { createGoogleClient } from './client.js';
import { createDirectory } from './directory.js';
import type { GoogleSettings } from './settings.js';
import { findSightings } from './sightings.js';
import { adminSource } from './sources/admin.js';
import { alertSource } from './sources/alerts.js';
import { chatSource } from './sources/chat.js';
import { driveSource } from './sources/drive.js';
import { fileSource } from './sources/files.js';
import { loginSource } from './sources/login.js';
import { messageSource } from './sources/messages.js';
import { noticeSource } from './sources/notices.js';
import { ruleSource } from './sources/rules.js';
import type { SourceContext } from './sources/source.js';
import { takeoutSource } from './sources/takeout.js';
import { vaultSource } from './sources/vault-log.js';
import { tokenSource } from './sources/token.js';

export interface GoogleEvidenceSettings extends GoogleSettings {
  /** Where people sign in when the organisation uses single sign-on with a third party. */
  readonly identityProvider?: Authority;
}

/** Everything the evidence role reads of a Google tenant. Needs the scopes of role `evidence` in `methods.ts`. */
export function createGoogleEvidence(settings: GoogleEvidenceSettings): EvidencePort {
  const client = createGoogleClient(settings);
  const has = { chat: true, driveLog: true, vault: true, dlp: true, ...settings.licences };
  const context: SourceContext = { platform: 'google', tenant: settings.tenant, client, settings };
  return {
    platform: 'google',
    tenant: settings.tenant,
    directory: createDirectory(settings, client, settings.identityProvider),
    sources: [
      loginSource(context),
      tokenSource(context),
      adminSource(context),
      alertSource(context),
      noticeSource(context),
      ...(has.chat ? [chatSource(context)] : []),
      fileSource(context),
      ...(has.driveLog ? [driveSource(context)] : []), // after the files: what both show is kept with its address
      takeoutSource(context),
      ...(has.vault ? [vaultSource(context)] : []), // without Vault nobody exports with it
      ...(has.dlp ? [ruleSource(context)] : []),
      ...(has.chat ? [messageSource(context)] : []), // after the chat log: what both show is kept with its text
    ],
    limitations: [
      ...(has.chat ? CHAT : []),
      ...(has.driveLog ? [] : [NO_DRIVE_LOG]),
      ...(has.dlp ? [] : [NO_DLP]),
      ...LIMITATIONS,
    ],
    findSightings: findSightings(context, has.driveLog),
  };
}

const NO_DRIVE_LOG: Limitation = {
  what: 'google.drive',
  hides: 'files',
  why: 'Drive log events are not part of this organisation’s editions: downloads, copies and shares of files leave no row.',
  instead:
    'The person goes through the activity of their files (Drive, View details, Activity) with the responder; proof: the list of what was not theirs.',
};
const NO_DLP: Limitation = {
  what: 'google.rules',
  why: 'Data loss prevention is not part of this organisation’s editions: no rule watches what is sent or taken.',
  instead: 'The responder goes by the Chat and Drive logs alone; proof: none is needed.',
};
const LIMITATIONS: readonly Limitation[] = [
  {
    what: 'files somebody else owns',
    why: 'Drive shows a file’s permissions to those who may change them; of others’ files only the log tells.',
    instead: 'The owner is asked who has access; proof: the owner’s answer.',
  },
];
const CHAT: readonly Limitation[] = [
  {
    what: 'chats read as an administrator',
    why: 'Google shows no administrator what others write: a chat is read as the person, while the account is active.',
    instead: 'An administrator exports the chats in Vault; proof: the export’s id.',
  },
  {
    what: 'single messages that were read',
    why: 'Google Chat logs that a conversation was read, once, and never which messages.',
    instead: 'Every message of a conversation that was read counts as seen.',
  },
  {
    what: 'direct messages with history off',
    why: 'Google Chat does not log them and deletes them after a day.',
    instead: 'The person is asked what was written there.',
  },
  {
    what: 'addresses of Chat activity',
    why: 'The Chat audit log names no address or device.',
    instead: 'The sign-ins and app calls of the person before it tell where it came from.',
  },
];
