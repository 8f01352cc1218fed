import { appendFile, mkdir, readFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { canonicalJson } from '../../domain/canonical.js';
import { QuellError } from '../../domain/errors.js';
import { errno, FILE_MODE, io } from '../files.js';
import { checkpointsOf } from './kept.js';
import type { Checkpoint } from './line.js';

/** Where checkpoints are kept outside of the database, so that an older copy of it, or one cut short, is found. */
export interface HeadPlaces {
  /** Lines are added to this file: best on another machine's disk, or one that is written once. */
  readonly file?: string;
  /** Each is posted here as JSON. It is signed, so that whoever gets it needs no secret to believe it. */
  readonly webhook?: string;
}

const POST_WITHIN_MS = 10_000;

/** Keeps a checkpoint in all places. Errors: STORE when one of them did not take it; the others have it. */
export async function keepHead({ file, webhook }: HeadPlaces, checkpoint: Checkpoint): Promise<void> {
  const text = canonicalJson(checkpoint);
  const outcomes = await Promise.allSettled([
    ...(file === undefined ? [] : [addTo(file, text)]),
    ...(webhook === undefined ? [] : [post(webhook, text)]),
  ]);
  for (const outcome of outcomes) if (outcome.status === 'rejected') throw outcome.reason;
}

/** Checkpoints that a file has; none when it is not there. Errors: CONFIG when a line is none, STORE. */
export async function headsIn(file: string): Promise<readonly Checkpoint[]> {
  return checkpointsOf(
    await io('audit heads', () =>
      readFile(file, 'utf8').catch((error: unknown) => {
        if (errno(error) === 'ENOENT') return '';
        throw error;
      }),
    ),
  );
}

async function addTo(file: string, text: string): Promise<void> {
  await io('audit heads', async () => {
    await mkdir(dirname(file), { recursive: true, mode: 0o700 });
    await appendFile(file, `${text}\n`, { mode: FILE_MODE, flush: true });
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
