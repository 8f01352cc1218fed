import type { AppsManifestCreateArguments } from '@slack/web-api';
import { Document, isSeq, isScalar } from 'yaml';
import { said, type ManifestPart, type VendorManifest } from '../manifest.js';
import { reasonsOf, type Reason } from '../needs.js';
import { VENDOR_ROLES, type VendorRole } from '../operation.js';
import { isOptional, slackNeeds, type TokenKind } from './needs.js';
import type { SlackPlan } from './settings.js';

export interface SlackManifestOptions {
  readonly roles?: readonly VendorRole[];
  readonly plan?: SlackPlan;
  /** Public address of the intake: presses of buttons are posted there. */
  readonly intake?: string;
}

/** A part of Slack: one app, because each token is of an app of its own. */
interface SlackApp extends ManifestPart {
  readonly token: TokenKind;
  readonly manifest: AppManifest;
}
/** The vendor's own type, with scopes as text: our table is held against its list by a test. */
type AppManifest = Omit<AppsManifestCreateArguments['manifest'], 'oauth_config'> & {
  readonly oauth_config: {
    readonly scopes: { readonly bot: readonly string[] } | { readonly user: readonly string[] };
  };
};

const ABOUT: Readonly<Record<TokenKind, string>> = {
  audit: 'Reads the audit log of the organisation. An Organization Owner installs it.',
  admin: 'Works with the scopes of its role alone. An owner installs it.',
  logs: 'Reads access and integration logs. Its one scope also writes, so that the organisation may go without it.',
  scim: 'Deactivates accounts, where this is to be apart from what else is done.',
  bot: 'Asks people and takes their answers.',
};

/**
 * A Slack app for each token of each role, as "create from manifest" takes it (docs.slack.dev, app manifest reference).
 * Tokens do not rotate by themselves: a role reads its token from a file that people change.
 */
export function slackManifest(options: SlackManifestOptions = {}): VendorManifest {
  const { roles = VENDOR_ROLES, plan = 'enterprise' } = options;
  const apps = roles.flatMap((role) => appsOf(role, plan, options.intake));
  return {
    platform: 'slack',
    parts: apps.map(({ token: _, ...part }) => part),
    files: apps.map((app) => ({ name: `slack-${app.role}-${app.token}.yaml`, text: yamlOf(app, options.intake) })),
  };
}

const WITHOUT: Readonly<Partial<Record<TokenKind, string>>> = {
  logs: 'without this app the case says what was not read.',
  scim: 'without this app the containment app deactivates accounts too.',
};

/** As docs/install/slack.md calls them. */
const nameOf = (role: VendorRole, token: TokenKind): string =>
  token === 'bot' ? 'Quell' : token === 'scim' ? 'Quell SCIM' : `Quell ${token === 'admin' ? role : token}`;

function appsOf(role: VendorRole, plan: SlackPlan, intake: string | undefined): readonly SlackApp[] {
  const apart = slackNeeds(role, plan, true).filter((n) => n.of === 'scim');
  const needs = [...slackNeeds(role, plan), ...apart];
  const tokens = [...new Set(needs.map((n) => n.of))];
  return tokens.map((token) => {
    const scopes = reasonsOf(
      role,
      needs.filter((n) => n.of === token),
    );
    const names = scopes.map((s) => s.scope);
    return {
      role,
      token,
      what: `Slack app for the token slack.<tenant>.${token} of the role ${role}`,
      optional: isOptional(token),
      scopes,
      rights:
        token === 'audit' ? [{ right: 'installed by an Organization Owner', lost: scopes.flatMap((s) => s.lost) }] : [],
      manifest: {
        _metadata: { major_version: 1, minor_version: 1 },
        display_information: { name: nameOf(role, token), description: ABOUT[token] },
        ...(token === 'bot' ? { features: BOT } : {}),
        oauth_config: { scopes: token === 'bot' ? { bot: names } : { user: names } },
        settings: {
          ...(token === 'bot' && intake !== undefined
            ? { interactivity: { is_enabled: true, request_url: `${intake.replace(/\/+$/, '')}/callbacks/slack` } }
            : {}),
          org_deploy_enabled: plan === 'enterprise',
          socket_mode_enabled: false,
          token_rotation_enabled: false,
        },
      },
    };
  });
}

/** People answer by buttons, not by writing. */
const BOT = {
  app_home: { home_tab_enabled: false, messages_tab_enabled: true, messages_tab_read_only_enabled: true },
  bot_user: { display_name: 'Quell', always_online: true },
} as const;

/** The manifest with the reason above each scope, as comments. */
function yamlOf({ role, token, what, optional, scopes, manifest }: SlackApp, intake: string | undefined): string {
  const doc = new Document(manifest);
  doc.commentBefore = [
    ` ${what}.`,
    ...(optional ? [` By choice: ${WITHOUT[token] ?? ''}`] : []),
    ...(token === 'bot' && intake === undefined
      ? [' Without --config the address for presses of buttons is not known: set settings.interactivity yourself.']
      : []),
    ` Its token goes into roles/${role}/credentials/slack.<tenant>.${token}`,
  ].join('\n');
  const list = doc.getIn(['oauth_config', 'scopes', token === 'bot' ? 'bot' : 'user']);
  if (isSeq(list))
    for (const item of list.items) if (isScalar(item)) item.commentBefore = commentOf(scopes, item.value);
  return doc.toString({ lineWidth: 0 });
}

const commentOf = (scopes: readonly Reason[], scope: unknown): string =>
  scopes
    .filter((s) => s.scope === scope)
    .flatMap((s) => said(s))
    .map((line) => ` ${line}`)
    .join('\n');
