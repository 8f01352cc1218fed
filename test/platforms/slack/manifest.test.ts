import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { VENDOR_ROLES } from '../../../platforms/operation.js';
import { slackManifest } from '../../../platforms/slack/manifest.js';
import { OPERATIONS, scopesOf, type SlackOperation } from '../../../platforms/slack/methods.js';

interface App {
  readonly display_information: { readonly name: string; readonly description: string };
  readonly features?: { readonly bot_user: { readonly display_name: string } };
  readonly oauth_config: { readonly scopes: { readonly bot?: readonly string[]; readonly user?: readonly string[] } };
  readonly settings: {
    readonly org_deploy_enabled: boolean;
    readonly token_rotation_enabled: boolean;
    readonly interactivity?: { readonly is_enabled: boolean; readonly request_url: string };
  };
}
const TABLE = Object.values(OPERATIONS) as readonly SlackOperation[];
const appsOf = (options: Parameters<typeof slackManifest>[0] = {}): Map<string, { app: App; text: string }> =>
  new Map(slackManifest(options).files.map(({ name, text }) => [name, { app: parse(text) as App, text }]));

describe('Slack app manifests', () => {
  it('are one app for each token of each role, with exactly the scopes of the table', () => {
    const apps = appsOf();
    expect([...apps.keys()]).toEqual([
      'slack-evidence-audit.yaml',
      'slack-evidence-logs.yaml',
      'slack-evidence-admin.yaml',
      'slack-containment-admin.yaml',
      'slack-containment-scim.yaml',
      'slack-people-bot.yaml',
    ]);
    for (const role of VENDOR_ROLES)
      for (const token of ['audit', 'admin', 'logs', 'bot'] as const) {
        const found = apps.get(`slack-${role}-${token}.yaml`)?.app.oauth_config.scopes;
        const wanted = scopesOf(role, token);
        expect(found?.[token === 'bot' ? 'bot' : 'user'] ?? []).toEqual(wanted);
        expect(Object.keys(found ?? {})).toEqual(wanted.length === 0 ? [] : [token === 'bot' ? 'bot' : 'user']);
      }
  });

  it('give above each scope what it is for and what is lost without it', () => {
    for (const { role, scopes } of slackManifest().parts)
      for (const { scope, of } of scopes) {
        const { text } = appsOf().get(`slack-${role}-${of}.yaml`) ?? { text: '' };
        const above =
          text
            .slice(0, text.indexOf(`      - ${scope}\n`))
            .split('\n      - ')
            .at(-1) ?? '';
        expect(above).toMatch(/# Without it: \S/);
        for (const { why } of TABLE.filter(
          (o) => (of === 'scim' ? o.api : o.token) === of && o.roles.includes(role) && o.scopes.includes(scope),
        ))
          expect(above).toContain(why.replace(/\.$/, ''));
      }
  });

  it('keep to the lengths that Slack takes, and to names of scopes that its SDK knows', () => {
    const types = createRequire(import.meta.url).resolve('@slack/web-api');
    const source = readFileSync(join(dirname(types), 'types', 'request', 'manifest.d.ts'), 'utf8');
    const known = (type: string): readonly string[] =>
      (new RegExp(`^type ${type} = (.*);$`, 'm').exec(source)?.[1] ?? '').split(' | ').map((s) => s.slice(1, -1));
    expect(known('UserScope').length).toBeGreaterThan(50);
    for (const { app } of appsOf().values()) {
      expect(app.display_information.name.length).toBeLessThanOrEqual(35);
      expect(app.display_information.description.length).toBeLessThanOrEqual(140);
      expect(known('UserScope')).toEqual(expect.arrayContaining([...(app.oauth_config.scopes.user ?? [])]));
      expect(known('BotScope')).toEqual(expect.arrayContaining([...(app.oauth_config.scopes.bot ?? [])]));
    }
  });

  it('offer the deactivation apart, by choice', () => {
    const { parts } = slackManifest({ roles: ['containment'] });
    expect(parts.map((p) => `${String(p.optional)} ${p.scopes.map((s) => s.scope).join()}`)).toEqual([
      `false ${scopesOf('containment', 'admin').join()}`,
      'true admin',
    ]);
    expect(appsOf({ plan: 'pro' }).has('slack-containment-scim.yaml')).toBe(false);
  });

  it('send presses of buttons to the intake of the configuration, and to nowhere without one', () => {
    const bot = (intake?: string): App | undefined =>
      appsOf(intake === undefined ? {} : { intake }).get('slack-people-bot.yaml')?.app;
    expect(bot('https://intake.example.com/')?.settings.interactivity).toEqual({
      is_enabled: true,
      request_url: 'https://intake.example.com/callbacks/slack',
    });
    expect(bot()?.settings.interactivity).toBeUndefined();
    expect(bot()?.features?.bot_user.display_name).toBe('Quell');
  });

  it('ask for no more than the plan has', () => {
    const pro = appsOf({ plan: 'pro' });
    expect([...pro.keys()]).not.toContain('slack-evidence-audit.yaml');
    for (const { app } of pro.values()) {
      expect(app.settings.org_deploy_enabled).toBe(false);
      expect((app.oauth_config.scopes.user ?? []).filter((s) => s.startsWith('admin.'))).toEqual([]);
    }
    for (const { app } of appsOf().values()) {
      expect(app.settings.org_deploy_enabled).toBe(true);
      expect(app.settings.token_rotation_enabled).toBe(false);
    }
  });

  it('are the same text every time', () => {
    expect(slackManifest()).toEqual(slackManifest());
  });
});
