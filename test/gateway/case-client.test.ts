import { fileURLToPath } from 'node:url';
import {
  WorkflowNotFoundError,
  WorkflowUpdateFailedError,
  WorkflowUpdateRPCTimeoutOrCancelledError,
  type Client,
} from '@temporalio/client';
import { ApplicationFailure } from '@temporalio/common';
import { TestWorkflowEnvironment } from '@temporalio/testing';
import { Worker } from '@temporalio/worker';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { AlertRef } from '../../domain/alert.js';
import type { ContactAnswer } from '../../domain/decision.js';
import { answer, connect, startOrJoinCase, viewCase } from '../../gateway/case-client.js';
import { dataConverter } from '../../store/data-converter.js';
import { payloadKeys } from '../../store/payload-codec.js';
import { signBody } from '../../store/signing.js';
import { QUEUES } from '../../workflows/queues.js';
import { SEARCH_ATTRIBUTES, SEVERITY } from '../../workflows/search-attributes.js';
import { testKeys } from '../store/support.js';

const keys = testKeys();
const HOME = { platform: 'slack', tenant: 'main' } as const;
const AT = '2026-03-01T10:00:00.000Z';
const alert = (n: number, severity: AlertRef['severity'] = 'medium'): AlertRef => ({
  alertId: `al-${n}`,
  source: 'siem',
  platform: 'slack',
  severity,
  occurredAt: AT,
  receivedAt: AT,
});
const answerOf = (caseId: string): ContactAnswer => ({
  type: 'answer',
  caseId,
  askId: 'ask-1',
  answer: 'not_me',
  personId: 's-other',
  channel: 'mail',
  at: AT,
  nonce: 'nonce-1',
});

describe('a case by the client, on a Temporal server', () => {
  let env: TestWorkflowEnvironment;
  let client: Client;
  let worker: Worker;
  let running: Promise<void>;

  beforeAll(async () => {
    const cli = process.env['QUELL_TEMPORAL_CLI'];
    env = await TestWorkflowEnvironment.createLocal({
      server: {
        ...(cli === undefined ? {} : { executable: { type: 'existing-path', path: cli } }),
        searchAttributes: [...SEARCH_ATTRIBUTES],
      },
    });
    worker = await Worker.create({
      connection: env.nativeConnection,
      taskQueue: QUEUES.playbook,
      workflowsPath: fileURLToPath(new URL('../../workflows/index.ts', import.meta.url)),
      dataConverter: dataConverter(payloadKeys(keys), { plain: 'mark' }),
      interceptors: { workflowModules: [fileURLToPath(new URL('../../workflows/inbound.ts', import.meta.url))] },
    });
    running = worker.run();
    client = await connect({ address: env.address, namespace: 'default', keys: payloadKeys(keys) });
  }, 60_000);

  afterAll(async () => {
    worker.shutdown();
    await running;
    await client.connection.close();
    await env.teardown();
  });

  it('is opened once and joined by whoever comes after, at the same time too', async () => {
    const join = (n: number) => startOrJoinCase(client, { subjectId: 's-a', home: HOME, alerts: [alert(n)] });
    const answers = await Promise.all([1, 2, 3].map(join));
    expect(answers.map(({ caseId }) => caseId)).toEqual(['case-s-a', 'case-s-a', 'case-s-a']);
    expect(answers.filter(({ opened }) => opened)).toHaveLength(1);
    const state = await viewCase(client, 'case-s-a');
    expect(state?.alerts.map(({ alertId }) => alertId).sort()).toEqual(['al-1', 'al-2', 'al-3']);
  });

  it('takes the same alerts once', async () => {
    const request = { subjectId: 's-b', home: HOME, alerts: [alert(1), alert(2, 'critical')] };
    const first = await startOrJoinCase(client, request);
    expect(await startOrJoinCase(client, request)).toEqual(first);
    const state = await viewCase(client, 'case-s-b');
    expect(state).toMatchObject({ severity: 'critical', alertsFolded: 0 });
    expect(state?.alerts).toHaveLength(2);
  });

  it('shows no name and no plain payload in Temporal', async () => {
    await startOrJoinCase(client, { subjectId: 's-c', home: HOME, alerts: [alert(1, 'high')], after: 'case-s-old' });
    const description = await client.workflow.getHandle('case-s-c').describe();
    expect(description.typedSearchAttributes.get(SEVERITY)).toBe('high');
    expect(await description.staticSummary()).toBe('slack · 1 alert from siem');
    const { events } = await client.workflow.getHandle('case-s-c').fetchHistory();
    const input = events?.[0]?.workflowExecutionStartedEventAttributes?.input?.payloads ?? [];
    expect(input.map(({ metadata }) => Buffer.from(metadata?.['encoding'] ?? []).toString())).toEqual([
      'binary/encrypted',
    ]);
    expect(Buffer.from(input[0]?.data ?? []).includes('s-c')).toBe(false);
  });

  it('says in the words of the catalogue why a message was refused', async () => {
    await startOrJoinCase(client, { subjectId: 's-d', home: HOME, alerts: [alert(1)] });
    const signed = signBody(answerOf('case-s-d'), keys.signing('decision'));
    await expect(answer(client, 'case-s-d', signed)).rejects.toMatchObject({ code: 'NOT_AUTHORISED' });
    await expect(startOrJoinCase(client, { subjectId: 's-d', home: HOME, alerts: [] })).rejects.toMatchObject({
      code: 'MESSAGE',
    });
  });

  it('is gone when Temporal does not hold it', async () => {
    expect(await viewCase(client, 'case-s-nobody')).toBeUndefined();
    const signed = signBody(answerOf('case-s-nobody'), keys.signing('decision'));
    await expect(answer(client, 'case-s-nobody', signed)).rejects.toMatchObject({ code: 'CASE_CLOSED' });
  });

  it('is opened anew after it has ended', async () => {
    await startOrJoinCase(client, { subjectId: 's-e', home: HOME, alerts: [alert(1)] });
    const first = await client.workflow.getHandle('case-s-e').describe();
    await client.workflow.getHandle('case-s-e').terminate('test');
    const joined = await startOrJoinCase(client, { subjectId: 's-e', home: HOME, alerts: [alert(2)] });
    expect(joined.opened).toBe(true);
    expect((await client.workflow.getHandle('case-s-e').describe()).runId).not.toBe(first.runId);
  });

  it('waits for a worker no longer than its caller does, and is joined when one comes', async () => {
    const held = await client.workflow.start('caseWorkflow', { workflowId: 'case-s-f', taskQueue: 'nobody', args: [] });
    const join = () => startOrJoinCase(client, { subjectId: 's-f', home: HOME, alerts: [alert(1)] });
    await expect(client.withDeadline(Date.now() + 500, join)).rejects.toBeInstanceOf(
      WorkflowUpdateRPCTimeoutOrCancelledError,
    );
    await held.terminate('test');
    expect(await join()).toMatchObject({ opened: true });
  });
});

describe('a case that closes under a join', () => {
  const refusal = (type: string): Error =>
    new WorkflowUpdateFailedError('refused', ApplicationFailure.create({ type, message: '' }));
  const grpcNotFound = Object.assign(new Error('gone'), { code: 5, details: '', metadata: {} });

  /** A client whose calls fail in turn, then succeed; remembers what was asked. */
  function failing(errors: readonly Error[]): { readonly client: Client; readonly afters: (string | undefined)[] } {
    const left = [...errors];
    const afters: (string | undefined)[] = [];
    const executeUpdateWithStart = async (
      _: unknown,
      { startWorkflowOperation }: { startWorkflowOperation: { options: { args: [{ after?: string }] } } },
    ) => {
      afters.push(startWorkflowOperation.options.args[0].after);
      const error = left.shift();
      if (error) throw error;
      return { caseId: 'case-s-a', opened: true, stage: 'intake' };
    };
    return { client: { workflow: { executeUpdateWithStart } } as unknown as Client, afters };
  }

  it.each([
    ['it refuses', refusal('CASE_CLOSED')],
    ['it ends with the update accepted', refusal('AcceptedUpdateCompletedWorkflow')],
    ['it is not found', new WorkflowNotFoundError('gone', 'case-s-a', undefined)],
    ['it is not found, as raw gRPC', grpcNotFound],
  ])('is followed by a new one that names it: %s', async (_, error) => {
    const { client, afters } = failing([error]);
    const joined = await startOrJoinCase(client, { subjectId: 's-a', home: HOME, alerts: [alert(1)] });
    expect(joined.opened).toBe(true);
    expect(afters).toEqual([undefined, 'case-s-a']);
  });

  it('does not try again what is refused for another reason, and passes on trouble of Temporal as it is', async () => {
    const request = { subjectId: 's-a', home: HOME, alerts: [alert(1)] };
    const refused = failing([refusal('ALERT_FORMAT')]);
    await expect(startOrJoinCase(refused.client, request)).rejects.toMatchObject({ code: 'ALERT_FORMAT' });
    expect(refused.afters).toHaveLength(1);
    const down = Object.assign(new Error('down'), { code: 14, details: '', metadata: {} });
    await expect(startOrJoinCase(failing([down]).client, request)).rejects.toBe(down);
  });
});
