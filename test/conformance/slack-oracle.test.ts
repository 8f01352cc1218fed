import { LogLevel, WebClient } from '@slack/web-api';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { OutgoingMessage } from '../../platforms/ports.js';
import { resolveTarget } from '../../platforms/resolve.js';
import { createSlackContainment } from '../../platforms/slack/containment.js';
import { createSlackEvidence } from '../../platforms/slack/evidence.js';
import type { SlackSettings, SlackTokens } from '../../platforms/slack/settings.js';
import { createSlackTalk } from '../../platforms/slack/talk.js';
import { startTenant, tokensOf, type Tenant } from '../platforms/slack/fixture.js';
import { FORM } from './slack-drives.js';
import { startEmulator, type Emulator } from './slack-emulator.js';

/**
 * The same product code and the same calls at our simulated organisation and at an emulator that others wrote. What both do alike is not
 * our invention alone. It knows no audit log, no SCIM and no `admin.*` method.
 */
interface Slack {
  settings(tokens: SlackTokens): SlackSettings;
  readonly tokens: { readonly admin: string; readonly bot: string; readonly weak: string };
  readonly apiUrl: string;
  readonly dana: string;
  /** A file of Dana's that our account may delete. */
  readonly file: string;
}

let tenant: Tenant;
let emulator: Emulator;
const slacks = new Map<string, Slack>();
const at = (name: string): Slack => {
  const found = slacks.get(name);
  if (!found) throw new Error(`no ${name}`);
  return found;
};

beforeAll(async () => {
  tenant = await startTenant([{ type: 'file', at: '-PT1H', name: 'a.txt', owner: '@dana' }], { plan: 'business' });
  const { containment, people } = tokensOf(tenant);
  const weak = tenant.simulator.tokens.get(tenant.own.tokens.evidenceLogs);
  weak?.scopes.clear();
  slacks.set('simulated', {
    settings: tenant.settings,
    tokens: { admin: containment.admin ?? '', bot: people.bot ?? '', weak: tenant.own.tokens.evidenceLogs },
    apiUrl: `${tenant.url}/api/`,
    dana: tenant.id('dana'),
    file: tenant.simulator.state.files[0]?.id ?? '',
  });

  emulator = await startEmulator();
  const web = sdk(`${emulator.url}/api/`, emulator.token);
  const { user } = await web.users.lookupByEmail({ email: 'dana@example.com' });
  const { channel } = await web.conversations.open({ users: user?.id ?? '' });
  const uploaded = await web.filesUploadV2({ channel_id: channel?.id ?? '', filename: 'a.txt', content: 'hello' });
  slacks.set('emulated', {
    settings: emulator.settings,
    tokens: { admin: emulator.token, bot: emulator.token, weak: emulator.weakToken },
    apiUrl: `${emulator.url}/api/`,
    dana: user?.id ?? '',
    file: uploaded.files[0]?.files?.[0]?.id ?? '',
  });
});
afterAll(async () => {
  await tenant.close();
  await emulator.close();
});

const VIEW = { type: 'modal', title: { type: 'plain_text', text: 'x' }, blocks: [] };

const sdk = (slackApiUrl: string, token: string): WebClient =>
  new WebClient(token, {
    slackApiUrl,
    retryConfig: { retries: 0 },
    rejectRateLimitedCalls: true,
    logLevel: LogLevel.ERROR,
  });

const MESSAGE: OutgoingMessage = {
  key: 'ask-1',
  title: 'Was this you?',
  text: 'Sign-in from <somewhere> & a download.',
  buttons: [{ id: 'me', label: 'Yes, that was me', value: 'ask-1/me' }],
  link: { label: 'Open', url: 'https://quell.example.com/answer/abc' },
};

describe.each(['simulated', 'emulated'])('at the %s Slack, the product', (name) => {
  /** What a press brings; the emulator gives it out on demand. */
  const trigger = async (): Promise<string> => {
    if (name === 'simulated') return tenant.simulator.state.modals.trigger(at(name).dana);
    const web = sdk(`${emulator.url}/api/`, emulator.token);
    const given = await web.apiCall('views.generateTriggerId', { user_id: at(name).dana });
    return String((given as { readonly trigger_id?: unknown }).trigger_id);
  };
  const openForm = async (right: string) => {
    const [talk] = createSlackTalk(at(name).settings({ bot: at(name).tokens.bot })).talk;
    return await talk?.openForm?.({ trigger: right, value: 'token', form: FORM, otherwise: 'Press again.' });
  };
  const directory = () => {
    const { settings, tokens } = at(name);
    return createSlackEvidence(settings({ admin: tokens.admin })).directory;
  };
  const send = (message: OutgoingMessage, token = at(name).tokens.bot) => {
    const [talk] = createSlackTalk(at(name).settings({ bot: token })).talk;
    if (!talk) throw new Error('no way to talk');
    return talk.send(at(name).dana, message);
  };
  const history = async (channel: string) => {
    const { apiUrl, tokens } = at(name);
    const { messages } = await sdk(apiUrl, tokens.bot).conversations.history({ channel, include_all_metadata: true });
    return messages ?? [];
  };

  it('finds a person by id and by address, and nobody where there is nobody', async () => {
    const expected = {
      nativeId: at(name).dana,
      kind: 'person',
      emails: ['dana@example.com'],
      displayName: 'Dana Subject',
      active: true,
      admin: false,
      lastAdmin: false,
    };
    expect(await directory().lookup({ nativeId: at(name).dana })).toMatchObject(expected);
    expect(await directory().lookup({ email: 'dana@example.com' })).toMatchObject(expected);
    expect(await directory().lookup({ nativeId: 'U0000000000' })).toBeUndefined();
    expect(await directory().lookup({ email: 'nobody@example.com' })).toBeUndefined();
  });

  it('lists everybody once, page by page', async () => {
    const { apiUrl, tokens } = at(name);
    const seen: string[] = [];
    let cursor: string | undefined;
    do {
      const page = await sdk(apiUrl, tokens.admin).users.list({ limit: 2, ...(cursor ? { cursor } : {}) });
      seen.push(...(page.members ?? []).map((m) => m.id ?? ''));
      cursor = page.response_metadata?.next_cursor;
    } while (cursor);
    const { entries, next } = await directory().list(undefined);
    expect(next).toBeUndefined();
    expect(entries.map((e) => e.nativeId)).toEqual(seen);
    expect(new Set(seen).size).toBe(seen.length);
    expect(seen).toContain(at(name).dana);
  });

  it('opens a form by a press, one by each, and none by what is no press', async () => {
    const right = await trigger();
    expect(await openForm(right)).toEqual({ opened: true });
    expect(await openForm(right)).toEqual({ opened: true }); // it is open already: its reply may have been lost
    expect(await openForm('1.2.made-up')).toEqual({ opened: false });
    const { apiUrl, tokens } = at(name);
    const again = sdk(apiUrl, tokens.bot).views.open({
      trigger_id: right,
      view: { type: 'modal', title: { type: 'plain_text', text: 'x' }, blocks: [] },
    });
    await expect(again).rejects.toMatchObject({ data: { error: 'exchanged_trigger_id' } });
  });

  it('asks a person once per key: the key comes back with the history', async () => {
    const first = await send(MESSAGE);
    expect(first.already).toBe(false);
    expect(await send(MESSAGE)).toEqual({ messageId: first.messageId, already: true });
    const second = await send({ ...MESSAGE, key: 'ask-2' });
    const [channel = '', ts] = first.messageId.split('/');
    const sent = await history(channel);
    expect(sent.filter((m) => m.metadata?.event_type === 'quell_message').map((m) => m.ts)).toEqual([
      second.messageId.split('/')[1],
      ts,
    ]);
    const [blocks] = sent.filter((m) => m.ts === ts).map((m) => m.blocks ?? []);
    expect(blocks?.map((b) => b.type)).toEqual(['header', 'section', 'actions']);
  });

  it('is told which scope is missing, and posts nothing', async () => {
    const weak = at(name).tokens.weak;
    await expect(send({ ...MESSAGE, key: 'ask-3' }, weak)).rejects.toMatchObject({ code: 'VENDOR_SCOPE' });
    await expect(
      resolveTarget(createSlackContainment(at(name).settings({ admin: weak })), {
        type: 'link',
        fileId: at(name).file,
        accountId: at(name).dana,
      }),
    ).rejects.toMatchObject({ code: 'PROTECTED', cause: { detail: 'files.info: missing_scope' } });
  });

  it('deletes a file for good, once, and sees that it is gone whatever Slack says then', async () => {
    const { settings, tokens, file, dana } = at(name);
    const port = createSlackContainment(settings({ admin: tokens.admin }));
    const act = port.acts.remove_file;
    const target = await resolveTarget(port, { type: 'link', fileId: file, accountId: dana });
    const context = { since: new Date().toISOString(), idempotencyKey: 'x' };
    expect(await act?.capture(target)).toEqual({ file: 'there' });
    expect(await act?.apply(target, context)).toHaveLength(1);
    expect((await act?.verify(target, context))?.holds).toBe(true);
    expect(await act?.apply(target, context)).toEqual([]);
  });
});

describe('both Slacks', () => {
  type Body = Readonly<Record<string, unknown>>;
  async function call(slack: Slack, method: string, args: Body, token = slack.tokens.admin): Promise<Body> {
    try {
      return { ...(await sdk(slack.apiUrl, token).apiCall(method, { ...args })) };
    } catch (error) {
      const { data } = error as { readonly data?: Body };
      if (!data) throw error;
      return data;
    }
  }
  const dm = async (slack: Slack): Promise<string> => {
    const opened = await call(slack, 'conversations.open', { users: slack.dana }, slack.tokens.bot);
    return (opened['channel'] as { readonly id: string }).id;
  };

  /** Types by path, lists by their first element; what the SDK adds and free texts of a profile are left out. */
  function typesOf(value: unknown, path = ''): Readonly<Record<string, string>> {
    if (Array.isArray(value)) return value.length === 0 ? {} : typesOf(value[0], `${path}[]`);
    if (value === null || typeof value !== 'object') return { [path]: value === null ? 'null' : typeof value };
    return Object.assign(
      {},
      ...Object.entries(value)
        .filter(([key]) => !['acceptedScopes', 'scopes', 'image_48'].includes(key))
        .map(([key, v]) => typesOf(v, path === '' ? key : `${path}.${key}`)),
    ) as Record<string, string>;
  }

  /** Calls with what both must have alike; `error` is a typed code. */
  const CALLS: readonly {
    readonly method: string;
    readonly args: (slack: Slack) => Body | Promise<Body>;
    readonly bot?: true;
    readonly alike?: readonly string[];
    readonly error?: string;
  }[] = [
    { method: 'auth.test', args: () => ({}), alike: ['ok', 'url', 'team', 'team_id', 'user', 'user_id'] },
    {
      method: 'users.info',
      args: ({ dana }) => ({ user: dana }),
      alike: ['user.id', 'user.team_id', 'user.name', 'user.deleted', 'user.is_admin', 'user.profile.real_name'],
    },
    { method: 'users.info', args: () => ({ user: 'U0000000000' }), error: 'user_not_found' },
    { method: 'users.lookupByEmail', args: () => ({ email: 'no@example.com' }), error: 'users_not_found' },
    {
      method: 'users.list',
      args: () => ({ limit: 2 }),
      alike: ['members[].id', 'members[].is_bot', 'response_metadata.next_cursor'],
    },
    {
      method: 'conversations.open',
      args: ({ dana }) => ({ users: dana }),
      bot: true,
      alike: ['channel.id', 'no_op', 'already_open'],
    },
    { method: 'conversations.open', args: () => ({ users: 'U0000000000' }), bot: true, error: 'user_not_found' },
    {
      method: 'chat.postMessage',
      args: async (slack) => ({
        channel: await dm(slack),
        text: 'hello',
        blocks: [{ type: 'section', text: { type: 'plain_text', text: 'hello' } }],
        metadata: { event_type: 'quell_message', event_payload: { key: 'shape' } },
      }),
      bot: true,
      alike: [
        ...['channel', 'ts', 'message.type', 'message.text', 'message.ts', 'message.user'],
        ...['message.blocks[].type', 'message.blocks[].text.text', 'message.metadata.event_payload.key'],
      ],
    },
    { method: 'chat.postMessage', args: async (s) => ({ channel: await dm(s) }), bot: true, error: 'no_text' },
    {
      method: 'chat.postMessage',
      args: () => ({ channel: 'C0000000000', text: 'x' }),
      bot: true,
      error: 'channel_not_found',
    },
    {
      method: 'conversations.history',
      args: async (slack) => ({ channel: await dm(slack), limit: 1, include_all_metadata: true }),
      bot: true,
      alike: [
        ...['messages[].ts', 'messages[].text', 'messages[].user', 'messages[].metadata.event_payload.key'],
        ...['has_more', 'response_metadata.next_cursor'],
      ],
    },
    { method: 'conversations.history', args: () => ({ channel: 'D0' }), bot: true, error: 'channel_not_found' },
    { method: 'views.open', args: () => ({ trigger_id: '1.2.x', view: VIEW }), bot: true, error: 'invalid_trigger_id' },
    { method: 'files.info', args: () => ({ file: 'F0000000000' }), error: 'file_not_found' },
    { method: 'files.delete', args: () => ({ file: 'F0000000000' }), error: 'file_not_found' },
  ];

  it.each(CALLS)('answer $method alike ($error)', async ({ method, args, bot, alike = [], error }) => {
    const [ours = {}, theirs = {}] = await Promise.all(
      ['simulated', 'emulated'].map(async (name) => {
        const slack = at(name);
        return await call(slack, method, await args(slack), bot ? slack.tokens.bot : slack.tokens.admin);
      }),
    );
    expect(ours['error']).toBe(error);
    expect(theirs['error']).toBe(error);
    const [mine, other] = [typesOf(ours), typesOf(theirs)];
    for (const path of alike) expect([path, mine[path]]).toEqual([path, other[path] ?? 'not there']);
    for (const path of Object.keys(mine)) if (path in other) expect([path, mine[path]]).toEqual([path, other[path]]);
  });

  it('name the missing scope and those there are', async () => {
    const answers = await Promise.all(
      ['simulated', 'emulated'].map((name) => call(at(name), 'files.delete', { file: 'F1' }, at(name).tokens.weak)),
    );
    for (const answer of answers)
      expect(answer).toMatchObject({
        ok: false,
        error: 'missing_scope',
        needed: 'files:write',
        provided: expect.any(String) as string,
      });
  });
});
