import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { level } from '../../../platforms/google/access-levels.js';
import { deviceUser } from '../../../platforms/google/acts/block-devices.js';
import { hold, matter } from '../../../platforms/google/acts/hold-data.js';
import { file as ownFile } from '../../../platforms/google/acts/remove-file.js';
import { permissionsPage } from '../../../platforms/google/acts/revoke-share.js';
import { aspList } from '../../../platforms/google/app-passwords.js';
import { codeList } from '../../../platforms/google/backup-codes.js';
import { usersPage } from '../../../platforms/google/directory.js';
import { FIELDS } from '../../../platforms/google/fields.js';
import { tokenList } from '../../../platforms/google/grants.js';
import { MAIL_ACCESS_SHAPES } from '../../../platforms/google/mail-access.js';
import { filterShape as ownFilter } from '../../../platforms/google/mail-filters.js';
import { ownForwarding } from '../../../platforms/google/mail-forwarding.js';
import { METHODS } from '../../../platforms/google/methods.js';
import { googleUser } from '../../../platforms/google/people.js';
import { file as linkedFile } from '../../../platforms/google/resolve/link.js';
import { activitiesPage, activityShape } from '../../../platforms/google/sources/activity.js';
import { alertShape, alertsPage } from '../../../platforms/google/sources/alerts.js';
import { messageShape, spaceShape } from '../../../platforms/google/sources/chat-message.js';
import { fileShape, filesPage } from '../../../platforms/google/sources/files.js';
import { messagesPage, spacesPage } from '../../../platforms/google/sources/messages.js';
import {
  filterShape,
  filtersPage,
  forwardingShape,
  mailShape,
  mailsPage,
} from '../../../platforms/google/sources/notices.js';
import { parameterShape } from '../../../platforms/google/sources/parameters.js';
import { fieldsOf } from '../../support/shape-fields.js';

/** The shapes that read the answer of a call, and those that read the rows of its lists. */
interface Reads {
  readonly whole?: readonly z.ZodType[];
  readonly rows?: Readonly<Record<string, readonly z.ZodType[]>>;
}
const READS: Readonly<Record<string, Reads>> = {
  'directory.users.get': { whole: [googleUser] },
  'directory.users.list': { whole: [usersPage], rows: { users: [googleUser] } },
  'directory.tokens.list': { whole: [tokenList] },
  'directory.asps.list': { whole: [aspList] },
  'directory.verificationCodes.list': { whole: [codeList] },
  'reports.activities.list': {
    whole: [activitiesPage],
    rows: { items: [activityShape], 'items[].events[].parameters': [parameterShape] },
  },
  'alertcenter.alerts.list': { whole: [alertsPage], rows: { alerts: [alertShape] } },
  'gmail.users.messages.list': { whole: [mailsPage], rows: { messages: [z.looseObject({ id: z.string() })] } },
  'gmail.users.messages.get': { whole: [mailShape] },
  'gmail.users.settings.filters.list': { whole: [filtersPage], rows: { filter: [filterShape] } },
  'gmail.users.settings.filters.get': { whole: [ownFilter] },
  'gmail.users.settings.getAutoForwarding': { whole: [forwardingShape, ownForwarding] },
  'gmail.users.settings.delegates.list': { rows: { delegates: [MAIL_ACCESS_SHAPES.delegates] } },
  'gmail.users.settings.sendAs.list': { rows: { sendAs: [MAIL_ACCESS_SHAPES.sendAs] } },
  'gmail.users.settings.forwardingAddresses.list': {
    rows: { forwardingAddresses: [MAIL_ACCESS_SHAPES.forwardingAddresses] },
  },
  'drive.files.list': { whole: [filesPage], rows: { files: [fileShape] } },
  'drive.files.get': { whole: [linkedFile, ownFile] },
  'drive.permissions.list': { whole: [permissionsPage] },
  'chat.spaces.list': { whole: [spacesPage], rows: { spaces: [spaceShape] } },
  'chat.spaces.messages.list': { whole: [messagesPage], rows: { messages: [messageShape] } },
  'chat.spaces.findDirectMessage': { whole: [z.looseObject({ name: z.string() })] },
  'chat.spaces.messages.get': { whole: [z.looseObject({ name: z.string() })] },
  'cloudidentity.devices.deviceUsers.list': { rows: { deviceUsers: [deviceUser] } },
  'accesscontextmanager.accessPolicies.accessLevels.list': { rows: { accessLevels: [level] } },
  'vault.matters.list': { rows: { matters: [matter] } },
  'vault.matters.holds.list': { rows: { holds: [hold] } },
};
/** Lists that are read page by page by a shape written where it is used. */
const PAGED = ['cloudidentity.devices.deviceUsers.list', 'accesscontextmanager.accessPolicies.accessLevels.list'];
const MORE_PAGED = ['vault.matters.list', 'vault.matters.holds.list'];
/** A parameter may hold parameters: named once. */
const OPAQUE = ['messageValue', 'multiMessageValue[]'];

function fieldsRead(operation: string): readonly string[] {
  const { whole = [], rows = {} } = READS[operation] ?? {};
  const lists = Object.keys(rows).map((list) => `${list}[]`);
  const found = [
    ...whole.flatMap((shape) => fieldsOf(shape, OPAQUE)).filter((path) => !lists.includes(path)),
    ...Object.entries(rows).flatMap(([list, shapes]) =>
      shapes.flatMap((shape) => fieldsOf(shape, OPAQUE)).map((path) => `${list}[].${path}`),
    ),
    ...([...PAGED, ...MORE_PAGED].includes(operation) ? ['nextPageToken'] : []),
  ];
  // An activity is parsed with one of its events at a time.
  return [...new Set(found.map((path) => path.replace('items[].events.', 'items[].events[].')))].sort();
}

describe('the fields that are read', () => {
  const reading = [...new Set(Object.values(METHODS).flatMap((m) => (m.writes ? [] : [m.name])))].sort();

  it('are told of every call that reads, and of no other', () => {
    expect(Object.keys(FIELDS).sort()).toEqual(reading);
    expect(Object.keys(READS).sort()).toEqual(reading);
  });

  it.each(reading)('of %s are those of the shapes', (operation) => {
    expect(Object.keys(FIELDS[operation] ?? {}).sort()).toEqual(fieldsRead(operation));
    for (const words of Object.values(FIELDS[operation] ?? {})) expect(words).toMatch(/\w{3}/);
  });
});

it('a shape’s fields are found however it is made', () => {
  const inner = z.looseObject({ a: z.string(), b: z.array(z.number()).nullish() });
  const shape = z.looseObject({
    x: inner.optional(),
    list: z.array(inner),
    flag: z.boolean().catch(false),
    any: z.unknown(),
  });
  expect(fieldsOf(shape)).toEqual(['any', 'flag', 'list[].a', 'list[].b[]', 'x.a', 'x.b[]']);
});
