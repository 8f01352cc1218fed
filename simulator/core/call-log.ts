import { appendFileSync, existsSync, mkdirSync, readFileSync, truncateSync } from 'node:fs';
import { dirname } from 'node:path';
import { z } from 'zod';
import { QuellError } from '../../domain/errors.js';
import { PLATFORMS } from './platforms.js';

const loggedCall = z.strictObject({
  /** The one instant at which the tenant did all of it. */
  at: z.iso.datetime(),
  platform: z.enum(PLATFORMS),
  method: z.enum(['POST', 'PUT', 'PATCH', 'DELETE']),
  url: z.string(),
  headers: z.record(z.string(), z.string()),
  body: z.string(),
  status: z.int(),
});
/** A call that changed a tenant, as it came in. */
export type LoggedCall = z.infer<typeof loggedCall>;

/**
 * The calls that the simulated tenants accepted, one JSON line each, in the order in which they took effect. Tenants that are
 * told them again are the tenants that there were: accounts, messages, and the journal. A line is written before its answer goes out, so
 * that whoever got an answer will find its effect after a restart.
 */
export class CallLog {
  constructor(private readonly path: string) {
    mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
  }

  /** What was written, oldest first. A last line that was cut short is dropped: nobody got its answer. Errors: STORE. */
  read(): readonly LoggedCall[] {
    if (!existsSync(this.path)) return [];
    const text = readFileSync(this.path, 'utf8');
    const whole = text.slice(0, text.lastIndexOf('\n') + 1);
    if (whole.length < text.length) truncateSync(this.path, Buffer.byteLength(whole));
    return whole
      .split('\n')
      .slice(0, -1)
      .map((line, n) => parsed(line, `${this.path}, line ${n + 1}`));
  }

  append(call: LoggedCall): void {
    appendFileSync(this.path, `${JSON.stringify(call)}\n`, { mode: 0o600 });
  }
}

function parsed(line: string, where: string): LoggedCall {
  try {
    return loggedCall.parse(JSON.parse(line));
  } catch {
    throw new QuellError('STORE', `not a call of a simulated tenant: ${where}`);
  }
}
