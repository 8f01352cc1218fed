/** Loaded by the worker into every workflow, before the workflow itself. */
import type { WorkflowInterceptors } from '@temporalio/workflow';
import { refusal, REFUSED } from './handle.js';
import { isWellFormed } from './message-shapes.js';

/**
 * No handler sees an argument that did not pass: what came in the clear (it is marked by the codec), what is not of the message's form, what is
 * no message of ours. An Update is rejected; a Signal, which cannot be, is handed on as refused. No default handler on purpose: a name
 * that nobody handles is rejected or left alone by the SDK, and with a default handler a reserved name would fail the workflow task.
 */
export const interceptors = (): WorkflowInterceptors => ({
  inbound: [
    {
      validateUpdate: (input, next) => {
        if (!isWellFormed(input.name, input.args)) throw refusal('MESSAGE');
        next(input);
      },
      handleSignal: async (input, next) => {
        const { signalName, args } = input;
        await next(isWellFormed(signalName, args) ? input : { ...input, signalName: REFUSED, args: [signalName] });
      },
      execute: async (input, next) => await next({ ...input, args: input.args.map(readable) }),
    },
  ],
  outbound: [
    {
      scheduleActivity: async (input, next) => readable(await next(input)),
      startChildWorkflowExecution: async (input, next) => {
        const [started, ended] = await next(input);
        const read = ended.then(readable);
        read.catch(() => undefined); // a case need not wait for its containment, and must not fail when that is terminated
        return [started, read];
      },
    },
  ],
});

/** What is no message cannot be refused: without its key the workflow task fails and is tried again until the key is there. */
function readable(value: unknown): unknown {
  if (typeof value === 'object' && value !== null && Object.keys(value).join() === 'unreadable')
    throw new Error(`a payload could not be read: ${String((value as { unreadable: unknown }).unreadable)}`);
  return value;
}
