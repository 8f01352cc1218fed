import type { AuditEntry } from '../../store/audit/entry.js';
import type { Clock } from '../context.js';

const HOUR_MS = 3_600_000;
/** So many refusals an hour are told one by one; what comes beyond is counted. */
const LISTED_AN_HOUR = 200;
/** Codes that anybody with access to Temporal can cause as often as they like. */
const METERED: readonly string[] = [
  'PLAN_AUTHOR',
  'PLAN_CHANGED',
  'NOT_AUTHORISED',
  'DECISION_REPLAYED',
  'SIGNATURE',
  'MESSAGE',
];

/** Keeps the audit log readable while somebody hammers at the gate: a bounded number of lines, and how many there were beyond. */
export class RefusalMeter {
  #hour = -1;
  #listed = 0;
  #beyond = 0;

  constructor(private readonly clock: Clock) {}

  /** The entry to keep; undefined when the bound is reached. The first of a new hour tells how many went untold in the last one. */
  toAudit(code: string | undefined, entry: AuditEntry): AuditEntry | undefined {
    if (code === undefined || !METERED.includes(code)) return entry;
    const hour = Math.floor(this.clock().getTime() / HOUR_MS);
    const untold = hour === this.#hour ? 0 : this.#beyond;
    if (hour !== this.#hour) [this.#hour, this.#listed, this.#beyond] = [hour, 0, 0];
    if (this.#listed >= LISTED_AN_HOUR) {
      this.#beyond += 1;
      return undefined;
    }
    this.#listed += 1;
    return untold === 0 ? entry : { ...entry, data: { ...entry.data, untoldRefusals: untold } };
  }
}
