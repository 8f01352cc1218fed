import { privilegeOf } from '../../platforms/google/privileges.js';
import type { GoogleLicences } from '../../platforms/google/settings.js';
import type { GoogleMethod } from '../../platforms/google/methods.js';
import type { World } from '../core/world.js';
import { accessLevelsOf, type AccessLevel } from './access-levels.js';
import { activitiesOf, type Activity, type Application } from './activities.js';
import { googleCredentials } from './authority.js';
import {
  appPasswordsOf,
  devicesOf,
  filesOf,
  filtersOf,
  forwardingOf,
  grantsOf,
  mailAccessOf,
  spacesOf,
  type AppPassword,
  type DeviceUser,
  type File,
  type Filter,
  type Forwarding,
  type Grant,
  type Hold,
  type MailAccess,
  type Matter,
  type Placed,
  type Space,
  type User,
} from './entities.js';
import { badRequest, fail, notAuthorized, type Reply } from './replies.js';
import { hexId, typedRows, type Rows } from './rows.js';

/** How a tenant is, beside what its scenario says. */
export interface TenantOptions {
  /** What its editions give; all when not said otherwise. */
  readonly licences?: GoogleLicences;
  /** How late what is done through the API stands in the admin log; at once by default. */
  readonly logLagSeconds?: number;
  /** How late each log of the Reports API shows its rows, seconds; at once by default. Google documents minutes to hours. */
  readonly lagSeconds?: Readonly<Partial<Record<Application, number>>>;
  /** Rows of no known form that stand at the head of a list, by the list's key in the answer (`items`, `alerts`, `messages`, …). */
  readonly odd?: Readonly<Record<string, readonly unknown[]>>;
  /** Lists, by key, each page of which leads to itself. */
  readonly loops?: readonly string[];
  /** How long an account is still shown as it was before it was suspended or restored. */
  readonly settleSeconds?: number;
}

interface AdminLogEntry {
  readonly event: string;
  readonly user: User;
  readonly parameters?: Readonly<Record<string, string>>;
}

/** The tenant as it stands: what the scenario put there, changed by what was done to it. Every change goes to the journal. */
export class TenantState {
  readonly rows: Rows;
  readonly users: ReadonlyMap<string, User>;
  readonly spaces: ReadonlyMap<string, Space>;
  readonly files: readonly File[];
  readonly forwarding: Map<string, Forwarding>;
  readonly activities: Activity[];
  grants: readonly Grant[];
  appPasswords: readonly AppPassword[];
  filters: readonly Filter[];
  mailAccess: readonly MailAccess[];
  accessLevels: readonly AccessLevel[];
  readonly devices: readonly DeviceUser[];
  matters: readonly Matter[] = [];
  holds: readonly Hold[] = [];
  /** Taken from the role of the administrator who is acted as. */
  readonly privilegesTaken = new Set<string>();
  #serial = 0;

  constructor(
    readonly world: World,
    readonly options: TenantOptions = {},
  ) {
    this.rows = typedRows(world.rows('google'));
    this.users = new Map(usersOf(world, this.rows).map((u) => [u.id, u]));
    this.spaces = spacesOf(this.rows);
    this.files = filesOf(this.rows, (id) => this.users.get(id)?.email ?? this.#strangersMail(id));
    this.forwarding = forwardingOf(this.rows);
    this.grants = grantsOf(this.rows, (id) => this.appName(id));
    this.appPasswords = appPasswordsOf(this.rows);
    this.filters = filtersOf(this.rows);
    this.mailAccess = mailAccessOf(this.rows, (id) => this.users.get(id)?.email);
    this.accessLevels = accessLevelsOf(world);
    this.devices = devicesOf(this.rows);
    this.activities = [...activitiesOf(this)];
  }

  /** Of a person who has no account here and yet is named in rows. */
  #strangersMail(id: string): string {
    const { scenario } = this.world;
    const key = Object.keys(scenario.people).find((k) => this.world.nativeId('google', k) === id);
    return scenario.people[key ?? '']?.email.toLowerCase() ?? '';
  }

  now(): Date {
    return this.world.now();
  }

  /** A number that no other has, for ids of what is made. */
  serial(): number {
    return ++this.#serial;
  }

  /** Why a method does not go although token and scope are right: the administrator's role, or the organisation's editions. */
  gate({ name, api, as }: GoogleMethod, subject: User | undefined): Reply | undefined {
    const privilege = privilegeOf({ name, as });
    if (privilege !== undefined && subject?.admin !== true && this.privilegesTaken.has(privilege))
      return notAuthorized(api);
    const { vault, devices, chat } = { vault: true, devices: true, chat: true, ...this.options.licences };
    if (api === 'vault' && !vault)
      return fail('vault', 403, 'PERMISSION_DENIED', 'The caller does not have permission');
    if (api === 'cloudidentity' && !devices)
      return fail('cloudidentity', 403, 'PERMISSION_DENIED', 'The caller does not have permission');
    if (api === 'chat' && !chat) return fail('chat', 400, 'FAILED_PRECONDITION', 'Google Chat is turned off.');
    return undefined;
  }

  /** Whether the Reports API knows a log here. */
  logGate(application: string): Reply | undefined {
    const { chat, driveLog, vault, dlp } = {
      chat: true,
      driveLog: true,
      vault: true,
      dlp: true,
      ...this.options.licences,
    };
    const has = { chat, drive: driveLog, vault, rules: dlp }[application];
    const missing = has === false;
    return missing ? badRequest('reports', 'Invalid value for: application_name') : undefined;
  }

  visible<T extends Placed>(rows: readonly T[]): readonly T[] {
    const now = this.now();
    return rows.filter((r) => r.visibleAt <= now);
  }

  /** Rows that their log shows by now. */
  arrived(rows: readonly Activity[]): readonly Activity[] {
    const now = this.now().getTime();
    const lag = (a: Activity): number => (this.options.lagSeconds?.[a.application] ?? 0) * 1000;
    return this.visible(rows).filter((a) => a.at.getTime() + lag(a) <= now);
  }

  /** By id or address, an alias included, as the APIs take them. */
  user(key: string | undefined): User | undefined {
    const mail = key?.toLowerCase() ?? '';
    return (
      this.users.get(key ?? '') ?? [...this.users.values()].find((u) => u.email === mail || u.aliases.includes(mail))
    );
  }

  appName(clientId: string): string {
    const key = Object.keys(this.world.scenario.apps).find(
      (k) => this.world.scenario.apps[k]?.platform === 'google' && this.world.appId(k) === clientId,
    );
    return this.world.scenario.apps[key ?? '']?.name ?? clientId;
  }

  /** One act on a person by the administrator: journal, and the admin log where that has an event for it. */
  acted(
    entry: { readonly operation: string; readonly targetId: string; readonly effect: string },
    log?: AdminLogEntry,
  ): void {
    this.world.record({ platform: 'google', ...entry });
    if (log) this.logged(log);
  }

  /** What the administrator did, in the admin log. */
  logged(log: AdminLogEntry): void {
    const at = this.now();
    this.activities.push({
      application: 'admin',
      seed: `own:${String(this.activities.length)}:${this.world.startedAt.toISOString()}`,
      at,
      visibleAt: new Date(at.getTime() + (this.options.logLagSeconds ?? 0) * 1000),
      actor: this.user(googleCredentials(this.world).adminSubject)?.id,
      type: 'USER_SETTINGS',
      name: log.event,
      parameters: { USER_EMAIL: log.user.email, ...log.parameters },
    });
  }
}

function usersOf(world: World, rows: Rows): readonly User[] {
  const { adminSubject, sender } = googleCredentials(world);
  const fresh = { suspended: false, changePasswordAtNextLogin: false, backupCodes: 0, aliases: [] };
  const people = Object.entries(world.scenario.people)
    .filter(([, p]) => p.accounts.includes('google') || p.authority === 'google' || p.mail === 'google')
    .map(([key, p]): User => {
      const id = world.nativeId('google', key);
      const manager = p.manager === undefined ? undefined : world.scenario.people[p.manager.replace(/^@/, '')];
      return {
        id,
        key,
        email: p.email.toLowerCase(),
        name: p.name,
        admin: p.admin,
        delegatedAdmin: false,
        mailbox: p.mail === 'google',
        ...(manager === undefined ? {} : { managerEmail: manager.email }),
        ...(p.phone === undefined ? {} : { phone: p.phone }),
        ...fresh,
        backupCodes: rows.backup_codes.filter((r) => r.fields.user === id).reduce((n, r) => n + r.fields.count, 0),
      };
    });
  const own = (email: string, delegatedAdmin: boolean): User => ({
    id: `1${BigInt(`0x${hexId(`own:${email}`)}`)
      .toString()
      .padStart(20, '0')
      .slice(0, 20)}`,
    key: '',
    email,
    name: 'Quell',
    admin: false,
    delegatedAdmin,
    mailbox: !delegatedAdmin,
    ...fresh,
  });
  return [...people, own(adminSubject, true), own(sender, false)];
}
