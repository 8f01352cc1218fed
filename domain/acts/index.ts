/** The catalogue. A new act is a module beside this file, listed here, and one module for each platform that can do it. */
import { holdData } from './hold-data.js';
import { disableAccount } from './disable-account.js';
import { resetCredentials } from './reset-credentials.js';
import { removeAuthMethod } from './remove-auth-method.js';
import { endSessions } from './end-sessions.js';
import { confirmCompromised } from './confirm-compromised.js';
import { revokeTokens } from './revoke-tokens.js';
import { removeApp } from './remove-app.js';
import { revokeShare } from './revoke-share.js';
import { removeFile } from './remove-file.js';
import { removeMailRule } from './remove-mail-rule.js';
import { removeDelegate } from './remove-delegate.js';
import { blockIp } from './block-ip.js';
import { blockDevices } from './block-devices.js';
import { disableDevice } from './disable-device.js';
import { quarantineDevice } from './quarantine-device.js';
import { retireDevice } from './retire-device.js';
import type { TargetOf } from '../act-target.js';
import type { ActDefinition } from './define.js';

export { PHASES, type Phase, type PlannedFor } from './define.js';
export type { AimInput } from './aims/input.js';

const CATALOGUE = [
  holdData,
  disableAccount,
  resetCredentials,
  removeAuthMethod,
  endSessions,
  confirmCompromised,
  revokeTokens,
  removeApp,
  revokeShare,
  removeFile,
  removeMailRule,
  removeDelegate,
  blockIp,
  blockDevices,
  disableDevice,
  quarantineDevice,
  retireDevice,
] as const;

type Catalogue = (typeof CATALOGUE)[number];
export type ActionKind = Catalogue['kind'];
/** What an act of a kind is aimed at. */
export type TargetOfKind<K extends ActionKind> = TargetOf<Extract<Catalogue, { readonly kind: K }>['targets'][number]>;

export const ACTION_KINDS: readonly [ActionKind, ...ActionKind[]] = CATALOGUE.map((act) => act.kind) as [
  ActionKind,
  ...ActionKind[],
];
export const ACTS = Object.fromEntries(CATALOGUE.map((act) => [act.kind, act])) as {
  readonly [K in ActionKind]: ActDefinition<K>;
};

/** For people, and short: `Disable the account`. */
export const nameOfAct = (kind: ActionKind): string => ACTS[kind].name;
