import type { Platform } from '../platforms.js';
import { Chance } from './chance.js';
import type { Job } from './jobs.js';
import type { Moment, Place } from './months.js';

/** Where an address is, as the scenario's `places` say. */
export interface Spot {
  /** Key of the scenario's `ips`. */
  readonly ip: string;
  readonly country: string;
  readonly city: string;
  readonly lat: number;
  readonly lon: number;
  readonly asn: number;
  readonly asName: string;
}

/** Whose life is told, on one platform. */
export interface Liver {
  readonly key: string;
  readonly job: Job;
  readonly days: number;
  readonly system: 'windows' | 'mac';
  /** Whom they write to, by key. */
  readonly colleague: string;
  /** Whose passwords a help desk resets, by key. */
  readonly others: readonly string[];
  readonly spot: (place: Place, daysAgo: number) => Spot;
}

/** A row as a scenario file holds it, without its tenant. */
export interface Told {
  readonly type: string;
  readonly ago: number;
  readonly repeat?: number;
  readonly everyMs?: number;
  readonly [field: string]: unknown;
}

const DAY_MS = 86_400_000;
/** Sessions are begun anew after so many days, browsers are a version newer. */
const SESSION_DAYS = 30;
const VERSION_DAYS = 28;
const LATEST_VERSION = 141;
/** Of what is written, so much stands there as text. */
const SPOKEN = 0.12;
const WORDS = [
  'Thanks, I will look at it after lunch.',
  'The minutes are in the folder.',
  'Can we move the call to ten?',
  'I have put the new version where the old one was.',
  'Agreed, let us do it that way.',
  'On my way, five minutes.',
] as const;

const daysAgoOf = (ago: number): number => Math.floor(ago / DAY_MS);
/** The newest session of a device is number 1: scenario files may name it. */
const sessionOf = (mark: string, { key }: Liver, ago: number, phone: boolean): string =>
  `${key}-${phone ? 'p' : mark}${Math.floor(daysAgoOf(ago) / SESSION_DAYS) + 1}`;

function browserOf(life: Liver, ago: number, phone: boolean): string {
  if (phone) return 'Mozilla/5.0 (iPhone; CPU iPhone OS 19_0 like Mac OS X) AppleWebKit/605.1.15 Mobile/15E148';
  const version = LATEST_VERSION - Math.floor(daysAgoOf(ago) / VERSION_DAYS);
  const [system, brand] =
    life.system === 'windows'
      ? ['Windows NT 10.0; Win64; x64', ` Edg/${version}.0.0.0`]
      : ['Macintosh; Intel Mac OS X 10_15_7', ''];
  return `Mozilla/5.0 (${system}) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/${version}.0.0.0 Safari/537.36${brand}`;
}

/** Entra and Teams. What people read in Teams itself is in no log. */
function microsoft(life: Liver, moment: Moment): readonly Told[] {
  const { key, job, colleague, others } = life;
  const { ago, place, phone } = moment;
  const spot = life.spot(place, daysAgoOf(ago));
  const [user, ip] = [`@${key}`, `ip:${spot.ip}`];
  const session = sessionOf('s', life, ago, phone);
  const audit = { type: 'audit', ago, user, ip, session, userAgent: browserOf(life, ago, phone) };
  switch (moment.does) {
    case 'sign_in':
      return [
        {
          ...{ type: 'sign_in', ago, user, ip, session, userAgent: audit.userAgent, interactive: moment.first },
          ...{ country: spot.country, city: spot.city, lat: spot.lat, lon: spot.lon, asn: spot.asn },
          ...{ device: `${key}-${phone ? 'phone' : 'laptop'}`, deviceKnown: true },
        },
        ...(moment.first ? [{ ...audit, operation: 'TeamsSessionStarted' }] : []),
      ];
    case 'download':
    case 'view': {
      const operation = moment.does === 'view' ? 'FileAccessed' : 'FileDownloaded';
      const { file, label, repeat, everyMs } = moment;
      return [{ ...audit, operation, file, ...(label === undefined ? {} : { label }), repeat, everyMs }];
    }
    case 'upload':
      return [{ ...audit, operation: 'FileUploaded', file: moment.file, team: job.team }];
    case 'send':
      return spoken(life, ago)
        ? [
            {
              type: 'message',
              ago,
              chat: `${key}-${colleague}`,
              from: user,
              to: [`@${colleague}`],
              text: words(life, ago),
            },
          ]
        : [{ ...audit, operation: 'MessageSent', team: job.team }];
    case 'meet':
      return [{ ...audit, operation: 'MeetingParticipantDetail', object: `${job.team} meeting` }];
    case 'reset':
      return others.slice(0, 1).map(() => ({
        ...{ type: 'directory_audit', ago, user, ip, activity: 'Reset user password' },
        target: `@${turn(others, life, ago)}`,
      }));
    case 'read':
      return [];
  }
}

/** Slack's audit log holds sign-ins and files; what is read and written is counted in the access log. */
function slack(life: Liver, moment: Moment): readonly Told[] {
  const { key, job, others } = life;
  const { ago, place, phone } = moment;
  const spot = life.spot(place, daysAgoOf(ago));
  const [actor, ip] = [`@${key}`, `ip:${spot.ip}`];
  const audit = {
    type: 'audit',
    ago,
    actor,
    ip,
    session: sessionOf('k', life, ago, phone),
    ua: browserOf(life, ago, phone),
  };
  switch (moment.does) {
    case 'sign_in':
      return moment.first
        ? [
            { ...audit, action: 'user_login' },
            {
              ...{ type: 'access', ago, user: actor, ip, isp: spot.asName, country: spot.country, region: spot.city },
              count: 20 + Math.floor(new Chance(`count:${key}:${ago}`).between(0, 60)),
            },
          ]
        : [];
    case 'download':
      return [
        {
          ...audit,
          action: 'file_downloaded',
          entity: `file:${moment.file}`,
          repeat: moment.repeat,
          everyMs: moment.everyMs,
        },
      ];
    case 'upload':
      return [{ ...audit, action: 'file_uploaded', entity: `file:${moment.file}` }];
    case 'send':
      return spoken(life, ago)
        ? [{ type: 'message', ago, channel: channelOf(job), from: actor, text: words(life, ago) }]
        : [];
    case 'reset':
      return others
        .slice(0, 1)
        .map(() => ({ ...audit, action: 'user_password_reset_by_admin', entity: `@${turn(others, life, ago)}` }));
    case 'read':
    case 'view':
    case 'meet':
      return [];
  }
}

const channelOf = ({ team }: Job): string => team.replaceAll(' ', '-');

/** Workspace logs what is opened in Drive and which conversation is read. */
function google(life: Liver, moment: Moment): readonly Told[] {
  const { key, job, colleague, others } = life;
  const { ago, place } = moment;
  const spot = life.spot(place, daysAgoOf(ago));
  const [user, ip] = [`@${key}`, `ip:${spot.ip}`];
  switch (moment.does) {
    case 'sign_in':
      return moment.first ? [{ type: 'login', ago, user, ip, country: spot.country, asn: spot.asn }] : [];
    case 'download':
    case 'view':
      return [
        {
          type: 'drive',
          ago,
          user,
          ip,
          event: moment.does,
          file: moment.file,
          repeat: moment.repeat,
          everyMs: moment.everyMs,
        },
      ];
    case 'upload':
      return [{ type: 'drive', ago, user, ip, event: 'upload', file: moment.file }];
    case 'read':
      return [{ type: 'chat', ago, user, event: 'conversation_read', space: job.team }];
    case 'send':
      return spoken(life, ago)
        ? [{ type: 'message', ago, space: job.team, from: user, to: [`@${colleague}`], text: words(life, ago) }]
        : [];
    case 'reset':
      return others.slice(0, 1).map(() => ({
        ...{ type: 'admin', ago, user, ip, event: 'CHANGE_PASSWORD', eventType: 'USER_SETTINGS' },
        about: `@${turn(others, life, ago)}`,
      }));
    case 'meet':
      return [];
  }
}

const spoken = ({ key }: Liver, ago: number): boolean => new Chance(`spoken:${key}:${ago}`).is(SPOKEN);
const words = ({ key }: Liver, ago: number): string => new Chance(`words:${key}:${ago}`).pick(WORDS);
const turn = (others: readonly string[], { key }: Liver, ago: number): string =>
  others[Math.floor(new Chance(`turn:${key}:${ago}`).next() * others.length)] ?? '';

export const WORDING = { microsoft, slack, google } as const satisfies Record<
  Platform,
  (life: Liver, moment: Moment) => readonly Told[]
>;

/** What somebody has there since before the months that are told: devices, the second factor, a live session, a room. */
export function belongings(platform: Platform, life: Liver): readonly Told[] {
  const { key, job, days, colleague } = life;
  const ago = (days + 20) * DAY_MS;
  const user = `@${key}`;
  switch (platform) {
    case 'microsoft':
      return [
        { type: 'device', ago, user, device: `${key}-laptop`, name: `${key.toUpperCase()}-LT` },
        { type: 'auth_method', ago: 400 * DAY_MS, user, method: 'microsoftAuthenticator', default: true },
      ];
    case 'slack':
      return [
        { type: 'channel', ago, name: channelOf(job), members: [user, `@${colleague}`] },
        {
          ...{ type: 'session', ago: Math.min(9, days) * DAY_MS, user, session: `${key}-k1` },
          ip: `ip:${life.spot('office', 9).ip}`,
        },
      ];
    case 'google':
      return [
        { type: 'space', ago, space: job.team },
        { type: 'device', ago, user, name: `${key} phone` },
      ];
  }
}
