import { expect, it } from 'vitest';
import { answerFormWorkflow } from '../../workflows/index.js';
import type { AnswerFormInput } from '../../workflows/answer-form.js';
import { QUEUES } from '../../workflows/queues.js';
import { playbookBundle, useDevServer } from '../support/temporal.js';
import { HOME } from './support/facts.js';
import { failing, PlayedWorld, workersFor } from './support/world.js';

const temporal = useDevServer();
const INPUT: AnswerFormInput = { ...HOME, trigger: '1.2.x', token: 'the token' };

it.each([
  ['a form that cannot be opened', failing('VENDOR_REFUSED'), false],
  ['one that opens', () => Promise.resolve({ opened: true }), true],
] as const)('ends with %s as its answer, and not as a failure', async (_, openForm, opened) => {
  const world = new PlayedWorld({ openForm });
  const workers = workersFor(await playbookBundle(), () => world);
  const result = await temporal.withWorkers(workers, () =>
    temporal.client.workflow.execute(answerFormWorkflow, {
      taskQueue: QUEUES.playbook,
      workflowId: temporal.id('answer-form'),
      args: [INPUT],
    }),
  );
  expect(result).toEqual({ opened });
  expect(world.asked('openForm')).toEqual([INPUT]);
});
