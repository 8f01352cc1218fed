import type { World } from '../core/world.js';
import { accessLevelsOf, type AccessLevel } from './access-levels.js';
import { activitiesOf, type Activity } from './activities.js';
import { googleCredentials } from './authority.js';
import {
  appPasswordsOf,
  filesOf,
  filtersOf,
  forwardingOf,
  grantsOf,
  spacesOf,
  type AppPassword,
  type File,
  type Filter,
  type Forwarding,
  type Grant,
  type Placed,
  type Space,
  type User,
} from './entities.js';
import { hexId, typedRows, type Rows } from './rows.js';

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
  accessLevels: readonly AccessLevel[];

  constructor(readonly world: World) {
    this.rows = typedRows(world.rows('google'));
    this.users = new Map(usersOf(world, this.rows).map((u) => [u.id, u]));
    this.spaces = spacesOf(this.rows);
    this.files = filesOf(this.rows, (id) => this.users.get(id)?.email ?? '');
    this.forwarding = forwardingOf(this.rows);
    this.grants = grantsOf(this.rows, (id) => this.appName(id));
    this.appPasswords = appPasswordsOf(this.rows);
    this.filters = filtersOf(this.rows);
    this.accessLevels = accessLevelsOf(world);
    this.activities = [...activitiesOf(this)];
  }

  now(): Date {
    return this.world.now();
  }

  visible<T extends Placed>(rows: readonly T[]): readonly T[] {
    const now = this.now();
    return rows.filter((r) => r.visibleAt <= now);
  }

  /** By id or address, as the APIs take them. */
  user(key: string | undefined): User | undefined {
    return this.users.get(key ?? '') ?? [...this.users.values()].find((u) => u.email === key?.toLowerCase());
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
    log?: { readonly event: string; readonly user: User; readonly parameters?: Readonly<Record<string, string>> },
  ): void {
    this.world.record({ platform: 'google', ...entry });
    if (!log) return;
    const at = this.now();
    this.activities.push({
      application: 'admin',
      seed: `own:${String(this.activities.length)}:${this.world.startedAt.toISOString()}`,
      at,
      visibleAt: at,
      actor: this.user(googleCredentials(this.world).adminSubject)?.id,
      type: 'USER_SETTINGS',
      name: log.event,
      parameters: { USER_EMAIL: log.user.email, ...log.parameters },
    });
  }
}

function usersOf(world: World, rows: Rows): readonly User[] {
  const { adminSubject, sender } = googleCredentials(world);
  const fresh = { suspended: false, changePasswordAtNextLogin: false, backupCodes: 0 };
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
