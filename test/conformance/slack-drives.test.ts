import { afterEach, describe, expect, it } from 'vitest';
import { OPERATIONS, type SlackOperation } from '../../platforms/slack/methods.js';
import { startTenant, type Tenant } from '../platforms/slack/fixture.js';
import { DRIVEN_ROWS, slackDrives } from './slack-drives.js';

let tenant: Tenant;
afterEach(() => tenant.close());

/** Requests as they arrive at the organisation: path and the kind of token. */
function watched({ app, own, simulator }: Tenant): readonly { readonly path: string; readonly token: string }[] {
  const seen: { path: string; token: string }[] = [];
  app.server.on('request', (request: { url: string; method: string; headers: { authorization?: string } }) => {
    const bearer = request.headers.authorization?.slice('Bearer '.length) ?? '';
    const kind = bearer === own.tokens.evidenceLogs ? 'logs' : bearer === own.tokens.audit ? 'audit' : undefined;
    const token = kind ?? { user: 'admin', bot: 'bot', none: 'none' }[simulator.tokens.get(bearer)?.kind ?? 'none'];
    seen.push({ path: `${request.method} ${new URL(request.url, 'http://localhost').pathname}`, token });
  });
  return seen;
}

const PATHS: Readonly<Record<string, RegExp>> = {
  'audit.logs': /^GET \/audit\/v1\/logs$/,
  'scim.Users.get': /^GET \/scim\/v2\/Users\/U\w+$/,
  'scim.Users.patch': /^PATCH \/scim\/v2\/Users\/U\w+$/,
  response_url: /^POST \/hooks\/actions\//,
};

describe('a drive of', () => {
  it.each(Object.entries(OPERATIONS) as [keyof typeof OPERATIONS, SlackOperation][])(
    '%s calls it, with the token of its table',
    async (key, { name, token }) => {
      tenant = await startTenant(DRIVEN_ROWS);
      const seen = watched(tenant);
      await slackDrives[key](tenant);
      const path = PATHS[name] ?? new RegExp(`^POST /api/${name.replaceAll('.', '\\.')}$`);
      expect(seen.filter((s) => path.test(s.path)).map((s) => s.token)).toContain(token);
    },
  );
});
