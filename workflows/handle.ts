import { ApplicationFailure, type SignalDefinition, type UpdateDefinition } from '@temporalio/common';
import { defineSignal, setHandler } from '@temporalio/workflow';
import { ERRORS, type ErrorCode } from '../domain/errors.js';

/** Told of a signal that was not obeyed. */
export type OnRefused = (message: string, code: ErrorCode) => void;

/** How the interceptor hands on what it refused. It is in no table of messages, so that nobody can send it. */
export const REFUSED = 'refused';

/** Before every other handler: signals that came first are handed on as soon as there is one for them. */
export function onRefused(told: OnRefused): void {
  setHandler(defineSignal<[string]>(REFUSED), (message) => told(message, 'MESSAGE'));
}

/** One message, as Update and as Signal: the same argument passes the same checks. What is refused changes nothing. */
export function onMessage<Answer, Argument>(
  { update, signal }: { update: UpdateDefinition<Answer, [Argument]>; signal: SignalDefinition<[Argument]> },
  {
    refuse,
    take,
    told,
  }: {
    readonly refuse: (argument: Argument) => ErrorCode | undefined;
    readonly take: (argument: Argument) => Answer | Promise<Answer>;
    readonly told: OnRefused;
  },
): void {
  setHandler(update, take, {
    validator: (argument: Argument) => {
      const code = refuse(argument);
      if (code) throw refusal(code);
    },
  });
  setHandler(signal, async (argument) => {
    const code = refuse(argument);
    if (code) told(signal.name, code);
    else await take(argument);
  });
}

export const refusal = (code: ErrorCode): ApplicationFailure =>
  ApplicationFailure.create({ type: code, message: ERRORS[code].text, nonRetryable: true });
