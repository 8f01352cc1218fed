import type { AffectedWords } from '../../kit/reading.js';

/** What the resolvers beside this file count as affected. */
export const SLACK_AFFECTED: AffectedWords = {
  account: 'the account',
  sessions: 'the account whose sessions they are',
  app: 'the account that ties the app to the case, and every account that gave it access by the integration logs; it is taken from the whole organisation, and above 100 accounts, or where a workspace does not show its log, it is protected as unknown',
  link: 'the account that shared the file, and the account whose file it is',
};
