import { nativeIdOf, type World } from '../core/world.js';
import { auditFromRow, type AuditRecord } from './audit-records.js';
import { directMessages, INSIDE, placeMessages } from './conversations.js';
import { sessionNumber, slackId, typedRows, type Rows } from './rows.js';
import { membersOf } from './members.js';
import { Modals } from './modals.js';
import { slackCredentials } from './tokens.js';

const DAY_MS = 86_400_000;

export interface Member {
  readonly id: string;
  /** Key in the scenario; empty for bots and our own service account. */
  readonly key: string;
  readonly name: string;
  readonly email: string;
  readonly kind: 'person' | 'guest' | 'bot';
  readonly admin: boolean;
  readonly primaryOwner: boolean;
  readonly sso: boolean;
  readonly timeZone: string;
  readonly phone?: string;
  readonly department?: string;
  /** Workspace of another organisation, from which somebody comes in through Slack Connect. */
  readonly homeTeam?: string;
  /** App of a bot. */
  readonly appId?: string;
  active: boolean;
  /** While a change is under way reads show the old state and writes are refused. */
  changing?: { readonly until: number; readonly shown: boolean };
}
export interface App {
  readonly id: string;
  readonly key: string;
  readonly name: string;
  readonly scopes: readonly string[];
  installed: boolean;
  resolution: 'approved' | 'restricted' | undefined;
}
interface Visible {
  readonly visibleAt: Date;
}
export interface Session extends Visible {
  readonly id: number;
  readonly user: string;
  readonly fields: Rows['session'][number]['fields'];
}
export interface IntegrationLog extends Visible {
  readonly at: Date;
  readonly user: string;
  readonly app: string;
  readonly change: string;
  readonly scopes: readonly string[];
  readonly reason?: string;
}
export interface Channel {
  readonly id: string;
  readonly name: string;
  readonly type: 'public_channel' | 'private_channel' | 'im';
  readonly external: boolean;
  /** Another organisation is invited, and has not taken the invitation yet. */
  readonly pending: boolean;
  /** Workspaces of the organisation share it. */
  readonly inOrganisation: boolean;
  /** The account behind our user tokens sees it. */
  readonly readable: boolean;
  readonly members: Set<string>;
}
export interface Message extends Visible {
  readonly channel: string;
  readonly ts: string;
  readonly user: string;
  readonly threadTs?: string;
  readonly app?: string;
  readonly files: readonly string[];
  readonly metadata?: unknown;
  text: string;
  blocks: readonly unknown[];
}
export interface StoredFile extends Visible {
  readonly id: string;
  readonly name: string;
  readonly owner: string;
  readonly bytes: number;
  readonly channel?: string;
  readonly at: Date;
  /** False: the account behind our tokens may not delete it. */
  readonly deletable: boolean;
  public: boolean;
  deleted: boolean;
}

/** Everything a simulated Slack organisation holds. Rows of the scenario appear when they may be seen; acts change the rest. */
export class SlackState {
  readonly own;
  readonly members: Member[];
  readonly apps: App[];
  readonly sessions: Session[];
  readonly grants: { readonly user: string; readonly app: string; readonly visibleAt: Date }[];
  readonly integrations: IntegrationLog[];
  readonly channels: Channel[];
  readonly messages: Message[];
  readonly files: StoredFile[];
  readonly audit: AuditRecord[];
  readonly modals: Modals;
  readonly rows: Rows;
  /** Account behind our user tokens; the primary owner of the organisation. */
  readonly service: Member;
  /** Account of our bot. */
  readonly bot: Member;

  constructor(readonly world: World) {
    this.own = slackCredentials(world);
    this.modals = new Modals(this);
    this.rows = typedRows(world.rows('slack'));
    this.members = membersOf(world, this.own.appId);
    this.service = this.member(nativeIdOf('slack', 'service')) as Member;
    this.bot = this.member(nativeIdOf('slack', 'bot:quell')) as Member;
    this.apps = appsOf(world, this.own.appId);
    this.sessions = this.rows.session.map(({ rowId, visibleAt, fields }) => ({
      id: sessionNumber(fields.session ?? `row ${rowId}`),
      user: fields.user,
      visibleAt,
      fields,
    }));
    this.grants = this.rows.grant.map(({ visibleAt, fields }) => ({ ...fields, visibleAt }));
    this.integrations = integrationsOf(
      this.rows,
      this.apps,
      this.service.id,
      new Date(world.startedAt.getTime() - 90 * DAY_MS),
    );
    this.channels = channelsOf(this.rows);
    this.channels.push(...directMessages(this.rows));
    this.files = filesOf(this.rows);
    this.messages = placeMessages(this.rows);
    this.audit = this.rows.audit.map((row) => auditFromRow(this, row));
  }

  visible<T extends Visible>(things: readonly T[]): readonly T[] {
    const now = this.world.now();
    return things.filter((t) => t.visibleAt <= now);
  }

  member(id: string): Member | undefined {
    return this.members.find((m) => m.id === id);
  }
  /** As reads show it just now. */
  shownActive(member: Member): boolean {
    return member.changing && member.changing.until > this.world.now().getTime()
      ? member.changing.shown
      : member.active;
  }
  liveSessions(user: string): readonly Session[] {
    return this.visible(this.sessions).filter((s) => s.user === user);
  }
  hasDm(user: string): boolean {
    return this.channels.some((c) => c.id === this.#dmId(user));
  }
  #dmId(user: string): string {
    return slackId('D', `${this.bot.id}:${user}`);
  }
  dm(user: string): Channel {
    const id = this.#dmId(user);
    const found = this.channels.find((c) => c.id === id);
    if (found) return found;
    const made: Channel = {
      id,
      name: '',
      type: 'im',
      ...INSIDE,
      readable: false,
      members: new Set([this.bot.id, user]),
    };
    this.channels.push(made);
    return made;
  }
  isInstalled(app: App): boolean {
    const last = [...this.visible(this.integrations)]
      .filter((i) => i.app === app.id)
      .sort((a, b) => a.at.getTime() - b.at.getTime())
      .at(-1);
    return app.installed && last?.change !== 'removed';
  }

  /** All of an account, or the one. */
  endSessions(user: string, only?: number): number {
    const before = this.sessions.length;
    const live = new Set(this.liveSessions(user).filter((s) => only === undefined || s.id === only));
    this.sessions.splice(0, before, ...this.sessions.filter((s) => !live.has(s)));
    return live.size;
  }
  revokeGrants(of: { readonly user?: string; readonly app?: string }): void {
    this.grants.splice(0, this.grants.length, ...this.grants.filter((g) => g.user !== of.user && g.app !== of.app));
  }
}

function appsOf(world: World, ownApp: string): App[] {
  const declared = Object.entries(world.scenario.apps).flatMap(([key, a]): App[] =>
    a.platform === 'slack'
      ? [{ id: world.appId(key), key, name: a.name, scopes: a.scopes, installed: true, resolution: undefined }]
      : [],
  );
  return [...declared, { id: ownApp, key: '', name: 'Quell', scopes: [], installed: true, resolution: 'approved' }];
}

/** Apps without an `added` row have been there for long. */
function integrationsOf(rows: Rows, apps: readonly App[], by: string, long: Date): IntegrationLog[] {
  const written = rows.integration.map(({ at, visibleAt, fields }): IntegrationLog => ({
    at,
    visibleAt,
    user: fields.user,
    app: fields.app,
    change: fields.change,
    scopes: fields.scopes,
    ...(fields.reason === undefined ? {} : { reason: fields.reason }),
  }));
  const unseen = apps.filter((a) => !written.some((w) => w.app === a.id && w.change === 'added'));
  return [
    ...unseen.map((a): IntegrationLog => ({
      at: long,
      visibleAt: long,
      user: by,
      app: a.id,
      change: 'added',
      scopes: a.scopes,
    })),
    ...written,
  ];
}

function channelsOf(rows: Rows): Channel[] {
  const channels = new Map<string, Channel>();
  for (const { fields } of rows.channel) {
    channels.set(fields.name, {
      id: slackId('C', fields.name),
      name: fields.name,
      type: fields.private ? 'private_channel' : 'public_channel',
      external: fields.external,
      pending: fields.pending,
      inOrganisation: fields.inOrganisation,
      readable: !fields.private || fields.readable,
      members: new Set(fields.members),
    });
  }
  for (const { fields } of rows.message) {
    if (fields.channel === undefined) continue;
    const channel: Channel = channels.get(fields.channel) ?? {
      id: slackId('C', fields.channel),
      name: fields.channel,
      type: fields.private ? 'private_channel' : 'public_channel',
      ...INSIDE,
      readable: true,
      members: new Set(),
    };
    channels.set(fields.channel, channel);
    channel.members.add(fields.from);
  }
  return [...channels.values()];
}

function filesOf(rows: Rows): StoredFile[] {
  return rows.file.map(({ at, visibleAt, fields }) => ({
    id: slackId('F', fields.name),
    name: fields.name,
    owner: fields.owner,
    bytes: fields.bytes,
    at,
    visibleAt,
    public: fields.public,
    deletable: fields.deletable,
    deleted: false,
    ...(fields.channel === undefined ? {} : { channel: slackId('C', fields.channel) }),
  }));
}
