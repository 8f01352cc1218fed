import { FIELDS as googleFields } from '../../platforms/google/fields.js';
import { FIELDS as microsoftFields } from '../../platforms/microsoft/fields.js';
import { FIELDS as slackFields } from '../../platforms/slack/fields.js';
import { ACTION_KINDS } from '../../domain/acts/index.js';
import { METHODS } from '../../platforms/google/methods.js';
import { OPERATIONS as MICROSOFT } from '../../platforms/microsoft/operations.js';
import type { VendorOperation } from '../../platforms/operation.js';
import { OPERATIONS as SLACK } from '../../platforms/slack/methods.js';
import { loadScenario } from '../../simulator/core/scenario.js';
import { World } from '../../simulator/core/world.js';
import { createGoogleTenant } from '../../simulator/google/tenant.js';
import { createMicrosoftTenant } from '../../simulator/microsoft/tenant.js';
import { createSlackTenant } from '../../simulator/slack/index.js';
import { googleDrives } from './google-drives.js';
import { microsoftDrives } from './microsoft-drives.js';
import { routesOf, type Route } from './routes.js';
import { slackDrives } from './slack-drives.js';

/** All that is known of what one vendor is asked, and how that is tested. */
export interface Coverage {
  readonly vendor: 'slack' | 'microsoft' | 'google';
  readonly title: string;
  readonly table: Readonly<Record<string, VendorOperation>>;
  /** Fields that are read of an operation's answer, by its name, each with what is done with it. */
  readonly fields: Readonly<Record<string, Readonly<Record<string, string>>>>;
  readonly routes: readonly Route[];
  /** Keys of the table that have a drive. */
  readonly drives: readonly string[];
  /** Routes that serve no operation of the table, by operation, with the reason. */
  readonly otherRoutes: Readonly<Record<string, string>>;
  /** Operations that need no scope, by name, with the reason. */
  readonly noScope: Readonly<Record<string, string>>;
}

/** Which suite lets everything happen to an operation: by what it serves. */
export function suitesOf({ serves }: VendorOperation): readonly string[] {
  const reads = serves.some((s) => s === 'directory' || s.includes('.'));
  const acts = serves.some((s) => s === 'protection' || (ACTION_KINDS as readonly string[]).includes(s));
  return [...(reads ? ['reads'] : []), ...(acts ? ['acts'] : []), ...(serves.includes('talk') ? ['talk'] : [])];
}

/** Why a route serves no operation of the table; undefined when nobody wrote it down. */
export function reasonOf({ otherRoutes }: Coverage, operation: string): string | undefined {
  const names = Object.keys(otherRoutes);
  const name = names.find((n) => (n.endsWith('*') ? operation.startsWith(n.slice(0, -1)) : n === operation));
  return name === undefined ? undefined : otherRoutes[name];
}

/** Tables, simulated routes and drives of the three vendors, as the code has them. */
export function coverage(): readonly Coverage[] {
  const world = new World(loadScenario('slack-takeover'));
  return [
    {
      vendor: 'slack',
      title: 'Slack',
      table: SLACK,
      fields: slackFields,
      routes: routesOf(createSlackTenant(world)),
      drives: Object.keys(slackDrives),
      otherRoutes: {
        'audit.actions': 'Slack’s list of actions, which needs no token; for people who look a name up',
        'audit.schemas': 'as above, of the kinds of things',
        'scim.Users.list': 'shows that accounts are looked up by id alone: it is never called',
        'scim.Users.delete': 'shows that an account is deactivated and never deleted: it is never called',
      },
      noScope: {
        'auth.test': 'any token may ask about itself',
        'views.open': 'any bot token, with the right to open one form that a press gives',
        response_url: 'the address is the right to answer',
      },
    },
    {
      vendor: 'microsoft',
      title: 'Microsoft',
      table: MICROSOFT,
      fields: microsoftFields,
      routes: routesOf(createMicrosoftTenant(world)),
      drives: Object.keys(microsoftDrives),
      otherRoutes: {
        'POST /oauth2/v2.0/token': 'tokens of the app registrations; no operation of the table goes without one',
        'GET botframework openidconfiguration': 'where the Bot Framework’s keys are, for what people press in Teams',
        'GET botframework keys': 'those keys',
        'another verb of *': 'refuses a verb that the path does not have, with 405 as Graph does',
      },
      noScope: {
        'POST /v3/conversations/{id}/activities': 'a token of the bot’s own registration is enough',
      },
    },
    {
      vendor: 'google',
      title: 'Google',
      table: METHODS,
      fields: googleFields,
      routes: routesOf(createGoogleTenant(world)),
      drives: Object.keys(googleDrives),
      otherRoutes: {
        'oauth.token': 'tokens of the service accounts; no method of the table goes without one',
        'sts.token': 'workload identity: the token of the own platform becomes one of Google’s',
        'iamcredentials.projects.serviceAccounts.signJwt': 'workload identity: Google signs in place of a key',
      },
      noScope: {},
    },
  ];
}
