import { said, type ManifestPart, type VendorManifest } from '../manifest.js';
import { hangsOn, reasonsOf } from '../needs.js';
import { VENDOR_ROLES, type VendorRole } from '../operation.js';
import type { GoogleApi } from './methods.js';
import { googleNeeds, type GoogleNeed, type GoogleUse } from './needs.js';
import { privilegeOf } from './privileges.js';

export interface GoogleManifestOptions extends GoogleUse {
  readonly roles?: readonly VendorRole[];
  /** Address of each role's service account. */
  readonly serviceAccounts?: Readonly<Record<VendorRole, string>>;
}

/** Names under which the APIs are switched on in a project. */
const SERVICES: Readonly<Record<GoogleApi, string>> = {
  directory: 'admin.googleapis.com',
  reports: 'admin.googleapis.com',
  alertcenter: 'alertcenter.googleapis.com',
  gmail: 'gmail.googleapis.com',
  drive: 'drive.googleapis.com',
  chat: 'chat.googleapis.com',
  accesscontextmanager: 'accesscontextmanager.googleapis.com',
  cloudidentity: 'cloudidentity.googleapis.com',
  vault: 'vault.googleapis.com',
};
/** What a service account as itself must have, beside the scope. */
const OWN_RIGHTS: Readonly<Partial<Record<GoogleApi, string>>> = {
  accesscontextmanager: 'role roles/accesscontextmanager.policyEditor on the access policy',
  chat: 'the Google Chat API configured in the project of this service account, as an app with interactive features',
};

/** What a service account for each role is given: delegated scopes, APIs, own rights, and privileges of the administrator it acts as. */
export function googleManifest({
  roles = VENDOR_ROLES,
  serviceAccounts,
  ...use
}: GoogleManifestOptions = {}): VendorManifest {
  const all = roles.map((role) => {
    const needs = googleNeeds(role, use);
    const account = serviceAccounts?.[role] ?? `quell-${role}@PROJECT.iam.gserviceaccount.com`;
    const part: ManifestPart = {
      role,
      what: `service account ${account} of the role ${role}`,
      optional: false,
      scopes: reasonsOf(role, needs),
      rights: [...ownRights(role, needs), ...privileges(role, needs)],
    };
    return { part, file: { name: `google-${role}.txt`, text: textOf(part, account, needs) } };
  });
  return { platform: 'google', parts: all.map((a) => a.part), files: all.map((a) => a.file) };
}

function ownRights(role: VendorRole, needs: readonly GoogleNeed[]): ManifestPart['rights'] {
  const own = needs.filter((n) => n.of === 'own');
  return [...new Set(own.map((n) => n.operation.api))].flatMap((api) => {
    const right = OWN_RIGHTS[api];
    if (right === undefined) return [];
    return [
      {
        right,
        lost: hangsOn(
          role,
          own.filter((n) => n.operation.api === api),
        ).lost,
      },
    ];
  });
}

function privileges(role: VendorRole, needs: readonly GoogleNeed[]): ManifestPart['rights'] {
  const names = [...new Set(needs.flatMap((n) => privilegeOf(n.operation) ?? []))].sort();
  return names.map((name) => ({
    right: `privilege ${name}`,
    lost: hangsOn(
      role,
      needs.filter((n) => privilegeOf(n.operation) === name),
    ).lost,
  }));
}

function textOf({ role, scopes, rights }: ManifestPart, account: string, needs: readonly GoogleNeed[]): string {
  const delegated = scopes.filter((s) => s.of === 'delegation');
  const own = scopes.filter((s) => s.of === 'own');
  const services = [...new Set(needs.map((n) => SERVICES[n.operation.api]))].sort();
  const administrator = rights.filter((r) => r.right.startsWith('privilege '));
  const reasons = (list: typeof scopes): readonly string[] =>
    list.flatMap((s) => ['', `  ${s.scope}`, ...said(s).map((line) => `    ${line}`)]);
  return [
    `# Google Workspace, role ${role}: ${account}`,
    '',
    '# 1. APIs of the project',
    `gcloud services enable ${services.join(' ')}`,
    '',
    '# 2. Domain-wide delegation (Admin console, Security, API controls): the unique id of the service account,',
    `#      gcloud iam service-accounts describe ${account} --format='value(uniqueId)'`,
    '#    and these scopes, in one line:',
    delegated.map((s) => s.scope).join(','),
    '',
    '# Why each of them:',
    ...reasons(delegated),
    ...(own.length === 0
      ? []
      : ['', '# 3. What the service account does as itself; these scopes are not delegated:', ...reasons(own), '']),
    ...rights.filter((r) => !administrator.includes(r)).map((r) => `  ${r.right}`),
    ...(administrator.length === 0
      ? []
      : [
          '',
          `# ${own.length === 0 ? '3' : '4'}. Privileges of the administrator who is acted as (Admin console, Admin roles; not a super administrator):`,
          ...administrator.flatMap((r) => [
            '',
            `  ${r.right.replace('privilege ', '')}`,
            `    Without it: ${r.lost.join('; ')}.`,
          ]),
        ]),
    '',
  ].join('\n');
}
