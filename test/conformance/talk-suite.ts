import { describe, expect, it } from 'vitest';
import type { VendorOperation } from '../../platforms/operation.js';
import type { Talk, TalkPort } from '../../platforms/ports.js';
import type { ReceivedMessage } from '../../simulator/core/server.js';
import type { World } from '../../simulator/core/world.js';
import { AT_ONCE, LOST, MISHAPS, PATIENT, patienceFor, UNANSWERED } from './faults.js';
import { aFewAtATime, observed, type Subject } from './subject.js';
import { MESSAGE, sayUntilSaid, wrongAfter, type Conversation } from './talks.js';

interface Served {
  readonly world: World;
  readonly simulator: { messagesTo?(person: string): readonly ReceivedMessage[] };
  id(key: string): string;
  close(): Promise<void>;
}
interface Vendor<Tenant> {
  readonly start: () => Promise<Tenant>;
  readonly subject: (tenant: Tenant) => Subject;
  readonly port: (tenant: Tenant, timeoutMs: number) => TalkPort;
  readonly channels: readonly Talk['channel'][];
  /** The vendor's table of operations. */
  readonly table: Readonly<Record<string, VendorOperation>>;
  /** Operations of this role that answer and do not ask: with where they are tested. */
  readonly elsewhere?: readonly string[];
  /** Operations without which a person is reached all the same, with the reason: they are tried once. */
  readonly byTheWay?: Readonly<Record<string, string>>;
}

/** Every way to talk × every operation it calls × every fault: a person gets each message once. */
export async function talkSuite<Tenant extends Served>(vendor: Vendor<Tenant>): Promise<void> {
  const called = new Set<string>();
  for (const channel of vendor.channels) {
    const open = (timeoutMs: number) => conversationBy(vendor, channel, timeoutMs);
    const rehearsal = await open(PATIENT);
    const { calls } = await observed(rehearsal.subject.world, () => sayUntilSaid(rehearsal));
    for (const name of calls.keys()) called.add(name);

    describe(channel, () => {
      it('says it once, also when asked again', async () => {
        const [message, ...more] = rehearsal.received();
        expect(more).toEqual([]);
        expect(message?.text).toContain(MESSAGE.text);
        expect(message?.links.join(' ')).toContain(MESSAGE.link?.url);
        expect(await rehearsal.talk.send(rehearsal.to, MESSAGE)).toMatchObject({ already: true });
        expect(rehearsal.received()).toHaveLength(1);
        await rehearsal.close();
      });

      it.concurrent.each([...calls])('says it once, whatever happens at %s', async (operation, count) => {
        const byTheWay = vendor.byTheWay?.[operation] !== undefined;
        const rows = byTheWay ? MISHAPS.map((kind) => [kind]) : [AT_ONCE, LOST, UNANSWERED];
        const cases = [...Array(count).keys()].flatMap((skip) => rows.map((kinds) => ({ operation, skip, kinds })));
        const wrong = await aFewAtATime(cases, (mishaps) =>
          wrongAfter(() => open(patienceFor(mishaps.kinds, 1_000)), mishaps),
        );
        expect(wrong.flat()).toEqual([]);
      });
    });
  }

  it(`${vendor.channels.join(', ')}: calls everything that the table has for talking`, () => {
    const talking = Object.values(vendor.table).filter((o) => o.roles.includes('people') && o.serves.includes('talk'));
    const missing = talking.map((o) => o.name).filter((name) => !called.has(name));
    expect(missing).toEqual(vendor.elsewhere ?? []);
  });
}

async function conversationBy<Tenant extends Served>(
  vendor: Vendor<Tenant>,
  channel: Talk['channel'],
  timeoutMs: number,
): Promise<Conversation> {
  const tenant = await vendor.start();
  const talk = vendor.port(tenant, timeoutMs).talk.find((t) => t.channel === channel);
  if (!talk) throw new Error(`no way to talk by ${channel}`);
  return {
    subject: vendor.subject(tenant),
    talk,
    to: channel === 'mail' ? 'dana@example.com' : tenant.id('dana'),
    received: () => (tenant.simulator.messagesTo?.('dana') ?? []).filter((m) => m.channel === channel),
    close: () => tenant.close(),
  };
}
