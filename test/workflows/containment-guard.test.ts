import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { WorkflowUpdateFailedError } from '@temporalio/client';
import { ApplicationFailure } from '@temporalio/common';
import { describe, expect, it } from 'vitest';
import type { Signed, SwitchDecision } from '../../domain/decision.js';
import { turnSwitch } from '../../gateway/case-client.js';
import { GUARD_ID, startOfGuard } from '../../workers/workflows-port.js';
import { containmentGuardWorkflow } from '../../workflows/index.js';
import { guardViewQuery, resumeUpdate, stopSignal, stopUpdate, type GuardView } from '../../workflows/messages.js';
import { QUEUES } from '../../workflows/queues.js';
import { playbookBundle, useDevServer } from '../support/temporal.js';
import { DECIDERS, KEYS, switchOf } from './support/people.js';
import { failing, PlayedWorld, workersFor } from './support/world.js';

const temporal = useDevServer();

interface Guard {
  readonly handle: Awaited<ReturnType<typeof startGuard>>;
  stop(signed: Signed<SwitchDecision>): Promise<unknown>;
  resume(signed: Signed<SwitchDecision>): Promise<unknown>;
  view(): Promise<GuardView>;
  until(holds: (view: GuardView) => boolean): Promise<GuardView>;
}

const startGuard = async (keys = KEYS) =>
  await temporal.client.workflow.start(containmentGuardWorkflow, {
    taskQueue: QUEUES.playbook,
    workflowId: temporal.id('guard'),
    args: [{ keys, deciders: DECIDERS }],
  });

async function withGuard(world: PlayedWorld, work: (guard: Guard) => Promise<void>): Promise<void> {
  const workers = workersFor(await playbookBundle(), () => world);
  await temporal.withWorkers(workers, async () => {
    const { workflowId } = await startGuard();
    const handle = temporal.client.workflow.getHandle<typeof containmentGuardWorkflow>(workflowId);
    const view = (): Promise<GuardView> => handle.query(guardViewQuery);
    const until: Guard['until'] = async (holds) => {
      for (let looks = 0; looks < 600; looks++) {
        const state = await view();
        if (holds(state)) return state;
        await new Promise((r) => setTimeout(r, 50));
      }
      throw new Error(`it did not come to hold: ${JSON.stringify(await view())}`);
    };
    await work({
      ...{ handle: handle as Guard['handle'], view, until },
      stop: (signed) => handle.executeUpdate(stopUpdate, { args: [signed] }),
      resume: (signed) => handle.executeUpdate(resumeUpdate, { args: [signed] }),
    });
    await handle.terminate();
  });
}

async function refusedWith(code: string, update: Promise<unknown>): Promise<void> {
  const error: unknown = await update.then(
    () => undefined,
    (e: unknown) => e,
  );
  expect(error).toBeInstanceOf(WorkflowUpdateFailedError);
  const { cause } = error as WorkflowUpdateFailedError;
  expect(cause).toBeInstanceOf(ApplicationFailure);
  expect((cause as ApplicationFailure).type).toBe(code);
}

describe('a stop', () => {
  it('counts for anybody whose signature is known, whatever else it says, over a killed server too', async () => {
    const world = new PlayedWorld();
    await withGuard(world, async ({ stop, view }) => {
      const { role: _role, why: _why, at: _at, ...bare } = switchOf('stop', 'p-nobody').body;
      const odd = switchOf('stop', 'p-nobody', { ...bare, at: 'soon', why: 7 as never, role: null as never });
      expect(await stop(odd)).toMatchObject({ confirmed: true, stopped: { by: 'p-nobody' } });
      await temporal.restart();
      expect(await view()).toMatchObject({ stopped: { by: 'p-nobody' }, confirmed: true });
      expect(world.asked('switchContainment')).toEqual([{ signed: odd }]);
    });
  });

  it('stays on while the containment worker does not answer, says so, and is handed over when it does', async () => {
    let isUp = false;
    const world = new PlayedWorld();
    const down = ApplicationFailure.create({ type: 'VENDOR_DOWN', nonRetryable: false });
    world.answer({
      switchContainment: async ({ signed }) => {
        if (!isUp) throw down;
        const { personId: by, at, why, nonce } = signed.body;
        return { stopped: { by, at, why, nonce } };
      },
    });
    await withGuard(world, async ({ stop, until, view }) => {
      expect(await stop(switchOf('stop', 'p-responder'))).toMatchObject({
        stopped: { by: 'p-responder' },
        confirmed: false,
      });
      expect(await view()).toMatchObject({ stopped: { by: 'p-responder', why: 'a drill' }, confirmed: false });
      isUp = true;
      expect(await until((s) => s.confirmed)).toMatchObject({ stopped: { by: 'p-responder' } });
    });
  });

  it('is not shown as on when the containment worker refuses it', async () => {
    await withGuard(new PlayedWorld({ switchContainment: failing('SIGNATURE') }), async ({ stop, view }) => {
      await refusedWith('SIGNATURE', stop(switchOf('stop', 'p-responder')));
      const { stopped, refused } = await view();
      expect(stopped).toBeUndefined();
      expect(refused).toMatchObject([{ message: 'stop', code: 'SIGNATURE' }]);
    });
  });

  it('is taken once: played again after a resume, it stops nothing', async () => {
    await withGuard(new PlayedWorld(), async ({ stop, resume, view, handle, until }) => {
      const first = switchOf('stop', 'p-responder');
      await stop(first);
      await resume(switchOf('resume', 'p-lead', { lifts: first.body.nonce }));
      await refusedWith('DECISION_REPLAYED', stop(first));
      await handle.signal(stopSignal, first);
      await until((s) => s.refused.length === 1);
      const { stopped, refused } = await view();
      expect(stopped).toBeUndefined();
      expect(refused).toMatchObject([{ message: 'stop', code: 'DECISION_REPLAYED' }]);
    });
  });

  it('has no effect in the clear, unsigned, or signed by nobody known', async () => {
    const world = new PlayedWorld();
    await withGuard(world, async ({ stop, view, handle }) => {
      await refusedWith('SIGNATURE', stop(switchOf('stop', 'p-lead', {}, 'stranger')));
      const good = switchOf('stop', 'p-lead');
      await refusedWith('SIGNATURE', stop({ ...good, body: { ...good.body, personId: 'p-lead-2' } }));
      await refusedWith('MESSAGE', stop({ by: 'p-lead' } as never));
      await expect(handle.executeUpdate<object, [object]>('lease', { args: [{}] })).rejects.toThrow(
        WorkflowUpdateFailedError,
      );
      expect(await view()).toEqual({ confirmed: true, refused: [], refusedMore: 0 });
      expect(world.asked('switchContainment')).toEqual([]);
    });
  });
});

describe('a resume', () => {
  it('is a lead’s, in time, and lifts the very stop that is on', async () => {
    await withGuard(new PlayedWorld(), async ({ stop, resume, view }) => {
      const [first, second] = [switchOf('stop', 'p-responder'), switchOf('stop', 'p-lead-2')];
      await stop(first);
      const lifts = first.body.nonce;
      await refusedWith('NOT_AUTHORISED', resume(switchOf('resume', 'p-responder', { lifts })));
      await refusedWith('NOT_AUTHORISED', resume(switchOf('resume', 'p-lead', { lifts, role: 'responder' })));
      await refusedWith('NOT_AUTHORISED', resume(switchOf('resume', 'p-nobody', { lifts })));
      await refusedWith('SIGNATURE', resume(switchOf('resume', 'p-lead', { lifts }, 'stranger')));
      const over = '2026-03-02T12:00:01.000Z';
      await refusedWith('DECISION_EXPIRED', resume(switchOf('resume', 'p-lead', { lifts, expiresAt: over })));
      const early = '2097-01-01T00:00:00.000Z';
      await refusedWith('DECISION_EXPIRED', resume(switchOf('resume', 'p-lead', { lifts, at: early })));
      await refusedWith('DECISION_EXPIRED', resume(switchOf('resume', 'p-lead', { lifts: 'n-other' })));
      await refusedWith('MESSAGE', resume(switchOf('resume', 'p-lead')));
      await stop(second);
      await refusedWith('DECISION_EXPIRED', resume(switchOf('resume', 'p-lead', { lifts })));
      expect(await view()).toMatchObject({ stopped: { by: 'p-lead-2' } });

      const good = switchOf('resume', 'p-lead', { lifts: second.body.nonce });
      expect(await resume(good)).toEqual({ confirmed: true });
      await refusedWith('DECISION_REPLAYED', resume(good));
      await stop(switchOf('stop', 'p-responder'));
      await refusedWith('DECISION_REPLAYED', resume(good));
      expect(await view()).toMatchObject({ stopped: { by: 'p-responder' } });
    });
  });

  it('leaves the stop on until the containment worker has taken it', async () => {
    const world = new PlayedWorld();
    await withGuard(world, async ({ stop, resume, view }) => {
      const stopped = switchOf('stop', 'p-responder');
      await stop(stopped);
      world.answer({ switchContainment: failing('NOT_AUTHORISED') });
      await refusedWith('NOT_AUTHORISED', resume(switchOf('resume', 'p-lead', { lifts: stopped.body.nonce })));
      expect(await view()).toMatchObject({ stopped: { by: 'p-responder' }, confirmed: true });
    });
  });
});

it('goes on as new after many decisions, and forgets no stop and no nonce', async () => {
  await withGuard(new PlayedWorld(), async ({ stop, view, handle, until }) => {
    const first = (await handle.describe()).runId;
    const old = switchOf('stop', 'p-responder');
    await stop(old);
    for (let tens = 0; tens < 12; tens++)
      await Promise.all(Array.from({ length: 10 }, () => stop(switchOf('stop', 'p-lead'))));
    expect((await handle.describe()).runId).not.toBe(first);
    await refusedWith('DECISION_REPLAYED', stop(old));
    await until((s) => s.confirmed);
    expect(await view()).toMatchObject({ stopped: { by: 'p-lead' } });
  });
});

it('is started by the first press, which tells the catalogue’s error when nobody answers', async () => {
  const start = { keys: KEYS, deciders: DECIDERS };
  const signed = switchOf('stop', 'p-responder');
  const { client } = temporal;
  await expect(
    client.withDeadline(Date.now() + 500, () => turnSwitch(client, startOfGuard(start), signed)),
  ).rejects.toMatchObject({ code: 'SWITCH' });
  const workers = workersFor(await playbookBundle(), () => new PlayedWorld());
  await temporal.withWorkers(workers, async () => {
    expect(await turnSwitch(client, startOfGuard(start), switchOf('stop', 'p-lead'))).toMatchObject({
      stopped: { by: 'p-lead' },
      confirmed: true,
    });
    await client.workflow.getHandle(GUARD_ID).terminate();
  });
});

it('leaves nothing readable in the database', () => {
  const files = readdirSync(temporal.folder).filter((name) => name.startsWith('temporal.db'));
  const kept = files.map((name) => readFileSync(join(temporal.folder, name), 'latin1')).join('');
  expect(kept).toContain('containmentGuardWorkflow');
  expect(kept).not.toContain('p-responder');
});
