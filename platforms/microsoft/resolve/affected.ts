import type { AffectedWords } from '../../kit/reading.js';

/** What the resolvers beside this file count as affected. */
export const MICROSOFT_AFFECTED: AffectedWords = {
  account: 'the account',
  sessions: 'the account whose sessions they are',
  app: 'the account that ties the app to the case, and every account that allowed it itself; it is switched off for the whole organisation, and above 100 accounts it is protected as unknown',
  grant: 'the account that allowed the app',
  link: 'the account that shared the file, the owner of the drive, and who put the file there',
  mail_rule: 'the account whose mailbox it is',
  auth_method: 'the account that signs in with it',
  device:
    'every account that registered, owns or enrolled the device by Entra and Intune; where none is known, the whole organisation',
  address: 'no account by name, and everybody who comes from the address; one in a trusted location is protected',
};
