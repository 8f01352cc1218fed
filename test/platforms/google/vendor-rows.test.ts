import { describe, expect, it } from 'vitest';
import { LABELS } from '../../../domain/evidence.js';
import {
  CHAT_EVENTS,
  DRIVE_EVENTS,
  LOGIN_EVENTS,
  RULE_EVENTS,
  TAKEOUT_EVENTS,
  TOKEN_EVENTS,
  UNREAD_LOGS,
} from '../../../platforms/google/sources/events.js';
import { namedParameter, Said } from '../../../platforms/google/sources/parameters.js';
import { someList } from '../../../platforms/kit/rows.js';
import { activity, DANA, LOGS, MAX, OWN_CLIENT, parametersOf, readLog, readOne, type LogName } from './rows.js';

const FILE = { primary_event: true, doc_id: 'doc-1', doc_title: 'payroll 2026' };
const download = (more: Readonly<Record<string, unknown>>) =>
  readOne('drive', activity('drive', 'download', FILE, more));

describe('where a row came from', () => {
  it.each([
    ['', undefined],
    [null, undefined],
    ['127.0.0.1', undefined],
    ['10.1.2.3', undefined],
    ['2001:DB8:0:0:0:0:0:1', '2001:db8::1'],
    ['2001:0db8:0000:0000:0000:0000:0000:0001', '2001:db8::1'],
    ['::ffff:203.0.113.9', '203.0.113.9'],
    [' 203.0.113.9 ', '203.0.113.9'],
  ])('address %j is %j', (ipAddress, ip) => {
    expect(download({ ipAddress })?.ip).toBe(ip);
  });

  it('an address that is none is told beside the row', () => {
    expect(readLog('drive', [activity('drive', 'download', FILE, { ipAddress: 'proxy-7' })])).toMatchObject({
      values: [{ target: { id: 'doc-1' } }],
      odd: [{ field: 'ipAddress', value: 'proxy-7' }],
    });
  });

  it.each([
    [{ ipAsn: [64500, 64501], regionCode: 'DE' }, 64500, 'DE'],
    [{ ipAsn: '64500', regionCode: 'de' }, 64500, 'DE'],
    [{ ipAsn: 64500, subdivisionCode: 'DE-BE' }, 64500, 'DE'],
    [{ ipAsn: [0], regionCode: 'ZZ' }, undefined, undefined],
    [{ ipAsn: [null], regionCode: '' }, undefined, undefined],
    [undefined, undefined, undefined],
  ])('network %j is AS %s in %s', (networkInfo, asn, country) => {
    const read = download({ networkInfo });
    expect([read?.asn, read?.country]).toEqual([asn, country]);
  });
});

describe('who acted', () => {
  it.each([
    ['a person by id', { callerType: 'USER', profileId: MAX }, MAX, undefined],
    [
      'the person by address, where the row has no id',
      { callerType: 'USER', email: 'Dana@Example.com' },
      DANA,
      undefined,
    ],
    [
      'somebody outside by address',
      { callerType: 'USER', email: 'kim@example.net', profileId: '' },
      'kim@example.net',
      undefined,
    ],
    [
      'nobody: the placeholder of the anonymous',
      { callerType: 'USER', profileId: '105250506097979753968' },
      undefined,
      undefined,
    ],
    ['nobody: the service itself', { callerType: 'KEY', key: 'SYSTEM' }, undefined, { id: 'SYSTEM' }],
    [
      'no person: a robot with a key',
      { callerType: 'KEY', key: 'robot-1', profileId: DANA },
      undefined,
      { id: 'robot-1' },
    ],
    ['nobody, where the row is silent', undefined, undefined, undefined],
  ])('is %s', (_, actor, who, app) => {
    const read = download({ actor });
    expect([read?.kind, read?.actor, read?.app]).toEqual(['file_download', who, app]);
  });

  it('is the app where an app acts for people by domain-wide delegation', () => {
    const applicationInfo = { oauthClientId: '77', applicationName: 'Sync', impersonation: true };
    expect(download({ actor: { callerType: 'USER', profileId: DANA, applicationInfo } })).toMatchObject({
      actor: DANA,
      app: { id: '77', name: 'Sync' },
    });
  });

  it('is not Quell: by its client, in a parameter too, and by its service account', () => {
    const own = { callerType: 'USER', profileId: DANA, applicationInfo: { oauthClientId: OWN_CLIENT } };
    expect(download({ actor: own })).toBeUndefined();
    expect(download({ actor: { email: 'Evidence@quell-example.iam.gserviceaccount.com' } })).toBeUndefined();
    expect(readOne('token', activity('token', 'activity', { client_id: OWN_CLIENT }))).toBeUndefined();
    expect(readOne('token', activity('token', 'activity', { client_id: '77' }))).toBeDefined();
  });

  it('in the admin log: a password that Quell set is no finding, one that another client set as the same administrator is', () => {
    const reset = (oauthClientId?: string) =>
      readOne(
        'admin',
        activity(
          'admin',
          'CHANGE_PASSWORD',
          { USER_EMAIL: 'Dana@example.com' },
          { actor: { email: 'quell-admin@example.com', profileId: '9', applicationInfo: { oauthClientId } } },
        ),
      );
    expect([reset(OWN_CLIENT), reset('77'), reset()].map((e) => e?.kind)).toEqual([
      'account_change',
      'credential_change',
      'account_change',
    ]);
    expect(reset('77')?.target).toEqual({ type: 'user', id: DANA });
  });
});

describe('a parameter', () => {
  const said = (parameters: unknown) => new Said(someList(namedParameter).parse(parameters));

  it.each([
    [{ value: 'a' }, 'a', ['a']],
    [{ multiValue: ['a', null, 'b'] }, 'a', ['a', 'b']],
    [{ multiValue: 'a' }, 'a', ['a']],
    [{ intValue: '12' }, '12', ['12']],
    [{ multiIntValue: ['12', 13] }, '12', ['12', '13']],
    [{ value: '', multiValue: null }, undefined, []],
    [{ value: { no: 'text' } }, undefined, []],
  ])('%j reads as text and list', (p, text, list) => {
    expect([said([{ name: 'x', ...p }]).text('x'), said([{ name: 'x', ...p }]).list('x')]).toEqual([text, list]);
  });

  it('reads flags, numbers and instants however they are written', () => {
    const read = said([
      { name: 'a', boolValue: 'true' },
      { name: 'b', value: 'false' },
      { name: 'c', multiBoolValue: [true] },
      { name: 'n', intValue: '1773136800000000' },
      { name: 'm', value: '12,345' },
      { name: 't', value: '2026-03-10T10:00:00Z' },
    ]);
    expect([read.flag('a'), read.flag('b'), read.flag('c'), read.flag('z')]).toEqual([true, false, true, undefined]);
    expect([read.number('n'), read.number('m')]).toEqual([1773136800000000, 12345]);
    expect([read.instant('n'), read.instant('t')]).toEqual(['2026-03-10T10:00:00.000Z', '2026-03-10T10:00:00.000Z']);
  });

  it('reads messages in it, one or several', () => {
    const inner = { parameter: [{ name: 'scope_name', value: 'openid' }] };
    const read = said([
      { name: 'one', messageValue: inner },
      { name: 'many', multiMessageValue: [inner, null, { parameter: [] }] },
    ]);
    expect(read.inside('one').map((s) => s.text('scope_name'))).toEqual(['openid']);
    expect(read.inside('many').map((s) => s.text('scope_name'))).toEqual(['openid', undefined]);
    expect(read.inside('none')).toEqual([]);
  });

  it('of a grant tells the scopes also where they stand in messages alone', () => {
    const grant = {
      client_id: '77',
      scope_data: [
        ['scope_name', 'openid'],
        ['scope_name', 'email'],
      ],
    } as const;
    expect(readOne('token', activity('token', 'authorize', grant))?.app?.scopes).toEqual(['openid', 'email']);
  });

  it('that is odd costs itself: the row is read without it', () => {
    const events = [
      { type: 'access', name: 'download', parameters: [...parametersOf(FILE), { name: 'x', multiValue: [null] }] },
    ];
    const [good, odd] = [activity('drive', 'download', { doc_id: 'doc-0' }), activity('drive', '', {}, { events })];
    expect(readLog('drive', [good, odd])).toMatchObject({
      read: 2,
      values: [{ target: { id: 'doc-0' } }, { target: { id: 'doc-1', name: 'payroll 2026' } }],
      odd: [],
    });
  });
});

describe('every event of the tables', () => {
  const TABLES = {
    login: LOGIN_EVENTS,
    drive: DRIVE_EVENTS,
    chat: CHAT_EVENTS,
    token: TOKEN_EVENTS,
    takeout: TAKEOUT_EVENTS,
    rules: RULE_EVENTS,
  } as const satisfies Partial<Record<LogName, object>>;
  /** Enough of each kind of parameter for any event to mean something. */
  const ALL = {
    ...{ ...FILE, target_user: 'kim@example.net', target: 'kim@example.net', new_owner: 'kim@example.net' },
    ...{ new_value: ['can_view'], old_value: ['none'], visibility: 'people_with_link', visibility_change: 'external' },
    ...{ room_id: 'AAA', message_id: 'spaces/AAA/messages/B', app_id: 'a-1', client_id: '77' },
    ...{ login_challenge_status: 'Challenge Failed.', affected_email_address: 'no-reply@accounts.google.com' },
  };

  it.each(
    Object.entries(TABLES).flatMap(([log, table]) =>
      Object.entries(table).map(([name, meaning]) => [log as LogName, name, typeof meaning === 'string'] as const),
    ),
  )('%s %s: says something: %s', (log, name, isRead) => {
    const { read, values, odd } = readLog(log, [activity(log, name, ALL)]);
    expect([read, values.length, odd]).toEqual([1, isRead ? 1 : 0, []]);
  });

  it('has a reason for each that is left out', () => {
    for (const table of Object.values(TABLES))
      for (const meaning of Object.values(table)) if (typeof meaning === 'object') expect(meaning.not).toMatch(/\w{4}/);
  });
});

it('a log is read, or it is said why not', () => {
  for (const [log, why] of Object.entries(UNREAD_LOGS)) {
    expect(Object.keys(LOGS)).not.toContain(log);
    expect(why).toMatch(/\w{4}/);
  }
});

describe('a rule', () => {
  const rule = (name: string, parameters = {}, more = {}) =>
    readOne('rules', activity('rules', name, { rule_name: 'Card numbers', rule_id: 'r-1', ...parameters }, more));

  it('whose action was carried out is an alert with rule, resource and what was done', () => {
    expect(
      rule('action_complete', {
        ...{ resource_id: 'doc-1', resource_title: 'payroll 2026', severity: 'HIGH' },
        ...{ triggered_actions: ['DRIVE_BLOCK_EXTERNAL_SHARING'], suppressed_actions: ['ALERT'] },
      }),
    ).toMatchObject({
      ...{ kind: 'platform_alert', operation: 'action_complete', risk: 'high', actor: DANA, ip: '203.0.113.9' },
      labels: ['high', 'rule:Card numbers'],
      reasons: ['action_complete', 'drive_block_external_sharing', 'suppressed:alert'],
      target: { type: 'file', id: 'doc-1', name: 'payroll 2026' },
    });
  });

  it('comes from the address of who set it off; without a thing the rule itself is the target', () => {
    expect(rule('label_applied', { actor_ip_address: '203.0.113.7' }, { ipAddress: '198.51.100.1' })).toMatchObject({
      ip: '203.0.113.7',
      target: { type: 'setting', id: 'r-1', name: 'Card numbers' },
    });
    expect(rule('sharing_blocked')?.outcome).toBe('blocked');
  });
});

describe('the admin log', () => {
  it.each(['DOWNLOAD_USERLIST_CSV', 'SECURITY_INVESTIGATION_EXPORT_QUERY'])('%s takes data out', (name) => {
    expect(readOne('admin', activity('admin', name))).toMatchObject({ kind: 'export', target: { type: 'export' } });
  });

  it('names another account in its one form', () => {
    const given = activity('admin', 'ASSIGN_ROLE', { USER_EMAIL: 'Max@Example.com', ROLE_NAME: 'x' });
    expect(readOne('admin', given)?.target).toEqual({ type: 'user', id: 'max@example.com' });
  });
});

describe('a sign-in log', () => {
  it.each([
    ['Challenge Failed.', 'sign_in_failed'],
    ['incorrect_answer_entered', 'sign_in_failed'],
    ['Challenge Passed.', undefined],
    ['', 'sign_in_stopped'],
  ])('of a challenge %j is %s', (login_challenge_status, kind) => {
    expect(readOne('login', activity('login', 'login_challenge', { login_challenge_status }))?.kind).toBe(kind);
  });

  it.each([
    [['google_prompt'], 'Challenge Failed.', 'sign_in_failed', ['knows_first']],
    [['password'], 'Challenge Failed.', 'sign_in_failed', undefined],
    [['password', 'google_prompt'], '', 'sign_in_stopped', undefined],
    [['password', 'google_prompt'], 'passed', undefined, undefined],
    [['password'], 'passed', 'sign_in_stopped', undefined],
    [['password'], '', undefined, undefined],
    [['captcha'], 'passed', undefined, undefined],
  ])(
    'that asked for %j and says %j is %s: the password was right, or it says nothing',
    (login_challenge_method, login_challenge_status, kind, labels) => {
      for (const name of ['login_challenge', 'login_verification']) {
        const read = readOne('login', activity('login', name, { login_challenge_method, login_challenge_status }));
        expect([read?.kind, read?.labels]).toEqual([kind, labels]);
      }
    },
  );

  it('goes by the event’s name before its type: a sign-in is no warning', () => {
    const warned = activity('login', 'login_success', {}, { type: 'account_warning' });
    expect(readOne('login', warned)?.kind).toBe('sign_in');
    const unknown = activity('login', 'account_disabled_of_tomorrow', {}, { type: 'account_warning' });
    expect(readOne('login', unknown)).toMatchObject({ kind: 'platform_alert', actor: DANA });
  });

  it('a warning is about the person, whoever raised it', () => {
    const raised = activity('login', 'suspicious_login', {}, { actor: { callerType: 'KEY', key: 'SYSTEM' } });
    const read = readOne('login', raised);
    expect([read?.kind, read?.actor, read?.app]).toEqual(['platform_alert', DANA, undefined]);
  });

  it('names single sign-on, and no strength with it', () => {
    expect(readOne('login', activity('login', 'login_success', { login_type: 'saml' }))?.labels).toEqual([LABELS.sso]);
  });
});

describe('a room of Chat', () => {
  it.each([
    ['ENABLED', true],
    ['enabled', true],
    [true, true],
    ['true', true],
    ['DISABLED', undefined],
    [false, undefined],
  ])('with external_room %j reaches outside: %s', (external_room, external) => {
    const posted = activity('chat', 'message_posted', { room_id: 'AAA', external_room });
    expect(readOne('chat', posted)?.channel?.external).toBe(external);
  });

  it('that lets somebody from outside in says whom', () => {
    const let_ = (target_users: readonly string[]) =>
      readOne('chat', activity('chat', 'add_room_member', { room_id: 'AAA', target_users }))?.externalRecipients;
    expect(let_(['Kim@Example.net', 'max@example.com', 'eva@xn--bcher-kva.example'])).toEqual(['kim@example.net']);
    expect(let_(['max@example.com'])).toBeUndefined();
  });
});
