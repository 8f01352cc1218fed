import { DefaultFailureConverter } from '@temporalio/common';

/**
 * Loaded by path into clients, workers and the workflow bundle: puts messages and stacks of failures through the codec too.
 * Without type syntax on purpose: the SDK loads it with `require`, which no loader may be there for.
 */
export const failureConverter = new DefaultFailureConverter({ encodeCommonAttributes: true });
