import { WorkflowUpdateFailedError } from '@temporalio/client';
import { ApplicationFailure } from '@temporalio/common';
import { describe, expect, it } from 'vitest';
import type { AlertRef } from '../../domain/alert.js';
import type { CaseState } from '../../domain/case.js';
import type { ErrorCode } from '../../domain/errors.js';
import {
  answerSignal,
  answerUpdate,
  completeTaskSignal,
  completeTaskUpdate,
  decideSignal,
  decideUpdate,
  joinAlertsSignal,
  joinAlertsUpdate,
  viewQuery,
} from '../../workflows/messages.js';
import { startOrJoinCase } from '../../gateway/case-client.js';
import { useDevServer } from '../support/temporal.js';
import { alertRef, assessmentOf, casePolicy, HOME, INSIDE, planOf, STRANGE } from './support/facts.js';
import { answerTo, completionOf, decisionOn } from './support/people.js';
import { usePlaybook, type RunningCase, type RunningContainment } from './support/running.js';
import { PlayedWorld } from './support/world.js';

const temporal = useDevServer();
const { withCase, withContainment } = usePlaybook(temporal);

/** Rejected with the code of the catalogue, before it entered the history. */
async function rejected(update: Promise<unknown>, code: ErrorCode): Promise<void> {
  const error: unknown = await update.then(
    () => undefined,
    (e: unknown) => e,
  );
  expect(error).toBeInstanceOf(WorkflowUpdateFailedError);
  expect((error as WorkflowUpdateFailedError).cause).toBeInstanceOf(ApplicationFailure);
  expect(((error as WorkflowUpdateFailedError).cause as ApplicationFailure).type).toBe(code);
}

const accepted = async (handle: Pick<RunningCase['handle'], 'fetchHistory'>): Promise<number> =>
  ((await handle.fetchHistory()).events ?? []).filter((e) => e.workflowExecutionUpdateAcceptedEventAttributes).length;

type Bad = readonly [what: string, payload: unknown, code: ErrorCode];

/** By Update each is rejected and leaves no trace; by Signal each is recorded and changes nothing else. */
async function refuses(
  running: RunningCase | RunningContainment,
  message: 'answer' | 'completeTask' | 'decide',
  bad: readonly Bad[],
): Promise<void> {
  const { handle } = running;
  const view = async (): Promise<Refusing> => await running.view();
  const updates = await accepted(handle);
  for (const [what, payload, code] of bad) {
    const before = await view();
    await rejected(handle.executeUpdate<void, [never]>(message, { args: [payload as never] }), code);
    expect(unmoved(await view()), what).toEqual(unmoved(before));
    await handle.signal<[never]>(message, payload as never);
    const after = await view();
    expect(after.refused, what).toHaveLength(before.refused.length + 1);
    expect(after.refused.at(-1), what).toMatchObject({ message, code });
    expect(unmoved(after), what).toEqual(unmoved(before));
  }
  expect(await accepted(handle)).toBe(updates);
}

interface Refusing {
  readonly refused: readonly object[];
  readonly refusedTold?: number;
  readonly written?: number;
  readonly timeline?: readonly object[];
}
/** A state without what tells of refused messages, and without how often it was recorded, which goes on beside it. */
const unmoved = ({
  refused: _refused,
  refusedTold: _told,
  timeline: _timeline,
  written: _written,
  ...rest
}: Refusing): object => rest;

describe('the answer of the subject', () => {
  const world = (): PlayedWorld =>
    new PlayedWorld({ assess: async ({ depth }) => assessmentOf({ depth, ...STRANGE }) });

  it.each(['update', 'signal'] as const)('acts by %s, once, and nothing else acts', async (way) => {
    await withCase(world(), async (running) => {
      const { caseId, handle } = running;
      // The wide reading goes on beside the question.
      await running.until((s) => s.contact?.outcome === 'waiting' && s.collections.length === 2);
      const good = answerTo(caseId, 'me');
      const { body, keyId } = good;
      await refuses(running, 'answer', [
        ['unsigned', { body, keyId, signature: '' }, 'SIGNATURE'],
        ['signed by nobody known', answerTo(caseId, 'me', {}, 'stranger'), 'SIGNATURE'],
        ['changed after signing', { ...good, body: { ...body, answer: 'not_me' } }, 'SIGNATURE'],
        ['of another case', answerTo('case-other', 'me'), 'NOT_AUTHORISED'],
        ['to another question', answerTo(caseId, 'me', { askId: 'ask-9' }), 'NOT_AUTHORISED'],
        ['of another kind', completionOf(caseId, 't-1', 'p-responder'), 'MESSAGE'],
        ['nothing', null, 'MESSAGE'],
      ]);
      if (way === 'update') await handle.executeUpdate(answerUpdate, { args: [good] });
      else await handle.signal(answerSignal, good);
      expect((await running.until((s) => s.contact?.outcome !== 'waiting')).contact).toMatchObject({ outcome: 'me' });
      await refuses(running, 'answer', [
        ['replayed', good, 'DECISION_REPLAYED'],
        ['the same once more', answerTo(caseId, 'me'), 'DECISION_REPLAYED'],
      ]);
    });
  });
});

describe('a task done', () => {
  const world = (): PlayedWorld =>
    new PlayedWorld({
      contactSubject: async ({ deadline }) => ({ channel: 'none', avoided: [], sentAt: deadline }),
      assess: async ({ depth }) => assessmentOf({ depth, ...INSIDE }),
    });

  it.each(['update', 'signal'] as const)('acts by %s, once, and nothing else acts', async (way) => {
    await withCase(world(), async (running) => {
      const { caseId, handle } = running;
      const { taskId } = await running.task('interview');
      const good = completionOf(caseId, taskId, 'p-responder', { explained: 'no' });
      const { body, keyId } = good;
      await refuses(running, 'completeTask', [
        ['unsigned', { body, keyId, signature: '' }, 'SIGNATURE'],
        [
          'signed by nobody known',
          completionOf(caseId, taskId, 'p-responder', { explained: 'no' }, {}, 'stranger'),
          'SIGNATURE',
        ],
        ['changed after signing', { ...good, body: { ...body, fields: { explained: 'yes' } } }, 'SIGNATURE'],
        ['of another case', completionOf('case-other', taskId, 'p-responder', { explained: 'no' }), 'NOT_AUTHORISED'],
        ['of a task that is not there', completionOf(caseId, 't-99', 'p-responder'), 'NOT_AUTHORISED'],
        ['of somebody without the role', completionOf(caseId, taskId, 'p-lead', { explained: 'no' }), 'NOT_AUTHORISED'],
        ['of nobody known', completionOf(caseId, taskId, 'p-nobody', { explained: 'no' }), 'NOT_AUTHORISED'],
        ['without what it asks for', completionOf(caseId, taskId, 'p-responder'), 'TASK_INCOMPLETE'],
        ['nothing', null, 'MESSAGE'],
      ]);
      if (way === 'update') await handle.executeUpdate(completeTaskUpdate, { args: [good] });
      else await handle.signal(completeTaskSignal, good);
      const done = (s: CaseState): boolean => s.tasks.some((t) => t.taskId === taskId && t.status === 'done');
      expect((await running.until(done)).tasks.find((t) => t.taskId === taskId)).toMatchObject({
        doneBy: 'p-responder',
        result: { explained: 'no' },
      });
      await running.task('significance');
      // The call goes on beside the task; after it the case is still until somebody acts.
      await running.until((s) => s.timeline.some(({ text }) => text.startsWith('Incident response called')));
      await refuses(running, 'completeTask', [['replayed', good, 'DECISION_REPLAYED']]);
    });
  });
});

describe('a decision on a plan', () => {
  const plan = () => planOf(temporal.id('case'), [{ kind: 'disable_account', rule: 'two' }]);

  it.each(['update', 'signal'] as const)('acts by %s, and nothing else acts', async (way) => {
    const world = new PlayedWorld();
    await withContainment(world, plan(), async (running) => {
      const { handle } = running;
      const send = async (...given: Parameters<typeof decisionOn>): Promise<void> => {
        if (way === 'update') await handle.executeUpdate(decideUpdate, { args: [decisionOn(...given)] });
        else await handle.signal(decideSignal, decisionOn(...given));
      };
      const good = decisionOn(running.plan, 'approve', 'p-lead');
      const { body, keyId } = good;
      await refuses(running, 'decide', [
        ['unsigned', { body, keyId, signature: '' }, 'SIGNATURE'],
        ['signed by nobody known', decisionOn(running.plan, 'approve', 'p-lead', {}, 'stranger'), 'SIGNATURE'],
        ['changed after signing', { ...good, body: { ...body, personId: 'p-lead-2' } }, 'SIGNATURE'],
        ['on another plan', decisionOn(plan(), 'approve', 'p-lead'), 'NOT_AUTHORISED'],
        [
          'on the plan as it was before',
          decisionOn(running.plan, 'approve', 'p-lead', { planDigest: 'old' }),
          'PLAN_CHANGED',
        ],
        [
          'too late',
          decisionOn(running.plan, 'approve', 'p-lead', { expiresAt: '2026-03-02T12:01:00.000Z' }),
          'DECISION_EXPIRED',
        ],
        [
          'on a step that is not there',
          decisionOn(running.plan, 'approve', 'p-lead', { steps: [7] }),
          'NOT_AUTHORISED',
        ],
        [
          'of somebody without the role',
          decisionOn(running.plan, 'approve', 'p-responder', { role: 'lead' }),
          'NOT_AUTHORISED',
        ],
        ['of the subject', decisionOn(running.plan, 'approve', 'p-subject'), 'NOT_AUTHORISED'],
        ['to release what does not hold', decisionOn(running.plan, 'release', 'p-lead'), 'NOT_AUTHORISED'],
        ['nothing', null, 'MESSAGE'],
      ]);
      expect(world.asked('actOnStep')).toEqual([]);

      await send(running.plan, 'approve', 'p-lead', { nonce: 'n-1' });
      await running.until((s) => s.decisions.length === 1);
      await refuses(running, 'decide', [
        [
          'with a nonce that was used',
          decisionOn(running.plan, 'approve', 'p-lead-2', { nonce: 'n-1' }),
          'DECISION_REPLAYED',
        ],
      ]);
      // The same person twice is one person.
      await send(running.plan, 'approve', 'p-lead');
      expect(await running.until((s) => s.decisions.length === 2)).toMatchObject({ status: 'awaiting_approval' });
      await send(running.plan, 'approve', 'p-lead-2');
      await running.until((s) => s.status === 'holding');
      expect(world.asked('actOnStep')).toHaveLength(1);
      await refuses(running, 'decide', [
        ['when it has been decided', decisionOn(running.plan, 'deny', 'p-lead-2'), 'DECISION_EXPIRED'],
      ]);
    });
  });
});

describe('alerts', () => {
  it('join by Update with an answer, and by Signal', async () => {
    await withCase(new PlayedWorld(), async (running) => {
      const { caseId, handle } = running;
      await running.until((s) => s.stage !== 'intake');
      const joined = await handle.executeUpdate(joinAlertsUpdate, { args: [{ alerts: [alertRef()] }] });
      expect(joined).toMatchObject({ caseId, opened: false });
      await handle.signal(joinAlertsSignal, { alerts: [alertRef({ severity: 'critical' })] });
      expect((await running.until((s) => s.alerts.length === 3)).severity).toBe('critical');

      // Who could say when an alert came could keep the case waiting for its logs for ever.
      await handle.signal(joinAlertsSignal, { alerts: [alertRef({ receivedAt: '2199-01-01T00:00:00.000Z' })] });
      const { alerts: kept } = await running.until((s) => s.alerts.length === 4);
      expect(Date.parse(kept.at(-1)!.receivedAt)).toBeLessThanOrEqual(Date.now() + 60_000);

      const updates = await accepted(handle);
      for (const alerts of [[], 'none', undefined] as never[]) {
        await rejected(handle.executeUpdate(joinAlertsUpdate, { args: [{ alerts }] }), 'MESSAGE');
        await handle.signal(joinAlertsSignal, { alerts });
      }
      const { refused, alerts } = await running.until((s) => s.refused.length === 3);
      expect(new Set(refused.map((r) => `${r.message} ${r.code}`))).toEqual(new Set(['joinAlerts MESSAGE']));
      expect(alerts).toHaveLength(4);
      expect(await accepted(handle)).toBe(updates);
    });
  });
});

describe('a case that closes', () => {
  /** Closes as soon as it may. */
  const quick = (): PlayedWorld =>
    new PlayedWorld({
      openCase: async () => casePolicy({ pace: { lag: 1_000_000, people: 1 } }),
      contactSubject: async ({ deadline }) => ({ channel: 'none', avoided: [], sentAt: deadline }),
    });

  it('tells by the code when an alert comes too late, so that it opens the next case', async () => {
    const world = quick();
    await withCase(world, async (running) => {
      const { handle, caseId } = running;
      const late = alertRef();
      const told = new Promise<void>((resolve, fail) => {
        world.answer({
          closeCase: async () => {
            await rejected(handle.executeUpdate(joinAlertsUpdate, { args: [{ alerts: [late] }] }), 'CASE_CLOSED').then(
              resolve,
              fail,
            );
            return { html: 'report.html', json: 'report.json', sha256: '0' };
          },
        });
      });
      await told;
      const state = await running.end();
      expect(state.alerts.map((a) => a.alertId)).not.toContain(late.alertId);
      expect(state).toMatchObject({ stage: 'closed', caseId });
    });
  });

  it('loses no alert that crosses its closing: each is in this case or in the next', async () => {
    const world = quick();
    await withCase(world, async (running) => {
      const crossing = Array.from({ length: 8 }, () => alertRef());
      const subjectId = running.caseId.replace(/^case-/, '');
      const first = (await running.handle.describe()).runId;
      const sent = new Promise<unknown>((resolve) => {
        world.answer({
          closeCase: async () => {
            const sending = crossing.map(async (alert, i) => {
              await new Promise((r) => setTimeout(r, 4 * i));
              return await startOrJoinCase(temporal.client, { subjectId, home: HOME, alerts: [alert] });
            });
            resolve(Promise.all(sending));
            return { html: 'report.html', json: 'report.json', sha256: '0' };
          },
        });
      });
      await sent;
      const { workflow } = temporal.client;
      const next = await workflow.getHandle(running.caseId).query(viewQuery);
      const before = await workflow.getHandle(running.caseId, first).query(viewQuery);
      expect(before.stage).toBe('closed');
      const kept = [...before.alerts, ...next.alerts].map((a) => a.alertId);
      expect(kept).toEqual(expect.arrayContaining(crossing.map((a) => a.alertId)));
    });
  });

  it('takes an alert that comes while it reads for the last time', async () => {
    const world = quick();
    let sent: AlertRef | undefined;
    await withCase(world, async (running) => {
      world.answer({
        assess: async ({ depth, alerts }) => {
          if (depth === 'wide' && sent === undefined && alerts.length === 1 && world.asked('assess').length > 2) {
            sent = alertRef();
            await running.handle.signal(joinAlertsSignal, { alerts: [sent] });
          }
          return assessmentOf({ depth });
        },
      });
      await running.handle.result();
      const state = await running.handle.query(viewQuery);
      expect(sent).toBeDefined();
      expect(state.alerts.map((a) => a.alertId)).toContain(sent!.alertId);
      expect(state).toMatchObject({ stage: 'closed', alertsAssessed: 2, refused: [] });
    });
  });
});
