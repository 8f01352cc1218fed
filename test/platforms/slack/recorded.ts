import type { SourceQuery } from '../../../platforms/ports.js';
import type { SlackClient } from '../../../platforms/slack/client.js';
import type { SourceContext } from '../../../platforms/slack/sources/source.js';

/** Answers as Slack gives them, and what a source reads them with. No call is made. */
export const QUERY: SourceQuery = {
  nativeId: 'U0DANA01',
  emails: ['dana@example.com'],
  from: '2026-03-09T00:00:00.000Z',
  to: '2026-03-11T00:00:00.000Z',
  readContent: true,
};

const noCall = (): Promise<never> => Promise.reject(new Error('nothing is asked of Slack here'));
export const contextOf = (extra: Partial<SourceContext> = {}): SourceContext => ({
  tenant: 'main',
  client: { call: noCall, rest: noCall },
  teamIds: ['T1EXAMPLE'],
  plan: 'enterprise',
  hasLogs: true,
  ownAppIds: ['A0QUELL01'],
  ...extra,
});

/** A client that gives the same answer of an operation to every call, through the shape that it was asked with. */
export const answering = (answers: Readonly<Record<string, unknown>>): SlackClient => {
  const answer = (name: string): unknown => answers[name] ?? { ok: false };
  return {
    call: (operation, _args, shape) => Promise.resolve(shape.parse(answer(operation.name))),
    rest: (operation, _call, shape) => Promise.resolve(shape.parse(answer(operation.name))),
  };
};

export const ACCESS = {
  user_id: 'U0DANA01',
  username: 'dana',
  date_first: 1773136800,
  date_last: 1773136900,
  count: 3,
  ip: '203.0.113.9',
  user_agent: 'example',
  isp: 'Example Hosting',
  country: 'DE',
  region: 'BE',
};
export const INTEGRATION = {
  user_id: 'U0DANA01',
  user_name: 'dana',
  date: '1773136800',
  change_type: 'added',
  app_id: 'A0THIEF01',
  app_type: 'Chat Backup',
  scope: 'channels:history,files:read',
};
const CLIENT = {
  device_hardware: 'MacBookPro18,1',
  os: 'macOS',
  os_version: '15',
  slack_client_version: '25.10.40',
  ip: '203.0.113.9',
};
export const SESSION = {
  user_id: 'U0DANA01',
  team_id: 'T1EXAMPLE',
  session_id: 913888259765,
  created: CLIENT,
  recent: CLIENT,
};
export const NETWORKS = { trusted_cidr: ['192.0.2.0/24', '198.51.100.0/24'], trusted_asns: [64500] };
export const FILE = {
  id: 'F0EXAMPLE',
  name: 'payroll.xlsx',
  title: 'payroll',
  user: 'U0DANA01',
  created: 1773136800,
  size: 9000,
  public_url_shared: true,
  permalink_public: 'https://files.example.com/F0EXAMPLE',
  channels: ['C0EXAMPLE'],
  groups: [],
  ims: [],
};
export const ENTRY = {
  id: '0123abcd-0000-4000-8000-000000000001',
  date_create: 1773136800,
  action: 'file_shared',
  actor: { type: 'user', user: { id: 'U0DANA01', name: 'Dana', email: 'dana@example.com', team: 'T1EXAMPLE' } },
  entity: { type: 'file', file: { id: 'F0EXAMPLE', name: 'payroll.xlsx', title: 'payroll', filetype: 'xlsx' } },
  context: {
    location: { type: 'workspace', id: 'T1EXAMPLE', name: 'Example', domain: 'example' },
    ua: 'example',
    ip_address: '203.0.113.9',
    session_id: 913888259765,
    app: { id: 'A0THIEF01', name: 'Chat Backup', scopes: ['channels:history'], scopes_bot: [] },
  },
  details: { shared_with: [{ channel_id: 'C0EXAMPLE', is_shared: true }] },
};
export const ANOMALY = {
  ...ENTRY,
  id: '0123abcd-0000-4000-8000-000000000002',
  action: 'anomaly',
  entity: { type: 'user', user: { id: 'U0DANA01', name: 'Dana' } },
  details: {
    reason: ['asn', 'ip_address'],
    ip_address_details: ['new-asn'],
    previous_ip_address: '198.51.100.7',
    previous_ua: 'before',
    action_timestamp: 1773136799000000,
  },
};
export const MESSAGE = {
  type: 'message',
  user: 'U0DANA01',
  ts: '1773136800.000100',
  text: 'see <https://files.example.com/a|this>',
  thread_ts: '1773136800.000100',
  reply_count: 2,
  reply_users: ['U0KIM001'],
  reply_users_count: 1,
  edited: { user: 'U0DANA01', ts: '1773136801.000000' },
  files: [{ id: 'F0EXAMPLE', name: 'payroll.xlsx', title: 'payroll', size: 9000 }],
  blocks: [
    {
      type: 'rich_text',
      elements: [
        {
          type: 'rich_text_section',
          elements: [
            { type: 'text', text: 'see ' },
            { type: 'link', url: 'https://files.example.com/a', text: 'this' },
          ],
        },
      ],
    },
  ],
  attachments: [{ id: 1, fallback: 'deploy', title: 'open', title_link: 'https://files.example.com/b', fields: [] }],
};
export const USER = {
  id: 'U0DANA01',
  team_id: 'T1EXAMPLE',
  name: 'dana',
  deleted: false,
  is_admin: true,
  is_owner: false,
  is_bot: false,
  is_restricted: false,
  is_stranger: false,
  tz: 'Europe/Berlin',
  enterprise_user: {
    id: 'U0DANA01',
    enterprise_id: 'E0EXAMPLE',
    is_admin: false,
    is_owner: false,
    teams: ['T1EXAMPLE'],
  },
  profile: { real_name: 'Dana', email: 'dana@example.com', phone: '' },
};
export const PLACE = { id: 'C0EXAMPLE', name: 'help', private: false, external: false };
