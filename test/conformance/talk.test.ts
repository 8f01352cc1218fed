import { METHODS } from '../../platforms/google/methods.js';
import { OPERATIONS as MICROSOFT } from '../../platforms/microsoft/operations.js';
import { OPERATIONS as SLACK } from '../../platforms/slack/methods.js';
import { createGoogleTalk } from '../../platforms/google/talk.js';
import { createMicrosoftTalk } from '../../platforms/microsoft/talk.js';
import { createSlackTalk } from '../../platforms/slack/talk.js';
import { googleCredentials } from '../../simulator/google/authority.js';
import { microsoftCredentials } from '../../simulator/microsoft/auth.js';
import { tokensOf } from '../platforms/slack/fixture.js';
import { googleSubject, googleToActOn } from './google-tenant.js';
import { microsoftSubject, microsoftToActOn } from './microsoft-tenant.js';
import { slackSubject, slackToActOn } from './slack-tenant.js';
import { talkSuite } from './talk-suite.js';

await talkSuite({
  start: slackToActOn,
  subject: slackSubject,
  port: (tenant, timeoutMs) => createSlackTalk({ ...tenant.settings(tokensOf(tenant).people), timeoutMs }),
  channels: ['slack'],
  table: SLACK,
  // They answer a press: test/platforms/slack/talk.test.ts and answer-form.test.ts
  elsewhere: ['views.open', 'response_url'],
});
await talkSuite({
  start: microsoftToActOn,
  subject: microsoftSubject,
  port: (tenant, timeoutMs) => {
    const { mailFrom, teamsAppId } = microsoftCredentials(tenant.world);
    return createMicrosoftTalk({ ...tenant.settings('people', { timeoutMs }), mailFrom, teamsAppId });
  },
  channels: ['teams', 'mail'],
  table: MICROSOFT,
  byTheWay: {
    'POST /users/{id}/teamwork/sendActivityNotification': 'the card in the chat is there before, and says it all',
  },
});
await talkSuite({
  start: googleToActOn,
  subject: googleSubject,
  port: (tenant, timeoutMs) =>
    createGoogleTalk({ ...tenant.settings('people', { timeoutMs }), sender: googleCredentials(tenant.world).sender }),
  channels: ['google_chat', 'mail'],
  table: METHODS,
});
