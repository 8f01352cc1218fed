/** Child of flat-memory.test.ts: writes one large file and reads it back, and prints by how much its memory grew over that, MiB. */
import { CaseVault } from '../../store/case-vault.js';
import { openStorage, type StorageSettings } from '../../store/storage-settings.js';

const MiB = 1024 * 1024;
const [settings = '{}', state = '', megabytes = '0'] = process.argv.slice(2);
// A key that is kept in the clear: what wraps it is no matter here.
const vault = new CaseVault(openStorage(state, state, JSON.parse(settings) as StorageSettings), {
  wrap: async (key) => ({ kms: Buffer.from(key).toString('base64') }),
  open: async ({ kms = '' }) => Buffer.from(kms, 'base64'),
});

async function* content(count: number): AsyncGenerator<Buffer> {
  for (let i = 0; i < count; i++) yield await Promise.resolve(Buffer.alloc(MiB, i));
}
async function roundTrip(count: number): Promise<void> {
  const ref = await vault.writer('evidence').writeBytes('case-a', 'large', content(count));
  if (ref.bytes !== count * MiB) throw new Error('it was cut');
  await vault.reader('evidence').check('case-a', ref);
}
const peak = (): number => process.resourceUsage().maxRSS / 1024;

await roundTrip(17);
const before = peak();
await roundTrip(Number(megabytes));
process.stdout.write(String(Math.round(peak() - before)));
