import { mkdtempSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { FastifyInstance } from 'fastify';
import { createIntake, type IntakeOptions } from '../../../gateway/intake.js';
import { InboxReader, InboxWriter, OutcomeTail, type InboxItem, type InboxLimits } from '../../../store/inbox.js';
import { testKeys } from '../../store/support.js';

export const SECRET = 'a shared secret of the test';
export const NOW = new Date('2026-03-01T10:05:00.000Z');

/** The intake over a real inbox in a folder of its own. */
export interface Edge {
  readonly app: FastifyInstance;
  readonly keys: ReturnType<typeof testKeys>;
  readonly dir: string;
  /** What lies in the inbox; the reader is opened for this alone. */
  kept(): Promise<readonly InboxItem[]>;
  close(): Promise<void>;
}

export async function openEdge(
  options: Partial<IntakeOptions> & { inboxLimits?: Partial<InboxLimits> } = {},
): Promise<Edge> {
  const dir = mkdtempSync(join(tmpdir(), 'quell-edge-'));
  const keys = testKeys();
  const inbox = await InboxWriter.open(dir, keys.sealing('inbox'), options.inboxLimits);
  const app = createIntake({
    inbox,
    sources: [{ name: 'siem', format: 'quell', auth: 'hmac' }],
    secret: () => SECRET,
    callbacks: [],
    outcome: (seq) => new OutcomeTail(dir).find(seq),
    answerKey: keys.secret('answer'),
    publicUrl: 'https://intake.example.com',
    now: () => NOW,
    ...options,
  });
  return {
    app,
    keys,
    dir,
    kept: async () => {
      const reader = await InboxReader.open(dir, keys.opening('inbox'));
      const items: InboxItem[] = [];
      for await (const item of reader.pending()) items.push(item);
      await reader.close();
      return items;
    },
    close: async () => {
      await app.close();
      await inbox.close();
      await rm(dir, { recursive: true, force: true });
    },
  };
}
