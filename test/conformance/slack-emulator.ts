import { createServer } from 'node:net';
import { createEmulator } from 'emulate';
import { slackBases, type SlackSettings, type SlackTokens } from '../../platforms/slack/settings.js';
import { createWire } from '../../platforms/wire.js';

/** A Slack that others wrote: the published emulator, over HTTP on loopback. */
export interface Emulator {
  readonly url: string;
  readonly token: string;
  /** Has one scope, and not the one for messages. */
  readonly weakToken: string;
  settings(tokens: SlackTokens): SlackSettings;
  close(): Promise<void>;
}

const SCOPES = ['users:read', 'users:read.email', 'files:read', 'files:write', 'chat:write', 'im:write', 'im:history'];

export async function startEmulator(): Promise<Emulator> {
  const [token, weakToken] = ['xoxp-emulated', 'xoxb-emulated-weak'];
  const emulator = await createEmulator({
    service: 'slack',
    port: await freePort(),
    seed: {
      slack: {
        users: [
          { name: 'dana', real_name: 'Dana Subject', email: 'dana@example.com' },
          { name: 'quell', real_name: 'Quell', email: 'quell@example.com' },
        ],
        tokens: [
          { token, user: 'quell', type: 'user', scopes: SCOPES },
          { token: weakToken, user: 'quell', type: 'bot', scopes: ['users:read'] },
        ],
        strict_scopes: true,
      },
    },
  });
  // It calls itself `localhost`; loopback by number asks no resolver.
  const url = emulator.url.replace('localhost', '127.0.0.1');
  return {
    url,
    token,
    weakToken,
    settings: (tokens) => ({
      tenant: 'main',
      plan: 'business',
      teamIds: ['T000000001'],
      wire: createWire({ bases: slackBases({ api: `${url}/api/`, audit: url, scim: url, hooks: url }) }),
      tokens,
      timeoutMs: 2000,
    }),
    close: () => emulator.close(),
  };
}

/** The emulator takes no port 0. */
async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  const address = server.address();
  await new Promise((done) => server.close(done));
  if (address === null || typeof address === 'string') throw new Error('no port');
  return address.port;
}
