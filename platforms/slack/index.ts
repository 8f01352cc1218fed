import { z } from 'zod';
import { defined, definePlatform, type CallbackContext, type PortContext } from '../define.js';
import type { VendorRole } from '../operation.js';
import { asksToSlowDown } from './errors.js';
import { SLACK_SIGNATURE } from './proof.js';
import { SLACK, slackBases, type SlackSettings, type SlackTokens } from './settings.js';

const url = z.url();

const TOKENS: Readonly<Record<VendorRole, readonly (keyof SlackTokens)[]>> = {
  evidence: ['audit', 'admin', 'logs'],
  containment: ['admin', 'scim'],
  people: ['bot'],
};

/** Slack: a workspace, or an organisation on Enterprise. */
export const slack = definePlatform({
  id: 'slack',
  name: 'Slack',
  namedAs: /\bslack/i,
  personId: (text) => (/^[UW][A-Z0-9]{1,30}$/.test(text) ? text : undefined),
  // Slack's own accounts, by id and as logs call them.
  isService: (name) => /^(?:slack|slackbot|uslackuser|uslackbot)$/i.test(name),
  channel: 'slack',
  hosts: [],
  raiseProtection: 'sign-in only through the identity provider, or two-factor authentication required in the workspace',
  noticeDomains: ['slack.com', 'slackhq.com'],
  apiDomains: ['slack.com', 'slack-gov.com'],
  credentials: TOKENS,
  // A browser session is gone on with: it needs no sign-in.
  secrets: { slack: ['api_activity'], slack_session: ['session', 'api_activity'] },
  senderProofs: { slack: SLACK_SIGNATURE },
  settings: {
    /** Workspace ids (`T…`) that belong to this organisation. */
    teamIds: z.array(z.string()).min(1),
    plan: z.enum(['pro', 'business', 'enterprise']).default('enterprise'),
    /** Ids (`A…`) of Quell's own Slack apps: never removed. With none given no app is removed by API. */
    ownAppIds: z.array(z.string()).default([]),
    /** Where people of this organisation sign in when Slack uses SSO. */
    identityProvider: z.enum(['microsoft', 'google', 'other']).optional(),
    baseUrls: z
      .strictObject({ api: url, audit: url, scim: url, hooks: url.default(SLACK.hooks) })
      .default({ ...SLACK }),
  },
  at({ tenant, teamIds, plan, ownAppIds, identityProvider, baseUrls }) {
    const bases = slackBases(baseUrls);
    const settings = ({ role, credentials, wire, timeoutMs }: PortContext): SlackSettings => ({
      ...{ tenant, teamIds, plan, timeoutMs },
      wire: wire({ bases, asksToSlowDown }),
      tokens: defined(Object.fromEntries(TOKENS[role].map((kind) => [kind, credentials.maybe(kind)]))),
    });
    return {
      vendorIds: teamIds,
      ownApps: ownAppIds,
      addresses: Object.values(baseUrls),
      async evidence(context) {
        const { createSlackEvidence } = await import('./evidence.js');
        return createSlackEvidence({ ...settings(context), ownAppIds, ...defined({ identityProvider }) });
      },
      async containment(context) {
        const { createSlackContainment } = await import('./containment.js');
        return createSlackContainment({ ...settings(context), ownAppIds });
      },
      async talk(context) {
        const { createSlackTalk } = await import('./talk.js');
        return createSlackTalk(settings(context));
      },
      async check(context, _people, options) {
        const { checkSlack } = await import('./check.js');
        return checkSlack(settings(context), context.role, options);
      },
      async callback({ secret, wire }: CallbackContext) {
        const signingSecret = secret('slack-signing');
        if (signingSecret === undefined) return undefined;
        const [{ slackCallback }, { say }] = await Promise.all([import('./callback.js'), import('./respond.js')]);
        const way = wire({ bases });
        return slackCallback(signingSecret, (responseUrl, text) => say(way, responseUrl, { text, replace: true }));
      },
    };
  },
  async manifest(options, tenant) {
    const { slackManifest } = await import('./manifest.js');
    return slackManifest({ ...options, ...(tenant && { plan: tenant.plan }) });
  },
});
