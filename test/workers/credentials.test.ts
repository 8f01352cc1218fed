import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ROLES, type Role } from '../../store/role-keys.js';
import { Credentials } from '../../workers/credentials.js';

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'quell-credentials-'));
});
afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
});

const accepts = (role: Role, name: string, mode = 0o600, text = 'x'): boolean => {
  const path = join(folder, name);
  writeFileSync(path, text, { mode });
  try {
    Credentials.read(folder, role);
    return true;
  } catch (error) {
    expect(error).toMatchObject({ code: 'CONFIG' });
    return false;
  } finally {
    rmSync(path);
  }
};
const holders = (name: string): readonly Role[] => ROLES.filter((role) => accepts(role, name));

describe('least privilege', () => {
  it.each<[string, readonly Role[]]>([
    ['slack.main.audit', ['evidence']],
    ['slack.main.logs', ['evidence']],
    ['slack.main.admin', ['evidence', 'containment']],
    ['slack.main.scim', ['containment']],
    ['slack.main.bot', ['people']],
    ['microsoft.main.secret', ['evidence', 'people', 'containment']],
    ['google.main.key', ['evidence', 'people', 'containment']],
    ['intelligence.virustotal', ['analysis']],
    ['notify.webhook', ['people']],
  ])('%s may be held by these roles alone', (name, roles) => {
    expect(holders(name)).toEqual(roles);
  });

  it('refuses one that others can read, or that is empty', () => {
    expect(accepts('evidence', 'slack.main.audit', 0o644)).toBe(false);
    expect(accepts('evidence', 'slack.main.audit', 0o600, ' \n')).toBe(false);
  });
});
