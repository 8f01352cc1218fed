/**
 * The error catalogue. `code` is stable; `retryable` says whether Temporal should try again;
 * the message tells the reader what to do. No personal data, no secret, no vendor message text.
 */
export const ERRORS = {
  ALERT_FORMAT: {
    retryable: false,
    text: 'The alert is not in a format that its source is configured for. Check the source name and docs/alerts.md.',
  },
  CASE_OPEN: {
    retryable: false,
    text: 'The case is open, or a plan of it still waits, acts or holds. Nothing was erased; close the case and release the plan first.',
  },
  CASE_HELD: {
    retryable: false,
    text: 'A legal hold is on the case, or on another one of the same person. Nothing was erased; a lead lifts it.',
  },
  CASE_FORGETTING: {
    retryable: true,
    text: 'The case is being forgotten. A new one under its id starts when that is done.',
  },
  CASE_FORGOTTEN: {
    retryable: false,
    text: 'The case is being forgotten: it cannot be held any more.',
  },
  ALERT_NO_SUBJECT: {
    retryable: false,
    text: 'The alert names nobody whom Quell can look up. It is kept as a triage task.',
  },
  SIGNATURE: {
    retryable: false,
    text: 'The signature is missing, wrong or too old. Check the shared secret or key and the clock of the sender.',
  },
  VENDOR_AUTH: { retryable: false, text: 'The vendor refused the credential. Renew the token or key of this role.' },
  VENDOR_SCOPE: {
    retryable: false,
    text: 'The credential lacks a scope or role that this call needs. See docs/operations.md for the list of this role.',
  },
  VENDOR_PLAN: { retryable: false, text: 'The plan or licence of this tenant does not include this API.' },
  VENDOR_NOT_FOUND: { retryable: false, text: 'The vendor does not know this object (any more).' },
  VENDOR_REFUSED: { retryable: false, text: 'The vendor refused the request. A person must look at it.' },
  VENDOR_BUSY: { retryable: true, text: 'The vendor asked to slow down. Quell waits as long as it asked.' },
  VENDOR_DOWN: { retryable: true, text: 'The vendor could not be reached or answered with an error of its own.' },
  VENDOR_REPLY: {
    retryable: true,
    text: 'The vendor answered with something that is not its documented format (for example a proxy page).',
  },
  ODD_ROWS: {
    retryable: false,
    text: 'Some rows of the vendor were not of the form that it documents. They are kept as they came with the evidence; the rest was read.',
  },
  UNSUPPORTED: { retryable: false, text: 'This platform has no API for this. It became a task for a person.' },
  NOT_AUTHORISED: { retryable: false, text: 'No valid decision covers this step. Nothing was written.' },
  TASK_INCOMPLETE: { retryable: false, text: 'A required field of the task is empty. Fill it in and send it again.' },
  CASE_CLOSED: { retryable: false, text: 'The case has closed. A new alert starts a new one.' },
  DENIED: { retryable: false, text: 'An approver denied this step. Nothing was written.' },
  DECISION_REPLAYED: {
    retryable: false,
    text: 'This decision was already used for something else. Nothing was written.',
  },
  DECISION_EXPIRED: { retryable: false, text: 'The decision or the plan has expired. Ask again.' },
  PLAN_CHANGED: { retryable: false, text: 'The plan is not the one that was decided on. Ask again.' },
  UNRESOLVED: {
    retryable: false,
    text: 'The target is not exactly one thing at the vendor: nothing of that id, or more than one. Nothing was written.',
  },
  PLAN_AUTHOR: {
    retryable: false,
    text: 'The plan is not one that the analysis role made for this case. Nothing was written.',
  },
  MESSAGE: {
    retryable: false,
    text: 'The message is not encrypted, not signed or not of the form that it should be. It changed nothing.',
  },
  PROTECTED: {
    retryable: false,
    text: 'The target is protected, or it could not be shown that it is not. Nothing was written.',
  },
  STOPPED: { retryable: false, text: 'The stop switch is on. Nothing was written.' },
  SWITCH: {
    retryable: true,
    text: 'The stop switch could not be reached. To stop all writes at once, put the stop file (docs/operations.md) and press again.',
  },
  BUDGET: { retryable: false, text: 'The blast-radius budget is used up. A person must raise it or wait.' },
  SHADOW: { retryable: false, text: 'Shadow mode: this action is not switched on. Nothing was written.' },
  NOT_VERIFIED: { retryable: true, text: 'The vendor does not show the effect yet.' },
  CONFIG: { retryable: false, text: 'The configuration is incomplete or holds more than this role needs.' },
  TOO_MUCH: {
    retryable: false,
    text: 'There was more than may be held. What was taken is kept; for the rest of a collection narrow its window.',
  },
  STORE: {
    retryable: true,
    text: 'The store could not be read or written. Check disk space and permissions of the state folder.',
  },
  STORE_REFUSED: {
    retryable: false,
    text: 'The object store or the key service refused it: this role may not do it there. See docs/operations.md for the rights of each role.',
  },
  STORE_GONE: {
    retryable: false,
    text: 'The stored file or its key is not there: never written, or shredded with its case.',
  },
  INBOX_FULL: {
    retryable: true,
    text: 'The inbox has reached its bound. Send again later; check why alerts are not delivered.',
  },
  TOO_MANY: { retryable: true, text: 'Too many requests. Send again when Retry-After has passed.' },
  STORE_TAMPERED: {
    retryable: false,
    text: 'A stored file does not match its hash or signature. Treat it as tampered with.',
  },
  DATABASE_UNAVAILABLE: {
    retryable: true,
    text: 'The database could not be reached, or could not do it now. Check that it runs and that this role can sign in.',
  },
  DATABASE_REFUSED: {
    retryable: false,
    text: 'The database refused the statement: this role may not do it, or the record breaks a rule of the schema.',
  },
  DATABASE_SCHEMA: {
    retryable: false,
    text: 'The schema of the database is not the one of this release. Migrate it, or run the release that it belongs to.',
  },
  PLAIN_PAYLOAD: { retryable: false, text: 'A payload was not encrypted. Workers refuse it.' },
} as const satisfies Record<string, { retryable: boolean; text: string }>;

export type ErrorCode = keyof typeof ERRORS;

/** An error of the catalogue. `detail` is for the reader and must be free of personal data and secrets. */
export class QuellError extends Error {
  readonly code: ErrorCode;
  readonly retryable: boolean;
  /** How long the vendor asked to wait, milliseconds. */
  readonly retryAfterMs: number | undefined;
  readonly detail: string | undefined;

  constructor(code: ErrorCode, detail?: string, options: { retryAfterMs?: number; cause?: unknown } = {}) {
    super(detail === undefined ? `${code}: ${ERRORS[code].text}` : `${code}: ${ERRORS[code].text} (${detail})`, {
      cause: options.cause,
    });
    this.name = 'QuellError';
    this.code = code;
    this.retryable = ERRORS[code].retryable;
    this.retryAfterMs = options.retryAfterMs;
    this.detail = detail;
  }
}
