import { expect, it } from 'vitest';
import { joinAlertsUpdate } from '../../workflows/messages.js';
import { useTimeSkipping } from '../support/temporal.js';
import { alertRef, assessmentOf, collectionOf, LAG_MS, MINUTE, plus, TAKEOVER } from './support/facts.js';
import { usePlaybook, type RunningCase } from './support/running.js';
import { failing, PlayedWorld, type Activities } from './support/world.js';

const temporal = useTimeSkipping();
const { withCase } = usePlaybook(temporal);

const settlesAt = async (running: RunningCase): Promise<string> => {
  const { lagUntil } = await running.until((s) => s.lagUntil !== undefined);
  return lagUntil!;
};
const withoutLag: Activities['collectEvidence'] = async (input) => {
  const collection = collectionOf(input);
  return { ...collection, sources: collection.sources.map((s) => ({ ...s, lagSeconds: 0 })) };
};
const withoutContact = (): PlayedWorld =>
  new PlayedWorld({ contactSubject: async () => ({ channel: 'none', avoided: [], sentAt: plus('2026-03-02', 0) }) });

it('closes as benign only when the slowest log has settled, on evidence read after that', async () => {
  const world = withoutContact();
  const alert = alertRef();
  await withCase(
    world,
    async (running) => {
      const until = await settlesAt(running);
      const { openedAt } = await running.view();
      const newest = openedAt > alert.receivedAt ? openedAt : alert.receivedAt;
      expect(until).toBe(plus(newest, LAG_MS));
      const state = await running.end();
      expect(state).toMatchObject({ verdict: 'false_positive', closedAs: 'no_incident' });
      expect(state.lagUntil).toBeUndefined();
      const lastReads = world.asked('collectEvidence').slice(-2);
      expect(lastReads.map((r) => r.depth).sort()).toEqual(['narrow', 'wide']);
      for (const { to } of lastReads) expect(to >= until).toBe(true);
    },
    [alert],
  );
});

it('escalates on a row that came late', async () => {
  const world = withoutContact();
  await withCase(world, async (running) => {
    await settlesAt(running);
    world.answer({ assess: async ({ depth }) => assessmentOf({ depth, ...TAKEOVER }) });
    expect(await running.end()).toMatchObject({ verdict: 'compromised', escalation: { decision: 'escalate' } });
  });
});

it('starts the wait anew for an alert that comes during it', async () => {
  const world = withoutContact();
  await withCase(world, async (running) => {
    const first = await settlesAt(running);
    await temporal.sleep(LAG_MS / 2);
    const late = alertRef({ receivedAt: plus(first, -LAG_MS / 2 - MINUTE) });
    await running.handle.executeUpdate(joinAlertsUpdate, { args: [{ alerts: [late] }] });
    const { lagUntil } = await running.until((s) => s.lagUntil !== undefined && s.lagUntil !== first);
    expect(lagUntil).toBe(plus(late.receivedAt, LAG_MS));
    expect(
      world
        .asked('assess')
        .at(-1)
        ?.alerts.map((a) => a.alertId),
    ).toContain(late.alertId);
    const state = await running.end();
    expect(state).toMatchObject({ closedAs: 'no_incident', alertsAssessed: 2 });
  });
});

it('looks at an alert that comes while a case that closes waits for its last task', async () => {
  const world = withoutContact();
  world.answer({
    identifySubject: failing('VENDOR_NOT_FOUND'),
    collectEvidence: withoutLag,
  });
  await withCase(world, async (running) => {
    const task = await running.task('identify_subject');
    await running.until((s) => s.escalation !== undefined);
    const late = alertRef();
    await running.handle.executeUpdate(joinAlertsUpdate, { args: [{ alerts: [late] }] });
    await running.complete(task, 'p-responder', { found: 'evidence-key' });
    const state = await running.end();
    expect(state).toMatchObject({ stage: 'closed', alertsAssessed: 2 });
    expect(
      world
        .asked('assess')
        .at(-1)
        ?.alerts.map((a) => a.alertId),
    ).toContain(late.alertId);
    expect(world.asked('closeCase')).toHaveLength(1);
  });
});

it('asks a responder to protect an account that somebody tried to get into, before it closes', async () => {
  const world = withoutContact();
  const attempts = [
    { platform: 'microsoft' as const, count: 24, addresses: ['203.0.113.9', '203.0.113.8'], moreAddresses: 0 },
  ];
  const tried = { code: 'attempts', group: 'attempts', strength: 1, weights: { attempt: 4, false_alert: -1 } } as const;
  world.answer({
    assess: async ({ depth }) => assessmentOf({ depth, attempts, lines: [tried] }),
    collectEvidence: withoutLag,
  });
  await withCase(world, async (running) => {
    const task = await running.task('protect_account');
    expect(task).toMatchObject({ role: 'responder' });
    expect(task.text).toContain('Addresses proposed for blocking: 203.0.113.9, 203.0.113.8.');
    expect((await running.view()).plans).toEqual([]);
    await running.complete(task, 'p-responder', { done: 'security key required; both addresses on the list' });
    const state = await running.end();
    expect(state).toMatchObject({ verdict: 'benign', closedAs: 'attempt_defeated' });
    expect(state.tasks.filter((t) => t.kind === 'protect_account')).toMatchObject([{ status: 'done' }]);
  });
});

it('looks at an alert that comes while it waits for the protection, without waiting for that', async () => {
  const world = withoutContact();
  const attempts = [{ platform: 'slack' as const, count: 24, addresses: ['203.0.113.9'], moreAddresses: 0 }];
  const tried = { code: 'attempts', group: 'attempts', strength: 1, weights: { attempt: 4, false_alert: -1 } } as const;
  world.answer({
    assess: async ({ depth }) => assessmentOf({ depth, attempts, lines: [tried] }),
    collectEvidence: withoutLag,
  });
  await withCase(world, async (running) => {
    await running.task('protect_account');
    world.answer({ assess: async ({ depth }) => assessmentOf({ depth, ...TAKEOVER }) });
    await running.handle.executeUpdate(joinAlertsUpdate, { args: [{ alerts: [alertRef()] }] });
    const state = await running.until((s) => s.escalation?.decision === 'escalate');
    expect(state.tasks).toMatchObject([{ kind: 'protect_account', status: 'open' }]);
    expect(await running.end()).toMatchObject({ verdict: 'compromised' });
  });
});

it('asks for no protection where nothing of an attempt explains the alert', async () => {
  const world = withoutContact();
  const attempts = [{ platform: 'slack' as const, count: 1, addresses: ['203.0.113.9'], moreAddresses: 0 }];
  world.answer({ assess: async ({ depth }) => assessmentOf({ depth, attempts }) });
  await withCase(world, async (running) => {
    expect(await running.end()).toMatchObject({ closedAs: 'no_incident', tasks: [] });
  });
});
