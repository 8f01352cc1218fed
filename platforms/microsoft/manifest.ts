import { said, type ManifestPart, type VendorManifest } from '../manifest.js';
import { hangsOn, reasonsOf, type Reason } from '../needs.js';
import { VENDOR_ROLES, type VendorRole } from '../operation.js';
import { GRANT_FUNCTIONS } from './grant-script.js';
import { microsoftNeeds, type GivenBy, type MicrosoftUse } from './needs.js';
import { OPERATIONS } from './operations.js';

export interface MicrosoftManifestOptions extends MicrosoftUse {
  readonly roles?: readonly VendorRole[];
}

/** Address that each API's tokens are asked for with; it names the API in every tenant. */
const APIS: readonly (readonly [GivenBy, string])[] = [
  ['graph', 'https://graph.microsoft.com'],
  ['manage', 'https://manage.office.com'],
  ['defender', 'https://api.securitycenter.microsoft.com'],
];

/** The permissions of each role's app registration, and a script that registers it, uploads its certificate and grants them. */
export function microsoftManifest({ roles = VENDOR_ROLES, ...use }: MicrosoftManifestOptions = {}): VendorManifest {
  const parts = roles.map((role) => partOf(role, use));
  return { platform: 'microsoft', parts, files: [{ name: 'quell-microsoft.sh', text: scriptOf(parts) }] };
}

function partOf(role: VendorRole, use: MicrosoftUse): ManifestPart {
  const needs = microsoftNeeds(role, use);
  const reset = needs.filter((n) => n.operation.name === OPERATIONS.setPassword.name);
  return {
    role,
    what: `app registration Quell ${role}`,
    optional: false,
    scopes: reasonsOf(role, needs),
    rights: reset.length === 0 ? [] : [{ right: 'directory role User Administrator', lost: hangsOn(role, reset).lost }],
  };
}

function scriptOf(parts: readonly ManifestPart[]): string {
  return [
    '#!/bin/sh',
    '# Registers the apps of Quell in this Entra tenant and grants what each role needs, and no more. Written by `quell manifest microsoft`.',
    '# Run it signed in as Global Administrator, or as Application Administrator and Privileged Role Administrator together:',
    '#   az login --allow-no-subscriptions --tenant TENANT',
    `#   sh quell-microsoft.sh FOLDER      FOLDER holds the certificates: ${parts.map((p) => `${p.role}.crt`).join(', ')}`,
    '# A certificate for a role, made on the machine that the role runs on; the key never leaves it:',
    '#   openssl req -x509 -newkey rsa:3072 -nodes -days 365 -subj "/CN=quell-ROLE" -keyout microsoft.TENANT.certificate -out ROLE.crt',
    '# It prints client ids and thumbprints, never a secret, and may run again.',
    'set -eu',
    '',
    'FOLDER=${1:?the folder with the certificates}',
    '',
    GRANT_FUNCTIONS,
    '',
    `say "tenantId: $(ask account show --query tenantId)"`,
    ...parts.flatMap((part) => ['', ...roleOf(part)]),
    '',
    `if [ "$problems" -gt 0 ]; then say "$problems problems: see above, and what \`quell check\` says"; exit 1; fi`,
    '',
  ].join('\n');
}

function roleOf({ role, scopes, rights }: ManifestPart): readonly string[] {
  const elsewhere = scopes.filter((s) => !APIS.some(([api]) => api === s.of));
  return [
    `# ----- ${role}`,
    `registration ${quoted(`Quell ${role}`)}`,
    `certificate "$FOLDER"/${quoted(`${role}.crt`)}`,
    ...APIS.flatMap(([of, address]) => {
      const own = scopes.filter((s) => s.of === of);
      return own.length === 0
        ? []
        : [`api ${quoted(address)}`, ...own.flatMap((s) => [...commentOf(s), `permit ${quoted(s.scope)}`])];
    }),
    ...rights.flatMap((r) => [
      `# Without it: ${r.lost.join('; ')}.`,
      `directory_role ${quoted(r.right.replace('directory role ', ''))}`,
    ]),
    ...elsewhere.flatMap((s) => [
      ...commentOf(s),
      `# Not granted here: the manifest of the Teams app asks for ${s.scope} (authorization.permissions.resourceSpecific).`,
    ]),
    `say "  clientIds.${role}: $APP"`,
  ];
}

const commentOf = (reason: Reason): readonly string[] =>
  said(reason).map((line) => `# ${line.replace(/[\r\n]+/g, ' ')}`);

/** A word of the shell that means itself. */
const quoted = (text: string): string => `'${text.replaceAll("'", `'\\''`)}'`;
