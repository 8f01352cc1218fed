import { isGrpcServiceError, WorkflowUpdateFailedError } from '@temporalio/client';
import { QuellError } from '../../domain/errors.js';

const CANCELLED = 1;
const INVALID_ARGUMENT = 3;
const UNAVAILABLE = 14;

/** The SDK wraps some gRPC errors and throws others as they are. */
function codeOf(error: unknown): number | undefined {
  const cause = error instanceof Error && !isGrpcServiceError(error) ? (error.cause ?? error) : error;
  return isGrpcServiceError(cause) ? cause.code : undefined;
}

/** Temporal itself cannot be reached: no fault of one case. */
export const isDown = (error: unknown): boolean => [CANCELLED, UNAVAILABLE].includes(codeOf(error) ?? 0);

/**
 * Why the same call would fail again however often it is made, in words for a dead letter; undefined when it may be tried again. A case
 * that is just closing is followed by a new one.
 */
export function refusalOf(error: unknown): string | undefined {
  if (error instanceof QuellError) return error.retryable || error.code === 'CASE_CLOSED' ? undefined : error.message;
  if (error instanceof WorkflowUpdateFailedError) return 'the case refused it';
  return codeOf(error) === INVALID_ARGUMENT ? 'Temporal refused the case as invalid' : undefined;
}

/** It will fail again, and by no fault of our own database. */
export const isForGood = (error: unknown): error is QuellError =>
  error instanceof QuellError && !error.retryable && !error.code.startsWith('DATABASE_');

/** For logs: no text of the error, which may hold what a sender wrote. */
export function nameOf(error: unknown): string {
  if (error instanceof QuellError) return error.code;
  const code = codeOf(error);
  return code === undefined ? (error instanceof Error ? error.name : 'unknown') : `gRPC ${code}`;
}
