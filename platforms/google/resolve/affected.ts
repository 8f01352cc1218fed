import type { AffectedWords } from '../../kit/reading.js';

/** What the resolvers beside this file count as affected. */
export const GOOGLE_AFFECTED: AffectedWords = {
  account: 'the account',
  sessions: 'the account whose sessions they are',
  grant: 'the account that allowed the app',
  app: 'the account that allowed the app, and nobody else: Google has no way to take an app from the organisation',
  link: 'the account in whose name the file is written to, and every owner of the file; of a suspended account’s file the owner is unknown and protected',
  mail_rule: 'the account whose mailbox it is',
  auth_method: 'the account that signs in with it',
  delegate: 'the account whose mailbox it is; whoever loses the way into it keeps their own',
  address:
    'no account by name, and everybody who comes from the address; one that an access level lets in is protected',
};
