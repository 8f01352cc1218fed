import { createHash } from 'node:crypto';
import type { World } from '../core/world.js';
import { microsoftCredentials } from './auth.js';
import type {
  App,
  EntraDevice,
  Grant,
  Indicator,
  Item,
  MachineAction,
  ManagedDevice,
  MailRule,
  NamedLocation,
  OwnAudit,
  Permission,
  Placed,
  User,
} from './entities.js';
import { factorsOf, type Factor } from './factors.js';
import { deviceId, guid, machineId, typedRows, type Rows } from './rows.js';

const DAY_MS = 86_400_000;
/** Well-known ids of the real service. */
const GRAPH_RESOURCE = guid('resource:graph');
export const GLOBAL_ADMINISTRATOR = '62e90394-69f5-4237-9190-012177145e10';
const MICROSOFT_TENANT = 'f8cdef31-a31e-4b4a-93e4-5f571e91255a';

/** The tenant as it stands: what the scenario put there, changed by what was done to it. Every change goes to the journal. */
export class TenantState {
  readonly rows: Rows;
  readonly users: ReadonlyMap<string, User>;
  readonly apps: ReadonlyMap<string, App>;
  readonly items: readonly Item[];
  readonly devices: readonly EntraDevice[];
  readonly machines: readonly { readonly id: string; readonly deviceId: string; readonly name: string }[];
  grants: Grant[];
  rules: MailRule[];
  factors: readonly Factor[];
  permissions: Permission[];
  readonly locations: NamedLocation[];
  readonly machineActions: MachineAction[] = [];
  readonly managedDevices: readonly ManagedDevice[];
  indicators: Indicator[];
  readonly audits: OwnAudit[] = [];

  constructor(readonly world: World) {
    this.rows = typedRows(world.rows('microsoft'));
    this.users = new Map(usersOf(world).map((u) => [u.id, u]));
    this.apps = new Map(appsOf(world).map((a) => [a.id, a]));
    this.grants = this.rows.grant.map((r) => ({
      id: short(`grant:${r.rowId}`),
      clientId: this.appBy(r.fields.app).id,
      principalId: r.fields.forAll ? undefined : r.fields.user,
      resourceId: GRAPH_RESOURCE,
      scope: r.fields.scopes.join(' '),
      visibleAt: r.visibleAt,
    }));
    this.rules = this.rows.mail_rule.map((r) => ruleOf(r));
    this.factors = factorsOf(this.rows);
    this.items = this.rows.file.map((r) => ({
      id: itemId(r.fields.user, r.fields.name),
      owner: r.fields.user,
      by: r.fields.by ?? r.fields.user,
      uniqueId: guid(`item:${r.fields.user}:${r.fields.name}`),
      at: r.at,
      visibleAt: r.visibleAt,
      fields: r.fields,
      removed: false,
    }));
    this.permissions = this.items.flatMap((i) => permissionsOfItem(i));
    this.locations = [
      {
        id: guid('location:blocked'),
        displayName: 'Quell blocked addresses',
        isTrusted: false,
        ranges: [{ '@odata.type': '#microsoft.graph.iPv4CidrRange', cidrAddress: '198.18.0.1/32' }],
      },
      ...this.rows.named_location.map((r) => ({
        id: guid(`location:${r.fields.name}`),
        displayName: r.fields.name,
        isTrusted: r.fields.trusted,
        ranges: r.fields.ranges.map((cidrAddress) => ({
          '@odata.type': '#microsoft.graph.iPv4CidrRange',
          cidrAddress,
        })),
      })),
    ];
    this.devices = this.rows.device.map(({ fields: { device, name, owner, user } }) => ({
      id: guid(`entra:${device}`),
      deviceId: deviceId(device),
      name,
      owner: owner ?? user,
      user,
      enabled: true,
    }));
    this.machines = this.rows.device
      .filter((r) => r.fields.defender)
      .map((r) => ({ id: machineId(r.fields.device), deviceId: deviceId(r.fields.device), name: r.fields.name }));
    this.managedDevices = this.rows.device
      .filter((r) => r.fields.intune)
      .map((r) => ({
        id: guid(`managed:${r.fields.device}`),
        deviceId: deviceId(r.fields.device),
        userId: r.fields.user,
        name: r.fields.name,
        results: [],
        gone: false,
      }));
    this.indicators = this.rows.indicator.map((r) => ({
      id: String(900 + Number.parseInt(r.rowId, 10)),
      value: r.fields.value,
      type: 'IpAddress',
      createdBy: guid('somebody else'),
      action: r.fields.action,
      title: 'of the organisation',
      expirationTime: null,
    }));
  }

  now(): Date {
    return this.world.now();
  }

  /** Rows of a log that can be read by now. */
  visible<T extends Placed>(rows: readonly T[]): readonly T[] {
    const now = this.now();
    return rows.filter((r) => r.visibleAt <= now);
  }

  /** By object id, principal name or address, in letters of any case, as Graph takes them. */
  user(id: string | undefined): User | undefined {
    const asked = id?.toLowerCase() ?? '';
    return (
      this.users.get(asked) ??
      [...this.users.values()].find((u) => u.upn.toLowerCase() === asked || u.email.toLowerCase() === asked)
    );
  }

  /** By client id; an app that the scenario does not declare cannot be named. */
  appBy(appId: string): App {
    const app = [...this.apps.values()].find((a) => a.appId === appId);
    if (!app) throw new Error('the scenario names an app that it does not declare for microsoft');
    return app;
  }

  /** One act by an app of ours: journal and Entra audit log. */
  acted(
    entry: { readonly operation: string; readonly targetId: string; readonly effect: string },
    audit: Omit<OwnAudit, 'id' | 'at'>,
  ): void {
    this.world.record({ platform: 'microsoft', ...entry });
    this.audits.push({
      id: guid(`own-audit:${String(this.audits.length)}:${this.world.startedAt.toISOString()}`),
      at: this.now(),
      ...audit,
    });
  }
}

function usersOf(world: World): readonly User[] {
  const before = new Date(world.startedAt.getTime() - 90 * DAY_MS);
  const people = Object.entries(world.scenario.people)
    .filter(([, p]) => p.accounts.includes('microsoft') || p.authority === 'microsoft' || p.mail === 'microsoft')
    .map(([key, p]): User => ({
      id: world.nativeId('microsoft', key),
      key,
      upn: p.kind === 'guest' ? `${p.email.replace('@', '_')}#EXT#@example.com` : p.email,
      email: p.email,
      name: p.name,
      kind: p.kind,
      admin: p.admin,
      onPremises: p.authority === 'other',
      mailbox: p.mail === 'microsoft',
      ...(p.manager === undefined ? {} : { managerId: world.nativeId('microsoft', p.manager.replace(/^@/, '')) }),
      timeZone: p.timeZone,
      ...(p.phone === undefined ? {} : { phone: p.phone }),
      ...(p.department === undefined ? {} : { department: p.department }),
      enabled: p.kind !== 'shared',
      sessionsValidFrom: before,
      passwordChanged: before,
    }));
  const service: User = {
    id: microsoftCredentials(world).mailFrom,
    key: '',
    upn: 'quell@example.com',
    email: 'quell@example.com',
    name: 'Quell',
    kind: 'shared',
    admin: false,
    onPremises: false,
    mailbox: true,
    timeZone: 'UTC',
    enabled: false,
    sessionsValidFrom: before,
    passwordChanged: before,
  };
  return [...people, service];
}

function appsOf(world: World): readonly App[] {
  const createdAt = new Date(world.startedAt.getTime() - 90 * DAY_MS);
  const own = microsoftCredentials(world);
  const declared = Object.entries(world.scenario.apps)
    .filter(([, a]) => a.platform === 'microsoft')
    .map(([key, a]): App => {
      const appId = world.appId(key);
      const first = world.rows('microsoft').find((r) => r.type === 'grant' && r.fields['app'] === appId);
      return {
        id: guid(`service-principal:${key}`),
        appId,
        name: a.name,
        ownerTenant: guid('tenant:elsewhere'),
        createdAt: first?.at ?? createdAt,
        enabled: true,
      };
    });
  const ours = (['evidence', 'containment', 'people'] as const).map((role): App => ({
    id: guid(`service-principal:quell:${role}`),
    appId: own[role].clientId,
    name: `Quell ${role}`,
    ownerTenant: own.tenantId,
    createdAt,
    enabled: true,
  }));
  return [
    ...declared,
    ...ours,
    {
      id: GRAPH_RESOURCE,
      appId: '00000003-0000-0000-c000-000000000000',
      name: 'Microsoft Graph',
      ownerTenant: MICROSOFT_TENANT,
      createdAt,
      enabled: true,
    },
  ];
}

function ruleOf({ rowId, visibleAt, fields }: Rows['mail_rule'][number]): MailRule {
  const actions = {
    delete: { delete: true },
    move: { moveToFolder: 'folder-rss' },
    mark_read: { markAsRead: true },
    forward: { forwardTo: [{ emailAddress: { address: fields.forwardTo, name: fields.forwardTo } }] },
  }[fields.action];
  return {
    id: short(`rule:${rowId}`),
    owner: fields.mailbox,
    displayName: fields.name,
    isEnabled: true,
    conditions: fields.words.length === 0 ? {} : { subjectContains: fields.words },
    actions: { ...actions, stopProcessingRules: true },
    visibleAt,
  };
}

function permissionsOfItem(item: Item): readonly Permission[] {
  const owner: Permission = {
    id: short(`owner:${item.id}`),
    itemId: item.id,
    body: { roles: ['owner'], grantedToV2: { siteUser: { loginName: `i:0#.f|membership|${item.owner}` } } },
  };
  const link = (scope: string): Permission => ({
    id: short(`${scope}:${item.id}`),
    itemId: item.id,
    body: { roles: ['read'], link: { type: 'view', scope, webUrl: `https://example.sharepoint.com/:t:/${item.id}` } },
  });
  switch (item.fields.shared) {
    case undefined:
      return [owner];
    case 'external':
      return [
        owner,
        {
          id: short(`external:${item.id}`),
          itemId: item.id,
          body: {
            roles: ['read'],
            grantedToV2: { siteUser: { loginName: `i:0#.f|membership|urn:spo:guest#${item.fields.with}` } },
          },
        },
      ];
    default:
      return [owner, link(item.fields.shared)];
  }
}

export function itemId(owner: string, name: string): string {
  return `01${createHash('sha256').update(`${owner}/${name}`).digest('hex').slice(0, 32).toUpperCase()}`;
}

export function short(seed: string): string {
  return createHash('sha256').update(seed).digest('base64url').slice(0, 43);
}

/** Directory times have whole seconds. */
export function directoryTime(at: Date): string {
  return `${at.toISOString().slice(0, 19)}Z`;
}
