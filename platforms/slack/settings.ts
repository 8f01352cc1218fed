/** Where a Slack organisation is reached and with which tokens. */
export interface SlackBaseUrls {
  /** Web API, `https://slack.com/api/`. */
  readonly api: string;
  /** Audit Logs API, `https://api.slack.com/audit/v1/`. */
  readonly audit: string;
  /** SCIM, without the version, `https://api.slack.com/scim/`. */
  readonly scim: string;
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
  readonly baseUrls: SlackBaseUrls;
  readonly tokens: SlackTokens;
  /** Workspace ids (`T…`). On Enterprise every call about one workspace names it. */
  readonly teamIds: readonly string[];
  /** Decides which APIs exist; `enterprise` unless said. */
  readonly plan?: SlackPlan;
  readonly timeoutMs: number;
  readonly fetch?: typeof fetch;
}
