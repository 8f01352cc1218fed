import { describe, expect, it } from 'vitest';
import type { z } from 'zod';
import { FIELDS } from '../../../platforms/slack/fields.js';
import { OPERATIONS, type SlackOperation } from '../../../platforms/slack/methods.js';
import { login } from '../../../platforms/slack/sources/access-logs.js';
import { auditContext, auditEntity, auditEntry } from '../../../platforms/slack/sources/audit-entry.js';
import { file } from '../../../platforms/slack/sources/files.js';
import { integrationLog } from '../../../platforms/slack/sources/integration-logs.js';
import { message } from '../../../platforms/slack/sources/message.js';
import { attachment } from '../../../platforms/slack/sources/message-words.js';
import { conversation } from '../../../platforms/slack/sources/outside.js';
import { session } from '../../../platforms/slack/sources/sessions.js';
import { trustedNetworks } from '../../../platforms/slack/sources/trusted-networks.js';
import { slackUser, userProfile } from '../../../platforms/slack/user.js';

describe('the fields that are read', () => {
  it('are told of every operation by which the evidence role reads rows', () => {
    const reads = (Object.values(OPERATIONS) as readonly SlackOperation[]).filter(
      (o) => !o.writes && o.roles.includes('evidence'),
    );
    expect(Object.keys(FIELDS).sort()).toEqual([...new Set(reads.map((o) => o.name))].sort());
  });

  it.each([
    ['team.accessLogs', '', login],
    ['team.integrationLogs', '', integrationLog],
    ['audit.logs', '', auditEntry],
    ['audit.logs', 'entity.', auditEntity],
    ['audit.logs', 'context.', auditContext],
    ['admin.users.session.list', '', session],
    ['admin.audit.anomaly.allow.getItem', '', trustedNetworks],
    ['users.info', '', slackUser],
    ['users.list', 'profile.', userProfile],
    ['conversations.history', '', message],
    ['conversations.replies', 'attachments.', attachment],
    ['conversations.info', '', conversation],
    ['files.list', '', file],
  ] as readonly (readonly [string, string, z.ZodObject])[])(
    'of %s %s are those of its shape, each with a word',
    (operation, inside, shape) => {
      const fields = Object.entries(FIELDS[operation] ?? {})
        .filter(([name]) => name.startsWith(inside))
        .map(([name, words]) => [name.slice(inside.length), words] as const)
        .filter(([name]) => !name.includes('.'));
      expect(fields.map(([name]) => name).sort()).toEqual(Object.keys(shape.shape).sort());
      expect(fields.filter(([, words]) => words.length < 3)).toEqual([]);
    },
  );
});
