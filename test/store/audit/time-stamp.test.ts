import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { headKeeper } from '../../../store/audit/heads.js';
import type { Checkpoint } from '../../../store/audit/line.js';
import { certificatesIn } from '../../../store/audit/time-stamp.js';
import { checkStamps } from '../../../store/verify.js';
import type { Check } from '../../../store/verify-check.js';
import { keptIn } from '../support.js';

const folder = mkdtempSync(join(tmpdir(), 'quell-tsa-'));
const file = join(folder, 'heads.jsonl');
const at = (name: string): string => join(folder, name);
const openssl = (...args: readonly string[]): Buffer => execFileSync('openssl', args, { cwd: folder, stdio: 'pipe' });
const head = (lines: number): Checkpoint => ({
  ...{ lines, head: 'a'.repeat(64), at: '2026-01-01T00:00:00.000Z', counts: { cases: lines } },
  ...{ keyId: 'k-1', signature: 'c2ln' },
});
let server: Server;
let isUp = true;

/** An authority whose certificate its own root issued, and one of the same root for another purpose. */
beforeAll(async () => {
  for (const name of ['root', 'other', 'tsa', 'web', 'lax', 'both'])
    openssl('ecparam', '-name', 'prime256v1', '-genkey', '-noout', '-out', `${name}.key`);
  for (const name of ['root', 'other'])
    openssl('req', '-x509', '-new', '-key', `${name}.key`, '-days', '9', '-subj', `/CN=${name}`, '-out', `${name}.crt`);
  for (const [name, usage] of [
    ['tsa', 'critical,timeStamping'],
    ['web', 'serverAuth'],
    ['lax', 'timeStamping'],
    ['both', 'critical,timeStamping,serverAuth'],
  ] as const) {
    writeFileSync(at(`${name}.ext`), `extendedKeyUsage=${usage}\nkeyUsage=critical,digitalSignature\n`);
    openssl('req', '-new', '-key', `${name}.key`, '-subj', `/CN=${name}`, '-out', `${name}.csr`);
    openssl(
      ...[
        'x509',
        '-req',
        '-in',
        `${name}.csr`,
        '-CA',
        'root.crt',
        '-CAkey',
        'root.key',
        '-CAcreateserial',
        '-days',
        '9',
      ],
      ...['-extfile', `${name}.ext`, '-out', `${name}.crt`],
    );
  }
  writeFileSync(at('serial'), '01\n');
  writeFileSync(
    at('tsa.cnf'),
    '[tsa]\ndefault_tsa=t\n[t]\nserial=serial\ndefault_policy=1.2.3.4\ndigests=sha256\nsigner_digest=sha256\ncerts=root.crt\n',
  );
  server = createServer((request, response) => {
    void buffer(request).then((query) => {
      if (!isUp) return response.writeHead(500).end();
      writeFileSync(at('query'), query);
      openssl(
        ...['ts', '-reply', '-config', 'tsa.cnf', '-queryfile', 'query', '-out', 'reply'],
        ...['-signer', 'tsa.crt', '-inkey', 'tsa.key'],
      );
      return response.end(readFileSync(at('reply')));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
});
afterAll(() => {
  server.close();
  rmSync(folder, { recursive: true, force: true });
});
beforeEach(() => {
  isUp = true;
  rmSync(file, { force: true });
});

const places = () => ({ file, timestamps: `http://127.0.0.1:${(server.address() as AddressInfo).port}` });
const checkedBy = async (name: string, heads?: readonly Checkpoint[]): Promise<Check | undefined> =>
  (await checkStamps(heads ?? (await keptIn(file)), certificatesIn(readFileSync(at(`${name}.crt`), 'utf8'))))[0];

it('shows when a head was there, by the authority’s certificate or that of who issued it', async () => {
  await headKeeper(places())(head(3));
  const heads = await keptIn(file);
  expect(heads).toEqual([{ ...head(3), timestamp: expect.any(String) as string }]);
  for (const name of ['root', 'tsa']) expect(await checkedBy(name)).toMatchObject({ outcome: 'ok', count: 1 });
  const [stamped] = heads;
  for (const change of [{ lines: 4 }, { signature: 'c2lo' }, { timestamp: 'AAAA' }])
    expect(await checkedBy('root', [{ ...stamped!, ...change }])).toMatchObject({
      problems: [{ code: 'STAMP_WRONG', what: `${change.lines ?? 3} lines` }],
    });
  expect(await checkedBy('other')).toMatchObject({ problems: [{ code: 'STAMP_WRONG' }] });
  expect(await checkStamps(heads, [])).toMatchObject([{ outcome: 'not_checked' }]);
});

it('is none where no head has one: that is told when one was expected', async () => {
  expect(await checkedBy('root', [head(1)])).toMatchObject({ problems: [{ code: 'STAMP_MISSING' }] });
  expect(await checkStamps([head(1)], [])).toEqual([]);
});

it('is asked for once in a while, and again when it failed; the heads are kept all the same', async () => {
  let now = 0;
  const keep = headKeeper(places(), () => now);
  isUp = false;
  await expect(keep(head(1))).rejects.toMatchObject({ code: 'STORE' });
  isUp = true;
  await keep(head(2));
  now = 19_999;
  await keep(head(3));
  now = 20_000;
  await keep(head(4));
  expect((await keptIn(file)).map(({ lines, timestamp }) => [lines, timestamp !== undefined])).toEqual([
    ...[
      [1, false],
      [2, true],
      [3, false],
      [4, true],
    ],
  ]);
});

it('is no stamp when the certificate is for another purpose, for more than one, not critically for it, or not named', async () => {
  await headKeeper(places())(head(5));
  openssl('ts', '-reply', '-in', 'reply', '-token_out', '-out', 'token');
  openssl('cms', '-verify', '-noverify', '-binary', '-inform', 'DER', '-in', 'token', '-out', 'told');
  for (const [name, outcome, ...named] of [
    ['tsa', 'ok', '-cades'],
    ['tsa', 'bad'],
    ['web', 'bad', '-cades'],
    ['lax', 'bad', '-cades'],
    ['both', 'bad', '-cades'],
  ] as const) {
    openssl(
      ...[
        'cms',
        '-sign',
        '-binary',
        '-nodetach',
        '-outform',
        'DER',
        '-econtent_type',
        '1.2.840.113549.1.9.16.1.4',
        '-md',
        'sha256',
        ...named,
      ],
      ...['-in', 'told', '-signer', `${name}.crt`, '-inkey', `${name}.key`, '-out', `${name}.token`],
    );
    const timestamp = readFileSync(at(`${name}.token`)).toString('base64');
    expect(await checkedBy('root', [{ ...head(5), timestamp }]), name).toMatchObject({ outcome });
  }
});

it('wants certificates that are some', () => {
  for (const text of ['', 'nonsense', '-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----'])
    expect(() => certificatesIn(text)).toThrow(expect.objectContaining({ code: 'CONFIG' }));
});
