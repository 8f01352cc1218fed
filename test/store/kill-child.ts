/** Child of kill.test.ts: does one kind of work for ever and prints a line for each thing that was acknowledged. */
import { writeSync } from 'node:fs';
import { CaseVault, fileKeys, folderStorage } from '../../store/case-vault.js';
import { InboxReader } from '../../store/inbox/reader.js';
import { InboxWriter } from '../../store/inbox/writer.js';
import { KeyRing } from '../../store/key-ring.js';
import { poolOf } from '../../store/postgres/connection.js';
import { databaseSettings } from '../../store/postgres/settings.js';

const [work = '', dir = '', keyDir = '', name = ''] = process.argv.slice(2);
const ring = KeyRing.read({ dir: keyDir });
const say = (value: unknown): void => {
  writeSync(1, `${JSON.stringify(value)}\n`);
};

const database = () => poolOf(databaseSettings(process.env), { role: 'test' });

async function fourAtOnce(one: (i: number) => Promise<unknown>): Promise<never> {
  for (let i = 0; ; i += 4)
    await Promise.all(
      [i, i + 1, i + 2, i + 3].map(async (k) => {
        say(await one(k));
      }),
    );
}

const works: Record<string, () => Promise<unknown>> = {
  inbox: async () => {
    const writer = new InboxWriter(database(), ring.sealing('inbox'));
    return fourAtOnce(async (i) => {
      const key = `${name}-${i}`;
      const { seq } = await writer.append({
        kind: 'alert',
        source: 'siem',
        dedupeKey: key,
        receivedAt: new Date().toISOString(),
        contentType: 'text/plain',
        body: Buffer.from(key.repeat(20)),
      });
      return { seq, key };
    });
  },
  deliver: async () => {
    const reader = new InboxReader(database(), ring.opening('inbox'));
    for (;;) {
      for (const { seq } of await reader.claim('alert', { messages: 10, bytes: 1_000_000 })) {
        await reader.settle([seq % 3 === 0 ? { seq, status: 'dead_letter', text: 'x' } : { seq, status: 'delivered' }]);
        say(seq);
      }
    }
  },
  evidence: async () => {
    const writer = new CaseVault(folderStorage(dir), fileKeys(ring, 'evidence')).writer('evidence');
    return fourAtOnce(async (i) => ({
      i,
      ref: await writer.writeRows(`case-${i % 3}`, 'rows', [{ i }, { text: 'y'.repeat(i * 100) }]),
    }));
  },
};
await works[work]?.();
