import { WebClient } from '@slack/web-api';
import { afterEach, describe, expect, it } from 'vitest';
import { OPERATIONS, type SlackOperation } from '../../platforms/slack/methods.js';
import type { SlackSettings } from '../../platforms/slack/settings.js';
import { startTenant, type Tenant } from '../platforms/slack/fixture.js';
import { DRIVEN_ROWS, slackDrives } from './slack-drives.js';
import { BEYOND, SENT } from './slack-sdk.js';

let tenant: Tenant | undefined;
afterEach(async () => {
  await tenant?.close();
  tenant = undefined;
});

const web = (Object.entries(OPERATIONS) as [keyof typeof OPERATIONS, SlackOperation][]).filter(
  ([, o]) => o.api === 'web',
);
const names = [...new Set(web.map(([, o]) => o.name))];

/** The function of the SDK that stands for a method. */
function functionOf(method: string): unknown {
  let found: unknown = new WebClient('xoxb-none');
  for (const part of method.split('.')) found = (found as Record<string, unknown> | undefined)?.[part];
  return found;
}

/** The tenant, and the names of the arguments that go out with each method. */
function watched(of: Tenant): { readonly tenant: Tenant; readonly sent: ReadonlyMap<string, ReadonlySet<string>> } {
  const sent = new Map<string, Set<string>>();
  const watch = ({ wire, ...settings }: SlackSettings): SlackSettings => ({
    ...settings,
    wire: {
      ...wire,
      send: (call, url, init) => {
        const fields = init.body instanceof URLSearchParams ? init.body : new URLSearchParams(init.body as string);
        sent.set(call.operation, new Set([...(sent.get(call.operation) ?? []), ...fields.keys()]));
        return wire.send(call, url, init);
      },
    },
  });
  return { tenant: { ...of, settings: (tokens) => watch(of.settings(tokens)) }, sent };
}

describe('Slack’s SDK', () => {
  it.each(names)('knows %s, or it is said why it does not', (name) => {
    if (BEYOND.has(name) && !SENT.has(name)) expect([name, functionOf(name)]).toEqual([name, undefined]);
    else expect([name, typeof functionOf(name)]).toEqual([name, 'function']);
  });

  it('is asked for nothing that the table does not have', () => {
    expect([...SENT.keys(), ...BEYOND.keys()].filter((method) => !names.includes(method))).toEqual([]);
  });

  it.each(web)('types every argument that goes out with %s', async (key, { name }) => {
    tenant = await startTenant(DRIVEN_ROWS, { pageSize: 1 });
    const { tenant: seen, sent } = watched(tenant);
    await slackDrives[key](seen);
    const allowed = [...(SENT.get(name) ?? []), ...(BEYOND.get(name)?.names ?? [])];
    expect(sent.get(name)).toBeDefined();
    expect([...(sent.get(name) ?? [])].filter((field) => !allowed.includes(field))).toEqual([]);
  });
});
