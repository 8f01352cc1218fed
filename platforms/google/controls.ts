import type { WeakenedControl } from '../../domain/evidence.js';

/** What an event's parameters say: `SETTING_NAME`, `NEW_VALUE`, … */
export type Said = (parameter: string) => string | undefined;

interface Control {
  readonly event: RegExp;
  readonly weakens: WeakenedControl;
  /** Narrows events that change any setting: to what `SETTING_NAME` says. */
  readonly setting?: RegExp;
  /** True when the new value makes it stricter. Where the event has none nobody knows: then it counts. */
  readonly stricter?: (after: string) => boolean;
}

const turnedOn = (after: string): boolean => /^(true|on|enabled?|enforced?|1)$/i.test(after);
const turnedOff = (after: string): boolean => /^(false|off|disabled?|none|0|no_one|not_allowed)$/i.test(after);
const ANY_SETTING = /^(CHANGE|CREATE|DELETE)_(APPLICATION|DOCS|EMAIL|GMAIL|CHAT|CALENDAR)_SETTING$/;

/**
 * Events of the admin log that take a protection away, first match wins. Names: Reports API, admin activity events. A rule, hold or domain
 * that is made stricter is none; of the events that change any setting the setting's name decides.
 */
const ADMIN: readonly Control[] = [
  { event: /^(ENFORCE|ALLOW)_STRONG_AUTHENTICATION$/, weakens: 'authentication', stricter: turnedOn },
  { event: /^CHANGE_(ALLOWED_)?(TWO_STEP_VERIFICATION|2SV)_/, weakens: 'authentication' },
  { event: /^(TURN_OFF_2_STEP_VERIFICATION|UNENROLL_USER_FROM_STRONG_AUTH)$/, weakens: 'authentication' },
  { event: /^(WEAK_PROGRAMMATIC_LOGIN_SETTINGS_CHANGED|ALLOW_WEAK_|CHANGE_SESSION_LENGTH)/, weakens: 'authentication' },
  {
    event: /^(SESSION_CONTROL_SETTINGS_CHANGE|TOGGLE_CAA_ENABLEMENT|CHANGE_CAA_)/,
    weakens: 'authentication',
    stricter: turnedOn,
  },
  { event: /^CHANGE_(DOMAIN_)?PASSWORD_(MIN_LENGTH|MAX_LENGTH|POLICY)|^ALLOW_PASSWORD_RE/, weakens: 'authentication' },
  { event: /SSO|INBOUND_SAML|IDENTITY_PROVIDER/, weakens: 'federation' },
  { event: /^ADD_(TRUSTED_DOMAINS?|SECONDARY_DOMAIN|DOMAIN_ALIAS|DOMAIN)$/, weakens: 'federation' },
  { event: /^(ASSIGN_ROLE|ADD_PRIVILEGE|CREATE_ROLE|UPDATE_ROLE)$/, weakens: 'role' },
  { event: /^GRANT_(ADMIN_PRIVILEGE|DELEGATED_ADMIN_PRIVILEGES)$/, weakens: 'role' },
  {
    event: /^(DELETE|DISABLE|UPDATE|CHANGE)_.*(DLP|DATA_PROTECTION)|^DLP_.*(DELETED|DISABLED|UPDATED)/,
    weakens: 'dlp',
  },
  { event: /^(DELETE|REMOVE|RELEASE)_.*HOLD|^DELETE_(MATTER|INVESTIGATION)$/, weakens: 'legal_hold' },
  { event: /RETENTION|CHAT_HISTORY/, weakens: 'retention' },
  { event: /AUDIT_LOG|LOG_EXPORT|BIGQUERY/, weakens: 'logging' },
  { event: /^(AUTHORIZE_API_CLIENT_ACCESS|ADD_TO_TRUSTED_OAUTH2_APPS|CREATE_EMAIL_MONITOR)$/, weakens: 'sharing' },
  {
    event: /^(REMOVE_FROM_BLOCKED_OAUTH2_APPS|TRUST_DOMAIN_OWNED_OAUTH2_APPS|UNBLOCK_ALL_THIRD_PARTY_API_ACCESS)$/,
    weakens: 'sharing',
  },
  { event: ANY_SETTING, setting: /dlp|data.?(loss|protection)/i, weakens: 'dlp', stricter: turnedOn },
  { event: ANY_SETTING, setting: /retention|history|auto.?delet/i, weakens: 'retention', stricter: turnedOn },
  {
    event: ANY_SETTING,
    setting: /2.?sv|two.?step|strong.?auth|less.?secure|session|sign.?in|login|ContextAware/i,
    weakens: 'authentication',
    stricter: turnedOn,
  },
  { event: ANY_SETTING, setting: /audit|log.?(export|event)/i, weakens: 'logging', stricter: turnedOn },
  {
    event: ANY_SETTING,
    setting: /shar|external|outside|whitelist|allow.?list|link|forward|api.?access|marketplace|guest/i,
    weakens: 'sharing',
    stricter: turnedOff,
  },
];

/** Events of the Vault log. An act is a row for its begin and one for its end: traces are counted, so that of them the end alone counts. */
const VAULT: readonly Control[] = [
  { event: /^delete_(export|saved_query)(_end)?$/i, weakens: 'traces' },
  { event: /^create_accelerated_deletion(_end)?$/i, weakens: 'traces' },
  { event: /^(delete|remove|release|edit|update)_.*hold/i, weakens: 'legal_hold' },
  { event: /^(delete|close)_(matter|investigation)/i, weakens: 'legal_hold' },
  { event: /^(delete|remove|edit|update)_.*(retention|rule)/i, weakens: 'retention' },
];

function found(controls: readonly Control[], event: string, said: Said): WeakenedControl | undefined {
  const control = controls.find((c) => c.event.test(event) && (c.setting?.test(said('SETTING_NAME') ?? '') ?? true));
  const after = said('NEW_VALUE');
  return after !== undefined && control?.stricter?.(after) === true ? undefined : control?.weakens;
}

/** What an administrator's change takes away; undefined for everything else, and for a change that made it stricter. */
export const weakensInAdmin = (event: string, said: Said): WeakenedControl | undefined => found(ADMIN, event, said);

/** What an act in Vault takes away. */
export const weakensInVault = (event: string): WeakenedControl | undefined => found(VAULT, event, () => undefined);
