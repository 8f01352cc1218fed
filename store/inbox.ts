/*
 * The durable inbox between the public edge and the cases. Intake appends to `log/` (segments), the console delivers from it and owns
 * `outcomes.jsonl` and `dead/`: two processes, no file with two writers.
 */
export type { DeadLetter, InboxItem, InboxMessage, InboxOutcome, SettledOutcome } from './inbox-format.js';
export { InboxWriter, type InboxLimits } from './inbox-writer.js';
export { InboxReader } from './inbox-reader.js';
export { findOutcome } from './inbox-outcomes.js';
export { listDeadLetters, namesNobody, requestResend } from './dead-letters.js';
