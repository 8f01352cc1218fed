import {
  LogLevel,
  WebAPIHTTPError,
  WebAPIPlatformError,
  WebAPIRateLimitedError,
  WebAPIRequestError,
  WebClient,
  type Logger,
} from '@slack/web-api';
import { QuellError } from '../../domain/errors.js';
import { codeError, statusError } from './errors.js';
import { SLACK } from './settings.js';

/**
 * One call through Slack's SDK, tamed: no retries of its own (they multiply with Temporal's and post messages twice), no waiting inside the
 * SDK when throttled (it stops every method), no absolute addresses, no logging. Loaded with the first call. The time-out is the caller's, by the
 * signal of its `fetch`.
 */
export async function callMethod(
  method: string,
  args: Readonly<Record<string, unknown>>,
  { token, fetch: send }: { readonly token: string; readonly fetch: typeof fetch },
): Promise<unknown> {
  const web = new WebClient(token, {
    slackApiUrl: SLACK.api,
    retryConfig: { retries: 0 },
    rejectRateLimitedCalls: true,
    allowAbsoluteUrls: false,
    logger: SILENT,
    fetch: send,
  });
  return await web.apiCall(method, { ...args });
}

/** Slack's own code where it refused, e.g. `no_active_sessions`. */
export function refusalOf(error: unknown): string | undefined {
  return error instanceof WebAPIPlatformError ? error.data.error : undefined;
}

/** What the SDK threw, as an error of the catalogue. The caller's own cancellation is passed on as it is. */
export function fromSdkError(operation: string, error: unknown, signal?: AbortSignal): unknown {
  if (signal?.aborted) return signal.reason;
  if (error instanceof QuellError) return error;
  if (error instanceof WebAPIPlatformError) return codeError(operation, error.data.error);
  if (error instanceof WebAPIRateLimitedError) return statusError(operation, 429, String(error.retryAfter));
  if (error instanceof WebAPIHTTPError) return statusError(operation, error.statusCode);
  if (error instanceof WebAPIRequestError && error.original instanceof QuellError) return error.original;
  return new QuellError('VENDOR_DOWN', operation);
}

const quiet = (): void => undefined;
/** The SDK would log arguments and answers: message texts among them. */
const SILENT: Logger = {
  debug: quiet,
  info: quiet,
  warn: quiet,
  error: quiet,
  setLevel: quiet,
  getLevel: () => LogLevel.ERROR,
  setName: quiet,
};
