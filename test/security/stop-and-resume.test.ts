import { randomUUID } from 'node:crypto';
import { beforeAll, expect, test } from 'vitest';
import type { Payload } from '@temporalio/common';
import type { DecisionKey, Signed, SwitchDecision } from '../../domain/decision.js';
import { turnSwitch } from '../../gateway/case-client.js';
import { signBody } from '../../store/signing.js';
import type { SigningKey } from '../../store/key-ring.js';
import { GUARD_ID, startOfGuard, type GuardPeople } from '../../workers/workflows-port.js';
import { guardViewQuery } from '../../workflows/messages.js';
import { QUEUES } from '../../workflows/queues.js';
import { endOf, minutes, posingAs, protectGlass, stranger, useAttack, withPeople } from './support/attack.js';
import { encrypted, garbage, plain, sending } from './support/sending.js';

/** The organisation's stop: nobody but people presses it, and nobody but a lead who saw it lifts it, whatever becomes of the workflow that carries it. */
const attack = useAttack({
  scenario: 'silent-subject',
  without: ['evidence', 'analysis', 'people', 'records', 'console', 'intake'],
  change: (scenario) => {
    const all = withPeople(scenario);
    return { ...all, deciders: { ...all.deciders, deb: ['responder'] } };
  },
  configure: protectGlass,
});

let people: GuardPeople;
beforeAll(() => {
  const holders = ['ann', 'ben', 'deb'];
  const keyOf = (personId: string): DecisionKey => {
    const { keyId, publicKey } = attack.on.key(`person-${personId}`);
    return { keyId, publicKey, holder: { kind: 'person', personId } };
  };
  people = {
    keys: holders.map(keyOf),
    deciders: holders.map((personId) => ({
      personId,
      roles: personId === 'deb' ? ['responder'] : ['responder', 'lead'],
    })),
  };
});

const body = (
  verb: SwitchDecision['verb'],
  personId = 'ann',
  change: Partial<SwitchDecision> = {},
): SwitchDecision => ({
  ...{ type: 'switch', verb, personId, role: 'lead', at: minutes(0), why: '', nonce: randomUUID() },
  ...(verb === 'resume' ? { expiresAt: minutes(5) } : {}),
  ...change,
});
const signed = (decision: SwitchDecision, key: SigningKey = attack.on.key(`person-${decision.personId}`)) =>
  signBody(decision, key);
const press = (decision: Signed<SwitchDecision>) => turnSwitch(attack.on.house.client, startOfGuard(people), decision);
const guard = () => attack.on.house.client.workflow.getHandle(GUARD_ID);
const stopped = async () => (await guard().query(guardViewQuery)).stopped;

/** Whether a write that everything allows goes through: each time on a plan of its own. */
async function writes(): Promise<string | undefined> {
  const { on } = attack;
  const target = { type: 'sessions', accountId: on.id('microsoft', 'tom'), sessionIds: [] } as const;
  return endOf(await on.approved({ kind: 'end_sessions', target }));
}

/** Payloads of the updates that the guard accepted, as they lie in its history. */
async function recorded(name: string): Promise<readonly Payload[]> {
  const events = (await guard().fetchHistory()).events ?? [];
  return events.flatMap((event) => {
    const input = event.workflowExecutionUpdateAcceptedEventAttributes?.acceptedRequest?.input;
    return input?.name === name ? [...(input.args?.payloads ?? [])] : [];
  });
}

/** Sends a payload by every way there is, under a name. */
async function send(payload: Payload, names: readonly string[]): Promise<void> {
  const handle = sending(attack.on, payload).workflow.getHandle(GUARD_ID);
  for (const name of names) {
    await expect(handle.executeUpdate(name, { args: [{}] }), name).rejects.toThrow();
    await handle.signal(name, {});
  }
}

const NAMES = ['stop', 'resume', 'lease'];

test('nobody without a person’s key stops containment', async () => {
  const { on } = attack;
  const first = signed(body('stop'));
  await press(first);
  await press(signed(body('resume', 'ann', { lifts: first.body.nonce }))); // a guard is there, and nothing is stopped
  const forged = [signed(body('stop'), stranger()), signed(body('stop'), posingAs(on.key('person-ann')))];
  for (const payload of Object.values(await garbage(on, first))) await send(payload, NAMES);
  for (const decision of [...forged, { by: 'ann', why: '' }, first.body, { ...first, signature: '' }])
    await send(await encrypted(on, plain(decision)), NAMES);
  expect(await stopped()).toBeUndefined();
  expect(await writes()).toMatch(/done|already/);
});

test('nobody without a lead’s key lifts a stop, and no lead one that they have not seen', async () => {
  const { on } = attack;
  const [one, two] = [signed(body('stop')), signed(body('stop', 'deb', { role: 'responder' }))];
  await press(one);
  await press(two); // anybody who may sign in
  expect(await writes()).toBe('STOPPED');
  const lifts = two.body.nonce;
  const resume = body('resume', 'ann', { lifts });
  const refused: Record<string, unknown> = {
    unsigned: resume,
    'signed by a stranger': signed(resume, stranger()),
    'signed by a stranger under Ann’s key id': signed(resume, posingAs(on.key('person-ann'))),
    'of no lead': signed(body('resume', 'deb', { lifts })),
    'of no lead who says so': signed(body('resume', 'deb', { lifts, role: 'lead' })),
    'signed by no lead for a lead': signed(resume, on.key('person-deb')),
    'with another role': signed({ ...resume, role: 'responder' }),
    'of the stop before': signed(body('resume', 'ann', { lifts: one.body.nonce })),
    'of no stop': signed(body('resume', 'ann', { lifts: 'none' })),
    over: signed(body('resume', 'ann', { lifts, expiresAt: minutes(-1) })),
    'of tomorrow': signed(body('resume', 'ann', { lifts, at: minutes(60), expiresAt: minutes(90) })),
    'a stop made a resume': { ...two, body: { ...two.body, verb: 'resume', lifts, expiresAt: minutes(5) } },
  };
  for (const [what, decision] of Object.entries(refused)) {
    await send(await encrypted(on, plain(decision)), ['resume']);
    const direct = await on.ask(QUEUES.containmentSwitch, 'switchContainment', { signed: decision });
    expect([what, direct.thrown !== undefined]).toEqual([what, true]);
    expect([what, (await stopped())?.nonce]).toEqual([what, lifts]);
  }
  for (const payload of Object.values(await garbage(on, signed(resume)))) await send(payload, NAMES);
  const written = await on.written(async () => expect(await writes()).toBe('STOPPED'));
  expect(written).toEqual([]);
  await press(signed(body('resume', 'ben', { lifts })));
  expect(await writes()).toMatch(/done|already/);
});

test('what was pressed once is not pressed again by who can read the history', async () => {
  const { on } = attack;
  const [stops, resumes] = [await recorded('stop'), await recorded('resume')];
  expect([stops.length, resumes.length]).toEqual([3, 2]);
  for (const payload of stops) await send(payload, ['stop']);
  expect(await stopped()).toBeUndefined();
  expect(await writes()).toMatch(/done|already/);
  const stop = signed(body('stop'));
  await press(stop);
  for (const payload of resumes) await send(payload, ['resume']);
  expect((await stopped())?.nonce).toBe(stop.body.nonce);
  const written = await on.written(async () => expect(await writes()).toBe('STOPPED'));
  expect(written).toEqual([]);
});

test('a guard that is killed, or one of the attacker’s own, lifts nothing', async () => {
  const { on } = attack;
  const lifts = (await stopped())!.nonce;
  await guard().terminate();
  expect(await writes()).toBe('STOPPED');

  // One that obeys the attacker, in the place of ours: the worker has its own list of keys.
  const thief = stranger();
  const theirs: GuardPeople = {
    keys: [{ keyId: thief.keyId, publicKey: thief.publicKey, holder: { kind: 'console' } }],
    deciders: people.deciders,
  };
  const { client } = on.house;
  await client.workflow.start('containmentGuardWorkflow', {
    workflowId: GUARD_ID,
    taskQueue: QUEUES.playbook,
    args: [
      {
        ...theirs,
        resume: {
          ...{ used: [], pending: [signed(body('resume', 'ann', { lifts }), thief)], refused: [] },
          stopped: { by: 'ann', at: minutes(0), why: '', nonce: lifts },
        },
      },
    ],
  });
  const own = signed(body('resume', 'ann', { lifts }), thief);
  await expect(guard().executeUpdate('resume', { args: [own] })).rejects.toThrow();
  const written = await on.written(async () => {
    expect(await writes()).toBe('STOPPED');
    await guard().terminate();
    await on.restart('containment'); // nor does the worker forget
    expect(await writes()).toBe('STOPPED');
  });
  expect(written).toEqual([]);

  // People press again: a guard that is new shows a stop before it is lifted.
  const again = signed(body('stop', 'ben'));
  await press(again);
  await press(signed(body('resume', 'ann', { lifts: again.body.nonce })));
  expect(await writes()).toMatch(/done|already/);
});
