import { QuellError } from '../../domain/errors.js';
import { inTime } from '../../platforms/kit/in-time.js';
import { cancellation } from '../context.js';

const TIMEOUT_MS = 10_000;

/** POSTs JSON to a configured address; follows no redirect. Errors by status: VENDOR_BUSY with Retry-After, VENDOR_DOWN, VENDOR_AUTH, VENDOR_REFUSED. */
export async function postJson(
  doFetch: typeof fetch,
  url: string,
  body: string,
  headers: Readonly<Record<string, string>>,
): Promise<void> {
  let response: Response;
  try {
    response = await inTime(TIMEOUT_MS, cancellation(), (signal) =>
      doFetch(url, {
        method: 'POST',
        redirect: 'manual',
        headers: { 'content-type': 'application/json', ...headers },
        body,
        signal,
      }),
    );
  } catch (error) {
    cancellation().throwIfAborted();
    throw new QuellError('VENDOR_DOWN', new URL(url).host, { cause: error });
  }
  await response.body?.cancel();
  if (response.ok) return;
  const { status } = response;
  const wait = Number(response.headers.get('retry-after'));
  if (status === 429)
    throw new QuellError(
      'VENDOR_BUSY',
      String(status),
      Number.isFinite(wait) && wait > 0 ? { retryAfterMs: wait * 1000 } : {},
    );
  throw new QuellError(
    status >= 500 ? 'VENDOR_DOWN' : status === 401 || status === 403 ? 'VENDOR_AUTH' : 'VENDOR_REFUSED',
    String(status),
  );
}
