import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { PLATFORMS } from '../../platforms/registry.js';
import { createMicrosoftContainment } from '../../platforms/microsoft/containment.js';
import { permissionsOf } from '../../platforms/microsoft/operations.js';
import { VENDOR_ROLES } from '../../platforms/operation.js';
import { createWire } from '../../platforms/wire.js';

const text = readFileSync('docs/install/microsoft.md', 'utf8');
const section = (title: string): string => text.split(/^## /m).find((s) => s.startsWith(title)) ?? '';
const quoted = (line: string): readonly string[] => [...line.matchAll(/`([^`]+)`/g)].map((m) => m[1] ?? '');
const containment = createMicrosoftContainment({
  tenant: 'main',
  tenantId: 't',
  credential: { clientId: 'c', clientSecret: 's' },
  timeoutMs: 1,
  wire: createWire({ bases: [] }),
  notices: PLATFORMS.notices,
});

describe('what an administrator is told', () => {
  it.each(VENDOR_ROLES)('to give to %s is what its calls ask for, no more and no less', (role) => {
    const line =
      section('3. ')
        .split('\n')
        .find((l) => l.startsWith(`| \`${role}\` |`)) ?? '';
    expect([...quoted(line).slice(1)].sort()).toEqual([...permissionsOf(role)]);
  });

  it('of acts is every act', () => {
    const rows = section('What each act')
      .split('\n')
      .flatMap((l) => /^\| `(\w+)`/.exec(l)?.[1] ?? []);
    expect(rows.sort()).toEqual(Object.keys(containment.acts).sort());
  });

  it('of licences is every licence', () => {
    for (const licence of ['entraP1', 'entraP2', 'auditPremium', 'defender', 'intune'])
      expect(section('9. ')).toContain(`(\`${licence}\`)`);
  });

  it('to set up under a name is what the code looks for', () => {
    expect(section('8. ')).toContain('`Quell blocked addresses`');
    const card = readFileSync('platforms/microsoft/talk-teams.ts', 'utf8');
    const type = /ACTIVITY_TYPE = '(\w+)'/.exec(card)?.[1] ?? '';
    expect(section('6. ')).toContain(`"type": "${type}"`);
    for (const content of ['Audit.General', 'Audit.SharePoint', 'Audit.Exchange'])
      expect(section('7. ')).toContain(content);
  });
});
