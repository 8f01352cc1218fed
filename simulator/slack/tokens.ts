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

export interface Token {
  readonly kind: 'user' | 'bot';
  readonly scopes: Set<string>;
}

/** The tokens with exactly the scopes that the adapter's table asks for, per role. Scopes may be taken away. */
export function tokenStore(world: World): ReadonlyMap<string, Token> {
  const { tokens } = slackCredentials(world);
  return new Map<string, Token>([
    [tokens.audit, { kind: 'user', scopes: new Set(scopesOf('evidence', 'audit')) }],
    [tokens.evidenceAdmin, { kind: 'user', scopes: new Set(scopesOf('evidence', 'admin')) }],
    [tokens.evidenceLogs, { kind: 'user', scopes: new Set(scopesOf('evidence', 'logs')) }],
    [tokens.containmentAdmin, { kind: 'user', scopes: new Set(scopesOf('containment', 'admin')) }],
    [tokens.bot, { kind: 'bot', scopes: new Set(scopesOf('people', 'bot')) }],
  ]);
}
