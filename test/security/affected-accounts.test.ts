import { describe, expect, test } from 'vitest';
import type { Platform } from '../../simulator/core/platforms.js';
import { AUTO_FORWARDING } from '../../platforms/google/mail-forwarding.js';
import type { Scenario } from '../../simulator/core/scenario.js';
import { fileId } from '../../simulator/google/rows.js';
import { deviceId, guid } from '../../simulator/microsoft/rows.js';
import { itemId } from '../../simulator/microsoft/state.js';
import { protectGlass, useAttack, whyOf, withPeople, type StepSpec } from './support/attack.js';

/**
 * What a write affects decides, not what the plan names: a thing of a protected account is reached by way of somebody else's file, of a rule,
 * an app, a device. Every plan is signed by the analysis role and approved by two leads.
 */
const PLATFORMS: readonly Platform[] = ['microsoft', 'slack', 'google'];
const rowsFor = (who: string): Scenario['rows'] =>
  [
    { tenant: 'microsoft', type: 'file', user: `@${who}`, by: '@tom', name: `${who}.docx`, shared: 'external' },
    { tenant: 'microsoft', type: 'grant', user: `@${who}`, app: 'app:leech', scopes: ['Mail.Read'] },
    { tenant: 'microsoft', type: 'device', device: `${who}-laptop`, user: `@${who}`, name: who },
    { tenant: 'slack', type: 'file', name: `${who}.zip`, owner: `@${who}`, public: true },
    { tenant: 'google', type: 'file', user: `@${who}`, name: `${who}.txt`, shared: 'anyone', editors: ['@tom'] },
  ].map((row) => ({ at: '-PT1H', repeat: 1, every: 'PT30S', decisive: false, ...row })) as unknown as Scenario['rows'];

const attack = useAttack({
  scenario: 'silent-subject',
  without: ['evidence', 'analysis', 'people', 'records', 'console', 'intake'],
  change: (scenario) => {
    const all = withPeople(scenario);
    const app = (platform: Platform) => ({ name: 'Leech', platform, scopes: ['Mail.Read'] });
    return {
      ...all,
      people: { ...all.people, ivy: { ...all.people['ivy']!, admin: false } }, // root is the last administrator
      apps: { leech: app('microsoft'), 'slack-leech': app('slack') },
      rows: [
        ...all.rows,
        ...['glass', 'vera'].flatMap(rowsFor),
        ...(['glass', 'tom'].map((who) => ({
          ...{ tenant: 'slack', type: 'integration', at: '-PT1H', repeat: 1, every: 'PT30S', decisive: false },
          ...{ user: `@${who}`, app: 'app:slack-leech', change: who === 'glass' ? 'added' : 'expanded' },
        })) as unknown as Scenario['rows']),
      ],
    };
  },
  configure: protectGlass,
});

/** Ways to an account by what it has. */
function waysTo(who: string, rule?: string): Readonly<Record<string, StepSpec>> {
  const { on } = attack;
  const [ms, slack, google] = PLATFORMS.map((p) => on.id(p, who)) as [string, string, string];
  const tom = (p: Platform): string => on.id(p, 'tom');
  const slackFile = on.house.slack.state.files.find((f) => f.name === `${who}.zip`)!.id;
  const drive = guid(`drive:${ms}`).replaceAll('-', '');
  const ways: Record<string, Omit<StepSpec, 'rule'>> = {
    ...Object.fromEntries(
      PLATFORMS.flatMap((platform) => {
        const accountId = on.id(platform, who);
        return [
          [`${platform}: account`, { platform, kind: 'disable_account', target: { type: 'account', accountId } }],
          [
            `${platform}: sessions`,
            { platform, kind: 'end_sessions', target: { type: 'sessions', accountId, sessionIds: ['s-1'] } },
          ],
        ] as [string, StepSpec][];
      }),
    ),
    'microsoft: its file, shared by another': {
      kind: 'revoke_share',
      target: {
        type: 'link',
        fileId: `drives/b!${drive}/items/${itemId(ms, `${who}.docx`)}`,
        accountId: tom('microsoft'),
      },
    },
    'microsoft: mail rule': {
      kind: 'remove_mail_rule',
      target: { type: 'mail_rule', ruleId: 'AQAAAJ5dZqA=', accountId: ms },
    },
    'microsoft: factor': {
      kind: 'remove_auth_method',
      target: { type: 'auth_method', methodId: 'phoneMethods/3179e48a-750b-4051-897c-87b9720928f7', accountId: ms },
    },
    'microsoft: grant': {
      kind: 'revoke_tokens',
      target: { type: 'grant', appId: on.house.world.appId('leech'), accountId: ms },
    },
    'microsoft: an app that it uses, by another': {
      kind: 'remove_app',
      target: { type: 'app', appId: on.house.world.appId('leech'), accountId: tom('microsoft') },
    },
    'microsoft: device': {
      kind: 'quarantine_device',
      target: { type: 'device', deviceId: deviceId(`${who}-laptop`), sessionIds: [] },
    },
    'slack: its file, shared by another': {
      platform: 'slack',
      kind: 'revoke_share',
      target: { type: 'link', fileId: slackFile, accountId: tom('slack') },
    },
    'slack: its own file': {
      platform: 'slack',
      kind: 'remove_file',
      target: { type: 'link', fileId: slackFile, accountId: slack },
    },
    'google: its file, shared by another': {
      platform: 'google',
      kind: 'revoke_share',
      target: { type: 'link', fileId: fileId(google, `${who}.txt`), accountId: tom('google') },
    },
    'google: mail rule': {
      platform: 'google',
      kind: 'remove_mail_rule',
      target: { type: 'mail_rule', ruleId: AUTO_FORWARDING, accountId: google },
    },
    'google: grant': {
      platform: 'google',
      kind: 'revoke_tokens',
      target: { type: 'grant', appId: '1.apps.googleusercontent.com', accountId: google },
    },
    ...(who === 'glass'
      ? {
          'slack: an app that it uses, by another': {
            platform: 'slack' as const,
            kind: 'remove_app' as const,
            target: { type: 'app' as const, appId: on.house.world.appId('slack-leech'), accountId: tom('slack') },
          },
        }
      : {}),
  };
  return Object.fromEntries(
    Object.entries(ways).map(([what, spec]) => [what, rule === undefined ? spec : { ...spec, rule }]),
  );
}

async function endsOf(
  ways: Readonly<Record<string, StepSpec>>,
  by?: readonly string[],
): Promise<Record<string, string>> {
  const ends: Record<string, string> = {};
  for (const [what, spec] of Object.entries(ways)) ends[what] = whyOf(await attack.on.approved(spec, by));
  return ends;
}
const all = (ways: object, end: string): object => Object.fromEntries(Object.keys(ways).map((what) => [what, end]));

test('nothing of the emergency account is touched, whatever it is reached by', async () => {
  const ways = waysTo('glass');
  const written = await attack.on.written(async () => {
    expect(await endsOf(ways)).toEqual(all(ways, 'PROTECTED break_glass'));
  });
  expect(written).toEqual([]);
});

test('what touches a VIP asks for the VIP rule, whatever it is reached by', async () => {
  const ways = waysTo('vera', 'one_responder');
  const written = await attack.on.written(async () => {
    const ends = await endsOf(ways);
    const lax = 'NOT_AUTHORISED the plan names a laxer approval rule than this worker requires';
    // An app is taken from all who use it: the emergency account is among them.
    const app = 'microsoft: an app that it uses, by another';
    expect(ends).toEqual({ ...all(ways, lax), [app]: 'PROTECTED break_glass' });
  });
  expect(written).toEqual([]);
});

describe('facts that the vendor tells', () => {
  test('the last administrator stays', async () => {
    const { on } = attack;
    const { members } = on.house.slack.state;
    const others = members.filter((m) => m.admin && m.key !== 'root' && m.active);
    for (const member of others) member.active = false; // Slack's service account is an owner too
    const written = await on.written(async () => {
      for (const platform of PLATFORMS) {
        const target = { type: 'account', accountId: on.id(platform, 'root') } as const;
        const answer = await on.approved({ platform, kind: 'disable_account', target });
        expect([platform, whyOf(answer)]).toEqual([platform, 'PROTECTED last_admin']);
      }
    });
    for (const member of others) member.active = true;
    expect(written).toEqual([]);
  });

  test('our own apps and accounts stay', async () => {
    const { on } = attack;
    const own = on.house.slack.state;
    const accountId = on.id('microsoft', 'tom');
    const appIds = ['evidence', 'containment', 'people'].map((role) => guid(`registration:${role}`));
    const written = await on.written(async () => {
      for (const appId of appIds)
        for (const target of [
          { kind: 'remove_app', target: { type: 'app', appId, accountId } },
          { kind: 'revoke_tokens', target: { type: 'grant', appId: appId.toUpperCase(), accountId } },
        ] as const)
          expect(whyOf(await on.approved(target))).toMatch(/^(PROTECTED own_app|UNRESOLVED .*)$/);
      const slackApp = { type: 'app', appId: own.own.appId, accountId: on.id('slack', 'tom') } as const;
      expect(whyOf(await on.approved({ platform: 'slack', kind: 'remove_app', target: slackApp }))).toBe(
        'PROTECTED own_app',
      );
      for (const member of [own.service, own.bot])
        expect(
          whyOf(
            await on.approved({
              ...{ platform: 'slack', kind: 'disable_account' },
              target: { type: 'account', accountId: member.id },
            }),
          ),
        ).toBe('PROTECTED own_app');
    });
    expect(written).toEqual([]);
  });
});

test('nobody decides about an account of their own, nor about what it has', async () => {
  const { on } = attack;
  const own: StepSpec = {
    kind: 'revoke_tokens',
    target: { type: 'grant', appId: on.house.world.appId('leech'), accountId: on.id('microsoft', 'deb') },
  };
  const spelled: StepSpec = {
    kind: 'disable_account',
    target: { type: 'account', accountId: 'DEB@example.com' },
  };
  const written = await on.written(async () => {
    for (const spec of [own, spelled])
      for (const by of [
        ['deb', 'ann'],
        ['ben', 'deb'],
      ])
        expect(whyOf(await on.approved(spec, by))).toBe('NOT_AUTHORISED 1 of 2 decisions count');
  });
  expect(written).toEqual([]);
  // Two others may: it is the approver's word on their own account alone that does not count.
  const done = await on.written(async () => expect(whyOf(await on.approved(spelled, ['ann', 'ben']))).toBe('done'));
  expect(done.map((w) => w.targetId)).toEqual([on.id('microsoft', 'deb')]);
});
