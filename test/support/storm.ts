import { join } from 'node:path';
import pMap from 'p-map';
import { fillAlert, sourceSecret } from '../../cli/demo/alerts.js';
import type { House } from '../../cli/demo/house.js';
import { SOURCES } from '../../cli/demo/organisation.js';
import { sendAlert, type AcceptedAlert } from '../../gateway/send-alert.js';
import type { World } from '../../simulator/core/world.js';
import { elastic, panther } from '../gateway/alerts/fixtures.js';

const IN_FLIGHT = 50;
/** Numbers of alerts that no storm has. */
const AFTER_STORM = 1_000_000;

/** One alert on its way to the intake. */
export interface Shot {
  readonly source: (typeof SOURCES)[number]['name'];
  readonly body: string;
  /** Key of the person it is about. */
  readonly about: string;
  /** Which alert it is: the same in other words. */
  readonly alert: string;
}

/** `count` alerts about each of the people, from four detectors in their own formats, all of them different. */
export function shots(house: Pick<House, 'world' | 'scenario'>, about: readonly string[], count: number): Shot[] {
  const writers = [siem, siem, slackAudit, fromElastic, fromPanther];
  return Array.from({ length: count }, (_, i) => i).flatMap((i) =>
    about.map((key) => (writers[i % writers.length] ?? siem)(house, key, i)),
  );
}

type Writer = (house: Pick<House, 'world' | 'scenario'>, key: string, i: number) => Shot;

const mailOf = (world: World, key: string): string => world.scenario.people[key]?.email ?? '';
const minutesAgo = (world: World, minutes: number): string =>
  new Date(world.startedAt.getTime() - minutes * 60_000).toISOString();

const siem: Writer = ({ world }, key, i) => ({
  source: 'siem',
  about: key,
  alert: `siem-${key}-${i}`,
  body: JSON.stringify({
    id: `storm-${key}-${i}`,
    platform: 'slack',
    subjects: [{ email: mailOf(world, key), nativeId: world.nativeId('slack', key), platform: 'slack' }],
    title: `Many reads in a short time (${i})`,
    severity: 'medium',
    occurredAt: minutesAgo(world, 60),
  }),
});

const slackAudit: Writer = ({ world, scenario }, key, i) => {
  const path = join(scenario.folder, scenario.alerts[0]?.file ?? '');
  const filled = JSON.parse(fillAlert(world, path, 'slack', key, i)) as object;
  return {
    source: 'slack-audit',
    about: key,
    alert: `slack-audit-${key}-${i}`,
    body: JSON.stringify({ ...filled, id: `anomaly-${key}-${i}` }),
  };
};

const fromElastic: Writer = ({ world }, key, i) => ({
  source: 'elastic',
  about: key,
  alert: `elastic-${key}-${i}`,
  body: JSON.stringify({
    ...elastic,
    '@timestamp': minutesAgo(world, 40),
    'kibana.alert.uuid': `el-${key}-${i}`,
    'kibana.alert.original_time': minutesAgo(world, 55),
    'user.email': mailOf(world, key),
  }),
});

const fromPanther: Writer = ({ world }, key, i) => ({
  source: 'panther',
  about: key,
  alert: `panther-${key}-${i}`,
  body: JSON.stringify({
    ...panther,
    alertId: `pa-${key}-${i}`,
    createdAt: minutesAgo(world, 50),
    alertContext: { ...panther.alertContext, actor: { user: { email: mailOf(world, key) } } },
  }),
});

/** The same alert in other words: another message, and no other alert. */
export const reworded = (shot: Shot): Shot => ({
  ...shot,
  body: JSON.stringify({ ...(JSON.parse(shot.body) as object), title: 'Many reads, said again' }),
});

/** Sends all to the intake, each as its detector would, some at once; the answers in the same order. */
export async function fire(house: House, all: readonly Shot[]): Promise<AcceptedAlert[]> {
  const secrets = new Map(SOURCES.map(({ name }) => [name, sourceSecret(house.files.vault, name)]));
  const answers: AcceptedAlert[] = [];
  await eachOf(all, IN_FLIGHT, async ({ source, body }, i) => {
    const sender = SOURCES.find((s) => s.name === source);
    if (!sender) throw new Error(`no source ${source}`);
    answers[i] = await sendAlert(house.addresses.intake, sender, secrets.get(source) ?? '', body);
  });
  return answers;
}

/** Goes on sending alerts about one person until `work` has ended, and at least `least`; what it sent, with the answers. */
export async function underFire<T>(
  house: House,
  about: string,
  least: number,
  work: () => Promise<T>,
): Promise<{ readonly sent: readonly Shot[]; readonly answers: readonly AcceptedAlert[] }> {
  const sent: Shot[] = [];
  const answers: AcceptedAlert[] = [];
  let ended = false;
  const volley = async (): Promise<void> => {
    const more = Array.from({ length: 2 * IN_FLIGHT }, (_, i) => siem(house, about, AFTER_STORM + sent.length + i));
    sent.push(...more);
    answers.push(...(await fire(house, more)));
  };
  await volley();
  const working = work().finally(() => (ended = true));
  while (!ended || sent.length < least) await volley();
  await working;
  return { sent, answers };
}

/** What a status address says. */
export interface Status {
  readonly seq: number;
  readonly status: 'waiting' | 'delivered' | 'duplicate' | 'ignored' | 'dead_letter';
  readonly text?: string;
  readonly alertIds?: readonly string[];
  readonly caseIds?: readonly string[];
}

export async function statusOf({ status }: AcceptedAlert): Promise<Status> {
  const response = await fetch(status);
  // Asked too often: on a busy machine a receipt stays open for more than a minute.
  if (response.status === 429) return { seq: 0, status: 'waiting' };
  return (await response.json()) as Status;
}

/** The statuses when none waits any more. Errors: when they still do after `withinMs`. */
export async function delivered(answers: readonly AcceptedAlert[], withinMs: number): Promise<Status[]> {
  const statuses: Status[] = [];
  let open = answers.map((_, i) => i);
  for (const deadline = Date.now() + withinMs; open.length > 0; await new Promise((r) => setTimeout(r, 1_000))) {
    if (Date.now() > deadline) throw new Error(`${open.length} alerts were not delivered in time`);
    await eachOf(open, IN_FLIGHT, async (i) => {
      const answer = answers[i];
      if (answer) statuses[i] = await statusOf(answer);
    });
    open = open.filter((i) => statuses[i]?.status === 'waiting');
  }
  return statuses;
}

/** Works on all items, `atOnce` at a time. */
export async function eachOf<T>(
  items: readonly T[],
  atOnce: number,
  work: (item: T, i: number) => Promise<void>,
): Promise<void> {
  await pMap(items, work, { concurrency: atOnce });
}
