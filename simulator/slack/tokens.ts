import type { VendorRole } from '../../platforms/operation.js';
import { scopesOf } from '../../platforms/slack/methods.js';
import { nativeIdOf, type World } from '../core/world.js';

export interface SlackCredentials {
  readonly teamIds: readonly [string];
  readonly enterpriseId: string;
  readonly signingSecret: string;
  /** Quell's own app. */
  readonly appId: string;
  readonly tokens: {
    readonly audit: string;
    readonly evidenceAdmin: string;
    readonly evidenceLogs: string;
    readonly containmentAdmin: string;
    readonly bot: string;
  };
}

/** Demo credentials of the simulated organisation: the same in every run, good for nothing elsewhere. */
export function slackCredentials(_world: World): SlackCredentials {
  return {
    teamIds: [`T${nativeIdOf('slack', 'team').slice(1)}`],
    enterpriseId: `E${nativeIdOf('slack', 'enterprise').slice(1)}`,
    signingSecret: 'simulated-slack-signing-secret',
    appId: nativeIdOf('slack', 'app:quell', 'app'),
    tokens: {
      audit: 'xoxp-simulated-evidence-audit',
      evidenceAdmin: 'xoxp-simulated-evidence-admin',
      evidenceLogs: 'xoxp-simulated-evidence-logs',
      containmentAdmin: 'xoxp-simulated-containment-admin',
      bot: 'xoxb-simulated-people',
    },
  };
}

/** What tests may change of a token is what may change of a real one. */
export interface Token {
  readonly kind: 'user' | 'bot';
  readonly scopes: Set<string>;
  /** Role of the account behind a user token. */
  owner: 'org_owner' | 'org_admin';
  /** Where its app is installed. */
  installed: 'organisation' | 'workspace';
  /** Slack's code for a token that is not good any more. */
  ended?: 'token_revoked' | 'token_expired' | 'account_inactive';
}

const live = (kind: Token['kind'], scopes: readonly string[]): Token => ({
  kind,
  scopes: new Set(scopes),
  owner: 'org_owner',
  installed: 'organisation',
});

/** The tokens with exactly the scopes that the adapter's table asks for, per role. Scopes may be taken away. */
export function tokenStore(world: World): ReadonlyMap<string, Token> {
  const { tokens } = slackCredentials(world);
  return new Map<string, Token>([
    [tokens.audit, live('user', scopesOf('evidence', 'audit'))],
    [tokens.evidenceAdmin, live('user', scopesOf('evidence', 'admin'))],
    [tokens.evidenceLogs, live('user', scopesOf('evidence', 'logs'))],
    [tokens.containmentAdmin, live('user', scopesOf('containment', 'admin'))],
    [tokens.bot, live('bot', scopesOf('people', 'bot'))],
  ]);
}

/** The tokens that a role holds; of one kind when it is named. */
export function tokensOf(
  world: World,
  store: ReadonlyMap<string, Token>,
  role: VendorRole,
  kind?: string,
): readonly Token[] {
  const { audit, evidenceAdmin, evidenceLogs, containmentAdmin, bot } = slackCredentials(world).tokens;
  const held = {
    evidence: { audit, admin: evidenceAdmin, logs: evidenceLogs },
    containment: { admin: containmentAdmin },
    people: { bot },
  }[role];
  return Object.entries(held).flatMap(([k, value]) =>
    kind === undefined || kind === k ? (store.get(value) ?? []) : [],
  );
}
