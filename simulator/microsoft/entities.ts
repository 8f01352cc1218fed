import type { Rows } from './rows.js';

export interface User {
  readonly id: string;
  readonly key: string;
  readonly upn: string;
  readonly email: string;
  readonly name: string;
  readonly kind: 'person' | 'guest' | 'shared';
  readonly admin: boolean;
  readonly onPremises: boolean;
  readonly mailbox: boolean;
  readonly managerId?: string;
  readonly timeZone: string;
  readonly phone?: string;
  readonly department?: string;
  enabled: boolean;
  sessionsValidFrom: Date;
  passwordChanged: Date;
  /** What an administrator told Identity Protection; `looks` since then. */
  judged?: { readonly state: 'confirmedCompromised' | 'dismissed'; readonly at: Date; looks: number };
}
export interface App {
  readonly id: string;
  readonly appId: string;
  readonly name: string;
  readonly ownerTenant: string;
  readonly createdAt: Date;
  enabled: boolean;
}
/** A device in Entra: who registered it, and for whom. */
export interface EntraDevice {
  readonly id: string;
  readonly deviceId: string;
  readonly name: string;
  readonly owner: string | undefined;
  readonly user: string | undefined;
  enabled: boolean;
}
/** Things that a scenario puts in place at a time. */
export interface Placed {
  readonly visibleAt: Date;
}
export interface Grant extends Placed {
  readonly id: string;
  readonly clientId: string;
  /** None: for everybody. */
  readonly principalId: string | undefined;
  readonly resourceId: string;
  readonly scope: string;
}
export interface MailRule extends Placed {
  readonly id: string;
  readonly owner: string;
  readonly displayName: string;
  readonly conditions: object;
  readonly actions: object;
  isEnabled: boolean;
}
export interface Permission {
  readonly id: string;
  readonly itemId: string;
  readonly body: Readonly<Record<string, unknown>>;
}
export interface Item extends Placed {
  /** In the recycle bin. */
  removed: boolean;
  readonly id: string;
  readonly owner: string;
  /** Who put it there. */
  readonly by: string;
  readonly uniqueId: string;
  readonly at: Date;
  readonly fields: Rows['file'][number]['fields'];
}
export interface NamedLocation {
  readonly id: string;
  readonly displayName: string;
  readonly isTrusted: boolean;
  ranges: readonly Readonly<Record<string, unknown>>[];
}
export interface MachineAction {
  readonly id: string;
  readonly type: 'Isolate' | 'Unisolate';
  readonly machineId: string;
  readonly comment: string;
  readonly at: Date;
  status: 'Pending' | 'InProgress' | 'Succeeded';
}
/** On Defender's list: what managed devices are kept from. */
export interface Indicator {
  readonly id: string;
  readonly value: string;
  readonly type: string;
  readonly createdBy: string;
  action: string;
  title: string;
  expirationTime: string | null;
}
export interface DeviceActionResult {
  readonly actionName: 'remoteLock' | 'retire';
  actionState: 'pending' | 'active' | 'done';
  readonly startDateTime: string;
}
/** A device in Intune. */
export interface ManagedDevice {
  readonly id: string;
  readonly deviceId: string;
  readonly userId: string | undefined;
  readonly name: string;
  results: DeviceActionResult[];
  /** Retired: it is no longer listed. */
  gone: boolean;
}
export interface OwnAudit {
  readonly id: string;
  readonly at: Date;
  readonly activity: string;
  readonly category: string;
  readonly clientId: string;
  readonly target: { readonly id: string; readonly type: string; readonly displayName: string };
}
