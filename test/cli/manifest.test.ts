import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { parse, parseAllDocuments, stringify } from 'yaml';
import type { ManifestPart } from '../../platforms/manifest.js';

const ROOT = resolve(import.meta.dirname, '../..');
const folder = mkdtempSync(join(tmpdir(), 'quell-cli-manifest-'));
afterAll(() => {
  rmSync(folder, { recursive: true });
});

/** The command as it is typed, in a process of its own. */
function quell(...args: readonly string[]): {
  readonly code: number | null;
  readonly out: string;
  readonly said: string;
} {
  const child = spawnSync(process.execPath, ['bin/quell.mjs', 'manifest', ...args], { cwd: ROOT, encoding: 'utf8' });
  return { code: child.status, out: child.stdout, said: child.stderr };
}

describe('quell manifest, as it is typed', () => {
  it('prints what is used as it is: for Slack a stream of manifests', () => {
    const { code, out } = quell('slack');
    expect(code).toBe(0);
    const documents = parseAllDocuments(out).map((d) => d.toJS() as { display_information: { name: string } });
    expect(documents.map((d) => d.display_information.name)).toEqual([
      'Quell audit',
      'Quell logs',
      'Quell evidence',
      'Quell containment',
      'Quell SCIM',
      'Quell',
    ]);
  });

  it('writes files, for one role alone where asked', () => {
    const { code } = quell('microsoft', '--role', 'people', '--out', join(folder, 'out'));
    expect(code).toBe(0);
    expect(readdirSync(join(folder, 'out'))).toEqual(['quell-microsoft.sh']);
    const script = readFileSync(join(folder, 'out', 'quell-microsoft.sh'), 'utf8');
    expect(script).toContain("registration 'Quell people'");
    expect(script).not.toContain('Quell containment');
  });

  it('speaks JSON', () => {
    const { out } = quell('google', '--format', 'json');
    const { parts } = JSON.parse(out) as { parts: readonly ManifestPart[] };
    expect(parts.map((p) => p.role)).toEqual(['evidence', 'containment', 'people']);
    for (const { scopes } of parts) for (const s of scopes) expect(s.why.length * s.lost.length).toBeGreaterThan(0);
  });

  it('goes by a configuration: plan, addresses', () => {
    const config = {
      profile: 'production',
      organisation: { name: 'Example Ltd', domain: 'example.com' },
      tenants: [{ platform: 'slack', tenant: 'main', teamIds: ['T00000001'], plan: 'pro' }],
      addresses: {
        ...{ intake: 'https://intake.example.com', console: 'https://console.example.com' },
        listen: { intake: '127.0.0.1:8080', console: '127.0.0.1:8081' },
      },
      consoleAuth: { type: 'proxy', header: 'x-user', secretHeader: 'x-secret' },
    };
    const file = join(folder, 'quell.yaml');
    writeFileSync(file, stringify(config));
    const { code, out } = quell('slack', '--config', file, '--role', 'people');
    expect(code).toBe(0);
    expect((parse(out) as { settings: object }).settings).toMatchObject({
      interactivity: { is_enabled: true, request_url: 'https://intake.example.com/callbacks/slack' },
      org_deploy_enabled: false,
    });
    expect(quell('google', '--config', file)).toMatchObject({
      code: 1,
      said: expect.stringContaining('no tenant of google') as string,
    });
  });

  it('refuses a platform or a role that there is not', () => {
    expect(quell('zoom').code).not.toBe(0);
    expect(quell('slack', '--role', 'console').code).not.toBe(0);
  });
});
