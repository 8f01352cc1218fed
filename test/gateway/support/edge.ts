import type { FastifyInstance } from 'fastify';
import { createIntake, type IntakeOptions } from '../../../gateway/intake.js';
import type { InboxItem } from '../../../store/inbox/message.js';
import { outcomeOf } from '../../../store/inbox/outcome.js';
import type { InboxReader } from '../../../store/inbox/reader.js';
import type { InboxLimits } from '../../../store/inbox/writer.js';
import { testKeys } from '../../store/support.js';
import type { TestDatabase } from '../../support/database.js';
import { emptyInbox, readerOf, taken, writerOf } from '../../support/inbox.js';

export const SECRET = 'a shared secret of the test';
export const NOW = new Date('2026-03-01T10:05:00.000Z');

/** The intake over a real inbox, which is empty at first. */
export interface Edge {
  readonly app: FastifyInstance;
  readonly keys: ReturnType<typeof testKeys>;
  readonly reader: InboxReader;
  /** What waits in the inbox: answers first. */
  kept(): Promise<readonly InboxItem[]>;
  close(): Promise<void>;
}

export type EdgeOptions = Partial<IntakeOptions> & { readonly inboxLimits?: Partial<InboxLimits> };

export async function openEdge(database: TestDatabase, options: EdgeOptions = {}): Promise<Edge> {
  await emptyInbox(database);
  const keys = testKeys();
  const app = createIntake({
    inbox: writerOf(database, keys, options.inboxLimits),
    sources: [{ name: 'siem', format: 'quell', auth: 'hmac' }],
    secret: () => SECRET,
    callbacks: [],
    outcome: (seq) => outcomeOf(database.as('intake'), seq),
    answerKey: keys.secret('answer'),
    publicUrl: 'https://intake.example.com',
    now: () => NOW,
    ...options,
  });
  const reader = readerOf(database, keys);
  return {
    ...{ app, keys, reader },
    kept: async () => {
      const items = [...(await taken(reader, 'callback')), ...(await taken(reader))];
      await reader.release();
      return items;
    },
    close: async () => {
      await app.close();
      await reader.close();
    },
  };
}
