import { QuellError, type ErrorCode } from '../../domain/errors.js';

/** Answers that another try may not get. The rest of what AWS refuses (4xx) stays refused. */
const FOR_NOW = new Set([408, 409, 412, 425, 429]);

/** Runs calls of an AWS client; what they fail with becomes STORE, STORE_GONE or STORE_REFUSED, with AWS's name of it and never its text, which quotes keys and account ids. */
export async function aws<T>(what: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (cause) {
    throw storeError(what, cause);
  }
}

/** The same for an error that is at hand. */
export function storeError(what: string, cause: unknown): QuellError {
  if (cause instanceof QuellError) return cause;
  const name = awsName(cause);
  return new QuellError(codeOf(name, statusOf(cause)), `${what}: ${name}`, { cause });
}

/** AWS's name of an error: `NoSuchKey`, `AccessDenied`, `ECONNREFUSED`. */
export function awsName(error: unknown): string {
  if (!(error instanceof Error)) return 'unknown';
  return 'code' in error && typeof error.code === 'string' ? error.code : error.name;
}

function codeOf(name: string, status: number | undefined): ErrorCode {
  if (name === 'NoSuchBucket') return 'CONFIG';
  if (status === 404) return 'STORE_GONE';
  if (status === undefined || status < 400 || status >= 500 || FOR_NOW.has(status)) return 'STORE';
  return /throttl|slowdown|requesttimeout|expired/i.test(name) ? 'STORE' : 'STORE_REFUSED';
}

function statusOf(error: unknown): number | undefined {
  const { $metadata: said } = (error ?? {}) as { readonly $metadata?: { readonly httpStatusCode?: number } };
  return said?.httpStatusCode;
}
