import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { checkNode, isInstalled } from '../../scripts/lib/setup.mjs';

describe('the version of Node', () => {
  it.each(['20.19.0', '20.20.2', '22.0.0', '25.1.0'])('%s does', (version) => {
    expect(() => checkNode(version)).not.toThrow();
  });

  it.each(['20.18.3', '18.20.4', '8.0.0'])('%s is refused in words', (version) => {
    expect(() => checkNode(version)).toThrow(`Quell needs Node 20.19 or newer; this is ${version}.`);
  });
});

describe('the installed dependencies', () => {
  let root: string;
  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), 'quell-setup-'));
  });
  afterEach(() => rmSync(root, { recursive: true, force: true }));

  const LOCK = {
    '': { version: '0.1.0' },
    'node_modules/a': { version: '1.0.0' },
    'node_modules/b': { version: '2.0.0' },
    'node_modules/for-another-system': { version: '3.0.0', optional: true },
  };
  const write = (path: string, packages: object): void => {
    mkdirSync(join(root, path, '..'), { recursive: true });
    writeFileSync(join(root, path), JSON.stringify({ packages }));
  };
  const given = (installed?: object): boolean => {
    write('package-lock.json', LOCK);
    if (installed !== undefined) write('node_modules/.package-lock.json', installed);
    return isInstalled(root);
  };

  it('are missing on a fresh clone', () => {
    expect(given()).toBe(false);
  });

  it('are there when they are what the lock file says, whatever is optional', () => {
    expect(given({ 'node_modules/a': { version: '1.0.0' }, 'node_modules/b': { version: '2.0.0' } })).toBe(true);
    expect(given({ ...LOCK, 'node_modules/c': { version: '9.0.0' } })).toBe(true);
  });

  it('are stale when one is missing or of another version', () => {
    expect(given({ 'node_modules/a': { version: '1.0.0' } })).toBe(false);
    expect(given({ ...LOCK, 'node_modules/b': { version: '1.9.9' } })).toBe(false);
    expect(given({ ...LOCK, 'node_modules/for-another-system': { version: '2.0.0' } })).toBe(false);
  });
});
