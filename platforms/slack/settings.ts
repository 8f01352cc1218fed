import type { Base, Wire } from '../wire.js';

/** Slack's own addresses, which the adapter names. */
export const SLACK: SlackBaseUrls = {
  api: 'https://slack.com/api/',
  audit: 'https://api.slack.com/audit/v1/',
  scim: 'https://api.slack.com/scim/',
  hooks: 'https://hooks.slack.com/',
};

/** Where a Slack organisation is reached; GovSlack has names of its own. */
export interface SlackBaseUrls {
  /** Web API, `https://slack.com/api/`. */
  readonly api: string;
  /** Audit Logs API, `https://api.slack.com/audit/v1/`. */
  readonly audit: string;
  /** SCIM, without the version, `https://api.slack.com/scim/`. */
  readonly scim: string;
  /** Addresses that come with the press of a button, `https://hooks.slack.com/`. */
  readonly hooks: string;
}

/** Slack's own addresses and where each is reached, for `createWire`. */
export function slackBases(at: SlackBaseUrls): readonly Base[] {
  return (['api', 'audit', 'scim', 'hooks'] as const).map((api) => ({ own: SLACK[api], at: at[api] }));
}

/** Each role holds only the ones it needs; see `methods.ts` for the scopes. */
export interface SlackTokens {
  /** User token of an Organization Owner, org-installed, `auditlogs:read` alone. */
  readonly audit?: string;
  /** User token of an owner with the admin scopes of the role. */
  readonly admin?: string;
  /**
   * User token for the access and integration logs alone. Slack reads them by the scope `admin` only, which also writes by SCIM: whether
   * the evidence role holds one is the organisation's choice. Without it those logs are not read, and the case says so.
   */
  readonly logs?: string;
  /** User token for SCIM alone, where it is kept apart; else `admin` is used. */
  readonly scim?: string;
  /** Bot token that talks to people. */
  readonly bot?: string;
}

export type SlackPlan = 'pro' | 'business' | 'enterprise';

export interface SlackSettings {
  /** Alias from the configuration. */
  readonly tenant: string;
  /** The way to Slack: made of `slackBases`. */
  readonly wire: Wire;
  readonly tokens: SlackTokens;
  /** Workspace ids (`T…`). On Enterprise every call about one workspace names it. */
  readonly teamIds: readonly string[];
  /** Decides which APIs exist; `enterprise` unless said. */
  readonly plan?: SlackPlan;
  readonly timeoutMs: number;
}
