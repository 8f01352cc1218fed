import { OPERATIONS, type SlackOperation } from '../../platforms/slack/methods.js';
import { nativeIdOf, type World } from '../core/world.js';

type Role = SlackOperation['roles'][number];

export interface SlackCredentials {
  readonly teamId: string;
  readonly enterpriseId: string;
  readonly signingSecret: string;
  /** Quell's own app. */
  readonly appId: string;
  readonly evidence: { readonly audit: string; readonly admin: string };
  readonly containment: { readonly admin: string };
  readonly people: { readonly bot: string };
}

/** Demo credentials of the simulated organisation: the same in every run, good for nothing elsewhere. */
export function slackTokens(_world: World): SlackCredentials {
  return {
    teamId: `T${nativeIdOf('slack', 'team').slice(1)}`,
    enterpriseId: `E${nativeIdOf('slack', 'enterprise').slice(1)}`,
    signingSecret: 'simulated-slack-signing-secret',
    appId: nativeIdOf('slack', 'app:quell', 'app'),
    evidence: { audit: 'xoxp-simulated-evidence-audit', admin: 'xoxp-simulated-evidence-admin' },
    containment: { admin: 'xoxp-simulated-containment-admin' },
    people: { bot: 'xoxb-simulated-people' },
  };
}

export interface Token {
  readonly kind: 'user' | 'bot';
  readonly scopes: Set<string>;
}

/** The tokens with exactly the scopes that the adapter's table asks for, per role. Scopes may be taken away. */
export function tokenStore(world: World): ReadonlyMap<string, Token> {
  const own = slackTokens(world);
  const scopes = (role: Role, token: SlackOperation['token']): Set<string> =>
    new Set(
      (Object.values(OPERATIONS) as readonly SlackOperation[])
        .filter((o) => o.token === token && o.roles.includes(role))
        .flatMap((o) => o.scopes),
    );
  return new Map<string, Token>([
    [own.evidence.audit, { kind: 'user', scopes: scopes('evidence', 'audit') }],
    [own.evidence.admin, { kind: 'user', scopes: scopes('evidence', 'admin') }],
    [own.containment.admin, { kind: 'user', scopes: scopes('containment', 'admin') }],
    [own.people.bot, { kind: 'bot', scopes: scopes('people', 'bot') }],
  ]);
}
