import { DefaultFailureConverter } from '@temporalio/common';

/** Loaded by path into clients, workers and the workflow bundle: puts messages and stacks of failures through the codec too. */
export const failureConverter = new DefaultFailureConverter({ encodeCommonAttributes: true });
