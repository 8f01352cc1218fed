import type { WorkflowHandle } from '@temporalio/client';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { containmentGuardWorkflow, incidentWorkflow } from '../../workflows/index.js';
import { MESSAGE_SHAPES } from '../../workflows/message-shapes.js';
import {
  answerUpdate,
  caseClosedSignal,
  decideUpdate,
  guardViewQuery,
  incidentViewQuery,
  joinIncidentSignal,
  stopUpdate,
} from '../../workflows/messages.js';
import { QUEUES } from '../../workflows/queues.js';
import { useDevServer } from '../support/temporal.js';
import { alertRef, assessmentOf, planOf, STRANGE } from './support/facts.js';
import { answerTo, completionOf, DECIDERS, decisionOn, KEYS, reportOn, switchOf } from './support/people.js';
import { usePlaybook } from './support/running.js';
import { PlayedWorld } from './support/world.js';

const temporal = useDevServer();
const { withCase, withContainment, withWorld } = usePlaybook(temporal);
const NAMES = Object.keys(MESSAGE_SHAPES);

type Handle = Pick<WorkflowHandle, 'signal' | 'executeUpdate' | 'fetchHistory'>;

const failedTasks = async (handle: Handle): Promise<number> =>
  ((await handle.fetchHistory()).events ?? []).filter((e) => e.workflowTaskFailedEventAttributes).length;

describe('whatever JSON somebody sends who has the payload key', () => {
  const key = fc.constantFrom('alerts', 'caseId', 'body', 'plan', '__proto__', 'type', 'steps', 'severity');
  const value = fc.oneof(fc.jsonValue(), fc.constantFrom<unknown>(null, '', [null], {}, 'x'.repeat(5_000), 1e308));
  const anything = fc.oneof(value, fc.dictionary(key, value));

  /** A valid message with one value in it replaced by another. */
  function spoilt(message: object, picks: readonly number[], by: unknown): unknown {
    const copy = structuredClone(message) as Record<string, unknown>;
    let at = copy;
    for (const pick of picks) {
      const keys = Object.keys(at);
      const name = keys[pick % Math.max(1, keys.length)] ?? 'body';
      const next = at[name];
      if (typeof next === 'object' && next !== null && pick % 3 !== 0) at = next as Record<string, unknown>;
      else {
        at[name] = by;
        break;
      }
    }
    return copy;
  }

  async function bombard(handle: Handle, genuine: readonly object[], runs: number): Promise<void> {
    const message = fc.oneof(
      anything,
      fc
        .tuple(fc.constantFrom(...genuine), fc.array(fc.nat(30), { minLength: 1, maxLength: 6 }), value)
        .map(([m, picks, by]) => spoilt(m, picks, by)),
    );
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(...NAMES),
        fc.array(message, { minLength: 1, maxLength: 8 }),
        async (name, all) => {
          await Promise.all(all.map((one) => handle.signal(name, one)));
          await handle.executeUpdate(name, { args: [all[0]] }).catch(() => undefined);
        },
      ),
      { numRuns: runs, endOnFailure: true },
    );
  }

  it('fails no task of a case, and the case still answers and obeys', async () => {
    const world = new PlayedWorld({ assess: async ({ depth }) => assessmentOf({ depth, ...STRANGE }) });
    await withCase(world, async ({ handle, caseId, until }) => {
      await until((s) => s.contact?.outcome === 'waiting');
      const genuine = [
        { alerts: [alertRef()] },
        answerTo(caseId, 'me', {}, 'stranger'),
        completionOf(caseId, 't-1', 'p-lead', { a: 'b' }),
        reportOn(planOf(caseId, [{ kind: 'hold_data', rule: 'one' }]), 'failed', []),
      ];
      await bombard(handle, genuine, 60);
      await handle.executeUpdate(answerUpdate, { args: [answerTo(caseId, 'not_me')] });
      await until((s) => s.escalation?.decision === 'escalate');
      expect(await failedTasks(handle)).toBe(0);
    });
  });

  it('fails no task of a containment, and it still answers and obeys', async () => {
    const plan = planOf(temporal.id('case'), [{ kind: 'disable_account', rule: 'two' }]);
    await withContainment(new PlayedWorld(), plan, async ({ handle, view }) => {
      await bombard(handle, [decisionOn(plan, 'approve', 'p-lead', {}, 'stranger')], 30);
      await handle.executeUpdate(decideUpdate, { args: [decisionOn(plan, 'approve', 'p-lead')] });
      expect((await view()).decisions).toHaveLength(1);
      expect(await failedTasks(handle)).toBe(0);
    });
  });

  it('fails no task of the guard, and it still answers and obeys', async () => {
    await withWorld(new PlayedWorld(), async () => {
      const args: Parameters<typeof containmentGuardWorkflow> = [{ keys: KEYS, deciders: DECIDERS }];
      const options = { taskQueue: QUEUES.playbook, workflowId: temporal.id('guard'), args };
      const handle = await temporal.client.workflow.start(containmentGuardWorkflow, options);
      await bombard(handle, [switchOf('stop', 'p-lead', {}, 'stranger'), switchOf('resume', 'p-lead')], 30);
      expect((await handle.query(guardViewQuery)).stopped).toBeUndefined();
      await handle.executeUpdate(stopUpdate, { args: [switchOf('stop', 'p-lead')] });
      expect((await handle.query(guardViewQuery)).stopped).toMatchObject({ by: 'p-lead' });
      expect(await failedTasks(handle)).toBe(0);
      await handle.terminate();
    });
  });

  it('fails no task of an incident, and it still answers and obeys', async () => {
    await withWorld(new PlayedWorld(), async () => {
      const workflowId = temporal.id('incident');
      const options = { taskQueue: QUEUES.playbook, workflowId };
      const handle = await temporal.client.workflow.start(incidentWorkflow, {
        ...options,
        args: [{ incidentId: workflowId }],
      });
      await bombard(handle, [{ caseId: 'case-1', severity: 'low' }], 30);
      await handle.signal(joinIncidentSignal, { caseId: 'case-true', severity: 'critical' });
      await handle.signal(caseClosedSignal, { caseId: 'case-unknown' });
      const { cases, severity } = await handle.query(incidentViewQuery);
      expect(cases).toContainEqual(expect.objectContaining({ caseId: 'case-true', closed: false }));
      expect({ severity, unknown: cases.some((c) => c.caseId === 'case-unknown') }).toEqual({
        severity: 'critical',
        unknown: false,
      });
      expect(await failedTasks(handle)).toBe(0);
      await handle.terminate();
    });
  });
});
