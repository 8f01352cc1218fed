/** Child of kill.test.ts: does one kind of work for ever and prints a line for each thing that was acknowledged. */
import { writeSync } from 'node:fs';
import { AuditChain } from '../../store/audit-chain.js';
import { AuditSpool } from '../../store/audit-spool.js';
import { EvidenceWriter } from '../../store/evidence-store.js';
import { InboxReader, InboxWriter } from '../../store/inbox.js';
import { KeyRing } from '../../store/key-ring.js';

const [work = '', dir = '', keyDir = '', name = ''] = process.argv.slice(2);
const ring = KeyRing.read({ dir: keyDir });
const say = (value: unknown): void => {
  writeSync(1, `${JSON.stringify(value)}\n`);
};

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
    const writer = await InboxWriter.open(dir, ring.sealing('inbox'), { segmentBytes: 5000 });
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
    const reader = await InboxReader.open(dir, ring.opening('inbox'));
    for (;;) {
      for await (const { seq } of reader.pending()) {
        if (seq % 3 === 0) await reader.deadLetter(seq, 'ALERT_FORMAT');
        else await reader.done(seq, { status: 'delivered' });
        say(seq);
      }
    }
  },
  audit: async () => {
    const chain = await AuditChain.open(dir, ring.signing('audit'), { checkpointEvery: 7 });
    return fourAtOnce(async (i) => {
      const key = `${name}-${i}`;
      await chain.append([
        { key, at: new Date().toISOString(), kind: 'test.line', by: 'records', text: 'x'.repeat(i % 500) },
      ]);
      return key;
    });
  },
  drain: async () => {
    const chain = await AuditChain.open(dir, ring.signing('audit'));
    const spool = new AuditSpool(`${dir}-spool`);
    for (;;) say(await spool.drain(chain));
  },
  evidence: async () => {
    const writer = new EvidenceWriter(dir, [ring.sealing('seal-analysis')]);
    return fourAtOnce(async (i) => ({
      i,
      ref: await writer.writeRows(`case-${i % 3}`, 'rows', [{ i }, { text: 'y'.repeat(i * 100) }]),
    }));
  },
};
await works[work]?.();
