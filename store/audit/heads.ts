import { mkdir, open } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { Certificate } from 'pkijs';
import { canonicalJson } from '../../domain/canonical.js';
import { QuellError } from '../../domain/errors.js';
import type { Instant } from '../../domain/platform.js';
import { FILE_MODE, io } from '../files.js';
import { readLines } from '../lines.js';
import type { KeepElsewhere } from './chain.js';
import { checkpointOf, type Checkpoint, type FoundHead } from './line.js';
import { sendSyslog } from './syslog.js';
import { stampedAt, stampOf } from './time-stamp.js';

/** Where checkpoints are kept outside of the database, so that an older copy of it, or one cut short, is found. */
export interface HeadPlaces {
  /** Lines are added to this file: best on another machine's disk, or one that is written once. */
  readonly file?: string | undefined;
  /** Each is posted here as JSON. It is signed, so that whoever gets it needs no secret to believe it. */
  readonly webhook?: string | undefined;
  /** Each is sent there by syslog: `udp://`, `tcp://` or `tls://`, host and port. */
  readonly syslog?: string | undefined;
  /** Address of a time stamp authority (RFC 3161): what file and webhook get has its token, which proves that the head was there by then. */
  readonly timestamps?: string | undefined;
}

const POST_WITHIN_MS = 10_000;

/** Shorter than the time after which lines are signed: of a burst not each head is stamped, of the last lines that came the head always is. */
const STAMP_EVERY_MS = 20_000;

/** Keeps checkpoints in all places. Rejects (STORE) when one of them did not take it; the others have it. */
export function headKeeper({ file, webhook, syslog, timestamps }: HeadPlaces, now = Date.now): KeepElsewhere {
  let stamped = -Infinity;
  const stamp = async (checkpoint: Checkpoint): Promise<{ readonly timestamp?: string }> => {
    if (timestamps === undefined || now() - stamped < STAMP_EVERY_MS) return {};
    const timestamp = await stampOf(timestamps, stampedBytes(checkpoint));
    stamped = now();
    return { timestamp };
  };
  return async (checkpoint) => {
    let failure: unknown;
    const failed = (error: unknown): void => void (failure = error);
    const token = await stamp(checkpoint).catch(failed);
    const text = canonicalJson({ ...checkpoint, ...token });
    await Promise.all([
      file === undefined ? undefined : addTo(file, text).catch(failed),
      webhook === undefined ? undefined : post(webhook, text).catch(failed),
      syslog === undefined ? undefined : sendSyslog(syslog, checkpoint.at, canonicalJson(checkpoint)).catch(failed),
    ]);
    if (failure instanceof Error) throw failure;
  };
}

/** What an authority stamps: the checkpoint, with its signature. */
const stampedBytes = ({ timestamp: _, ...checkpoint }: Checkpoint): Buffer => Buffer.from(canonicalJson(checkpoint));

/** The stamps of heads that were kept elsewhere: how many are of a trusted authority, the last of them, and the heads whose stamp is not. */
export async function stampsOf(
  heads: readonly Checkpoint[],
  trusted: readonly Certificate[],
): Promise<{ readonly good: number; readonly last?: Instant; readonly bad: readonly Checkpoint[] }> {
  const bad: Checkpoint[] = [];
  let [good, last] = [0, ''];
  for (const head of heads) {
    if (head.timestamp === undefined) continue;
    const at = await stampedAt(head.timestamp, stampedBytes(head), trusted);
    if (at === undefined) bad.push(head);
    else [good, last] = [good + 1, at > last ? at : last];
  }
  return { good, bad, ...(last === '' ? {} : { last }) };
}

/** What a file of heads has, also one of a syslog server, which writes its own words before them; nothing when it is not there. Errors: STORE. */
export async function headsIn(file: string): Promise<readonly FoundHead[]> {
  const found: FoundHead[] = [];
  let at = 0;
  for await (const { text } of readLines(file)) {
    at++;
    if (text.trim() !== '') found.push({ where: `${file}:${at}`, head: checkpointOf(text) });
  }
  return found;
}

async function addTo(file: string, text: string): Promise<void> {
  await io('audit heads', async () => {
    await mkdir(dirname(file), { recursive: true, mode: 0o700 });
    const handle = await open(file, 'a+', FILE_MODE);
    try {
      const { size } = await handle.stat();
      const last = Buffer.alloc(1);
      if (size > 0) await handle.read(last, 0, 1, size - 1);
      // A full disk may have torn the line before: it takes this one not along.
      await handle.appendFile(`${size > 0 && last[0] !== 10 ? '\n' : ''}${text}\n`);
      await handle.sync();
    } finally {
      await handle.close();
    }
  });
}

async function post(url: string, body: string): Promise<void> {
  const answer = await fetch(url, {
    ...{ method: 'POST', body, redirect: 'error', headers: { 'content-type': 'application/json' } },
    signal: AbortSignal.timeout(POST_WITHIN_MS),
  }).catch(() => undefined);
  if (!answer?.ok)
    throw new QuellError('STORE', `the head of the audit log was not taken (${answer?.status ?? 'no answer'})`);
}
