import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createWire, type Wire } from '../../../platforms/wire.js';
import { RateBudget } from '../../../platforms/wire/budget.js';
import { recordCalls, type RecordedCall, type RecordOptions } from '../../../platforms/wire/record.js';

let folder: string;
let file: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'quell-record-'));
  file = join(folder, 'calls.jsonl');
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const CALL = { operation: 'users.info', scopes: ['users:read'] };
const bases = [
  { own: 'https://slack.com/api/', at: 'http://127.0.0.1:1/stand-in/api/' },
  { own: 'https://www.googleapis.com/', at: 'http://127.0.0.1:1/' },
];

function wireOf(
  answer: () => Promise<Response> | Response = () => new Response('{}'),
  more: Partial<RecordOptions> = {},
): Wire {
  return createWire({
    bases,
    fetch: async () => answer(),
    budget: new RateBudget({ role: 'evidence' }),
    record: recordCalls({ file, role: 'evidence', vendor: 'slack', tenant: 'main', ...more }),
  });
}
const lines = (): RecordedCall[] =>
  readFileSync(file, 'utf8')
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as RecordedCall);

describe('the record of calls', () => {
  it('names what was asked: the vendor’s own address, parameters, fields of the body', async () => {
    const before = Date.now();
    await wireOf(() => new Response('', { status: 404 })).send(
      CALL,
      'https://slack.com/api/users.info?user=U1&limit=5',
      {
        method: 'post',
        headers: { authorization: `Bearer ${'xoxp'}-1-2`, 'content-type': 'application/json' },
        body: JSON.stringify({ user: 'U1', active: false, profile: { email: 'dana@example.com' } }),
      },
    );
    const [line] = lines();
    expect(line).toEqual({
      at: expect.any(String),
      role: 'evidence',
      vendor: 'slack',
      tenant: 'main',
      operation: 'users.info',
      method: 'POST',
      url: 'https://slack.com/api/users.info',
      query: { user: 'U1', limit: '5' },
      bodyFields: ['active', 'profile', 'user'],
      scopes: ['users:read'],
      status: 404,
    });
    expect(Date.parse(line!.at)).toBeGreaterThanOrEqual(before);
  });

  it('holds no value of a body, no header and no token', async () => {
    const secrets = ['S3cr3t-password', 'xoxp-secret', 'bearer-secret', 'query-secret', 'assertion-secret'];
    const wire = wireOf();
    await wire.send(CALL, `https://slack.com/api/x?token=${secrets[3]}&access_token=${secrets[3]}&key=${secrets[3]}`, {
      method: 'POST',
      headers: { authorization: `Bearer ${secrets[2]}`, cookie: `d=${secrets[2]}` },
      body: JSON.stringify({ passwordProfile: { password: secrets[0] } }),
    });
    await wire.send(CALL, 'https://slack.com/api/x', {
      method: 'POST',
      headers: { 'content-type': 'application/x-www-form-urlencoded; charset=utf-8' },
      body: `token=${secrets[1]}&user=U1`,
    });
    await wire.send(CALL, 'https://slack.com/api/x', {
      method: 'POST',
      body: new URLSearchParams({ grant_type: 'x', assertion: secrets[4]! }),
    });
    await wire.send(CALL, 'https://slack.com/api/x', {
      method: 'POST',
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
      body: `a text: ${secrets[0]}`,
    });
    const text = readFileSync(file, 'utf8');
    for (const secret of secrets) expect(text).not.toContain(secret);
    expect(lines().map((l) => l.bodyFields)).toEqual([
      ['passwordProfile'],
      ['token', 'user'],
      ['assertion', 'grant_type'],
      [],
    ]);
    expect(lines()[0]!.query).toEqual({});
  });

  it('keeps paging and repeated parameters', async () => {
    await wireOf().send(
      CALL,
      'https://www.googleapis.com/x?pageToken=p1&%24skiptoken=s&metadataHeaders=From&metadataHeaders=To',
      {},
    );
    expect(lines()[0]).toMatchObject({
      method: 'GET',
      query: { pageToken: 'p1', $skiptoken: 's', metadataHeaders: ['From', 'To'] },
      bodyFields: [],
    });
  });

  it.each([
    ['a JSON list', '[{"password":"x"}]'],
    ['text', 'Subject: hello'],
    ['a number', '5'],
    ['null', 'null'],
  ])('names no fields of %s', async (_, body) => {
    await wireOf().send(CALL, 'https://slack.com/api/x', { method: 'POST', body });
    expect(lines()[0]!.bodyFields).toEqual([]);
  });

  it('says when no answer came, and why', async () => {
    const failing = wireOf(() => Promise.reject(new TypeError('fetch failed')));
    await expect(failing.send(CALL, 'https://slack.com/api/x', {})).rejects.toThrow('fetch failed');
    const gone = new AbortController();
    const aborting = wireOf(() => {
      gone.abort(new Error('cancelled'));
      return Promise.reject(gone.signal.reason as Error);
    });
    await expect(aborting.send(CALL, 'https://slack.com/api/x', { signal: gone.signal })).rejects.toThrow('cancelled');
    expect(lines().map(({ status, failure }) => ({ status, failure }))).toEqual([
      { status: null, failure: 'network' },
      { status: null, failure: 'aborted' },
    ]);
  });

  it('has no line for what was never sent', async () => {
    const wire = wireOf();
    const limit = { bucket: 'x', calls: 1, seconds: 60, counts: 'app' } as const;
    await wire.send({ ...CALL, limit }, 'https://slack.com/api/x', {});
    await expect(wire.send({ ...CALL, limit }, 'https://slack.com/api/x', {})).rejects.toMatchObject({
      code: 'VENDOR_BUSY',
    });
    await expect(wire.send(CALL, 'https://example.com/', {})).rejects.toMatchObject({ code: 'CONFIG' });
    expect(lines()).toHaveLength(1);
  });

  it('is for its owner alone, and is added to', async () => {
    await wireOf().send(CALL, 'https://slack.com/api/a', {});
    await wireOf().send(CALL, 'https://slack.com/api/b', {});
    expect(statSync(file).mode & 0o777).toBe(0o600);
    expect(lines().map((l) => l.url)).toEqual(['https://slack.com/api/a', 'https://slack.com/api/b']);
  });

  it('breaks no call when it cannot be written, and says so once', async () => {
    const failures: unknown[] = [];
    const wire = wireOf(undefined, {
      file: join(folder, 'no-such-folder', 'calls.jsonl'),
      onFailure: (e) => failures.push(e),
    });
    expect((await wire.send(CALL, 'https://slack.com/api/a', {})).status).toBe(200);
    expect((await wire.send(CALL, 'https://slack.com/api/b', {})).status).toBe(200);
    expect(failures).toMatchObject([{ code: 'ENOENT' }]);
  });

  it('keeps whole lines when several processes write', async () => {
    const children = ['evidence', 'containment', 'people'].map((role) =>
      fork(fileURLToPath(new URL('./record-child.ts', import.meta.url)), [file, role], {
        execArgv: ['--import', 'tsx'],
      }),
    );
    for (const code of await Promise.all(children.map((child) => once(child, 'exit')))) expect(code[0]).toBe(0);
    const roles = lines().map((l) => l.role);
    for (const role of ['evidence', 'containment', 'people']) expect(roles.filter((r) => r === role)).toHaveLength(200);
  });
});
