import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync, mkdirSync } from 'node:fs';
import { execFileSync } from 'node:child_process';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, expect, it } from 'vitest';

const ROOT = fileURLToPath(new URL('../../..', import.meta.url));
const copy = mkdtempSync(join(tmpdir(), 'quell-format-'));
afterAll(() => {
  rmSync(copy, { recursive: true, force: true });
});

const PARSER = `
import { lookingFor, type AlertFormat } from '../kit/parser.js';
export const tenth: AlertFormat = {
  about: { name: 'tenth', product: 'Tenth', sends: 'x', auth: ['hmac'], shape: '\`tenth\`', identity: '\`tenth\`', subjects: '\`who\`', states: 'new', setUp: 'x', nobodyWithout: ['who'] },
  looksLike: (body) => body.has('tenth'),
  read: (f) => ({ dedupeKey: f.text('tenth'), ...lookingFor(f, (g) => [{ email: g.text('who') }]), title: 'Tenth', severity: 'high', occurredAt: undefined }),
};`;

it('a format is added by its folder and one line of the registry', () => {
  for (const name of [
    'domain',
    'gateway',
    'platforms',
    'store',
    'activities',
    'workflows',
    'workers',
    'package.json',
    'tsconfig.json',
  ])
    cpSync(join(ROOT, name), join(copy, name), { recursive: true });
  symlinkSync(join(ROOT, 'node_modules'), join(copy, 'node_modules'));
  mkdirSync(join(copy, 'gateway/alerts/tenth'));
  writeFileSync(join(copy, 'gateway/alerts/tenth/parser.ts'), PARSER);
  const registry = join(copy, 'gateway/alerts/formats.ts');
  writeFileSync(registry, `${readFileSync(registry, 'utf8')}export { tenth } from './tenth/parser.js';\n`);
  writeFileSync(
    join(copy, 'read.ts'),
    `import { detectFormat, FORMAT_NAMES, parseAlerts } from './gateway/alerts/index.js';
     const body = { tenth: 'x', who: 'dana@example.com' };
     const format = detectFormat(body) ?? 'none';
     const [alert] = parseAlerts(body, { source: 's', format, receivedAt: '2026-03-01T10:05:00.000Z' });
     console.log(JSON.stringify({ format, subject: alert?.subjects[0], known: FORMAT_NAMES.includes('tenth') }));`,
  );
  const said = execFileSync(process.execPath, ['--import', 'tsx', 'read.ts'], { cwd: copy, encoding: 'utf8' });
  expect(JSON.parse(said)).toEqual({
    format: 'tenth',
    subject: { kind: 'person', email: 'dana@example.com' },
    known: true,
  });
}, 60_000);
