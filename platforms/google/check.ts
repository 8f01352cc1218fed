import { z } from 'zod';
import {
  credentialFinding,
  findingsOf,
  outcomeOf,
  type CredentialFinding,
  type Facts,
  type Outcome,
  type VendorCheck,
} from '../check.js';
import type { VendorRole } from '../operation.js';
import type { CallOptions } from '../ports.js';
import { createAccessTokens } from './access-tokens.js';
import { createGoogleClient } from './client.js';
import { METHODS, type GoogleMethod } from './methods.js';
import { googleNeeds, type GivenBy, type GoogleNeed } from './needs.js';
import { privilegeOf } from './privileges.js';
import { probesOf, type ProbeSettings } from './probes.js';

const PREFIX = 'https://www.googleapis.com/auth/';
/** Scopes that reach far and that nothing here needs, beside all that another role may have. */
const FAR_REACHING: readonly string[] = [
  'https://mail.google.com/',
  ...[
    'admin.datatransfer',
    'admin.directory.customer',
    'admin.directory.domain',
    'admin.directory.group',
    'admin.directory.orgunit',
    'admin.directory.rolemanagement',
    'apps.groups.settings',
    'calendar',
    'chat.admin.delete',
    'chat.admin.spaces',
    'chat.delete',
    'cloud-identity',
    'cloud-platform',
    'contacts',
    'devstorage.full_control',
    'drive.readonly',
    'gmail.modify',
    'spreadsheets',
  ].map((s) => `${PREFIX}${s}`),
];

/** How each scope's request for a token ended; with somebody to act as, or as the service account itself. */
interface Asked {
  readonly of: GivenBy;
  readonly scope: string;
  readonly subject: string | undefined;
  readonly outcome: Outcome;
}

/**
 * Which reads and acts the service account of a role allows: a token is asked for with each scope alone, also with those
 * that it should not have, and every read that needs no particular person is tried. Nothing is written.
 */
export async function checkGoogle(
  settings: ProbeSettings,
  role: VendorRole,
  { signal }: CallOptions = {},
): Promise<VendorCheck> {
  const { licences, sender, blockLevel } = settings;
  const needs = googleNeeds(role, { licences, mail: sender !== undefined, blockLevel: blockLevel !== undefined });
  const asked = await askAll(settings, role, needs, signal);
  const tried = await tryAll(settings, role, needs, asked, signal);
  const of = (by: GivenBy): readonly Asked[] => asked.filter((a) => a.of === by);
  const facts: Facts = {
    role,
    needs,
    credentials: [...new Set(needs.map((n) => n.of))].map((by) => credential(by, of(by))),
    given: new Map((['delegation', 'own'] as const).map((by) => [by, granted(of(by), needs, tried)])),
    untold: new Map(
      (['delegation', 'own'] as const).map((by) => [
        by,
        new Set(
          of(by).flatMap((a) => (a.outcome.code === undefined || a.outcome.code === 'VENDOR_SCOPE' ? [] : [a.scope])),
        ),
      ]),
    ),
    tried,
    rights: [
      ...apis(needs, tried),
      ...privileges(needs, tried),
      ...(await superAdministrator(settings, tried, signal)),
      ...senders(needs, of('delegation'), settings),
    ],
  };
  return { platform: 'google', tenant: settings.tenant, role, ...findingsOf(facts) };
}

async function askAll(
  settings: ProbeSettings,
  role: VendorRole,
  needs: readonly GoogleNeed[],
  signal: AbortSignal | undefined,
): Promise<readonly Asked[]> {
  const tokens = createAccessTokens(settings);
  const wanted = new Map<string, Omit<Asked, 'outcome'>>();
  const want = (of: GivenBy, scope: string, subject: string | undefined): void => {
    if (!wanted.has(`${of} ${scope}`)) wanted.set(`${of} ${scope}`, { of, scope, subject });
  };
  for (const { of, scopes, operation } of needs)
    for (const scope of scopes) want(of, scope, of === 'own' ? undefined : subjectOf(operation, role, settings));
  for (const scope of [...otherScopes(), ...FAR_REACHING]) want('delegation', scope, settings.adminSubject);
  return Promise.all(
    [...wanted.values()].map(async (w) => ({
      ...w,
      outcome: await outcomeOf(() => tokens.get(w.subject, w.scope, signal)),
    })),
  );
}

/** Delegation is of a scope, not of a person: whoever is acted as for the trial need only be there. */
function subjectOf({ as }: GoogleMethod, role: VendorRole, { adminSubject, sender }: ProbeSettings): string {
  return role === 'people' && as.includes('sender') ? (sender ?? adminSubject) : adminSubject;
}

/** Every scope that any role could use; what this one does not need is beyond its need. */
const otherScopes = (): readonly string[] =>
  (Object.values(METHODS) as readonly GoogleMethod[]).flatMap((m) => (m.as.includes('app') ? [] : m.scopes));

const refusedScope = (outcome: Outcome | undefined): boolean =>
  outcome?.code === 'VENDOR_SCOPE' && !NOT_ENABLED.test(outcome.because ?? '');

/** A service account gets a token of its own for any scope; what counts there is whether the read was allowed. */
function granted(
  asked: readonly Asked[],
  needs: readonly GoogleNeed[],
  tried: ReadonlyMap<string, Outcome>,
): ReadonlySet<string> {
  const refused = needs
    .filter((n) => n.of === 'own' && refusedScope(tried.get(n.operation.name)))
    .flatMap((n) => n.scopes);
  return new Set(
    asked.flatMap(({ of, scope, outcome }) =>
      outcome.code === undefined && !(of === 'own' && refused.includes(scope)) ? [scope] : [],
    ),
  );
}

/** Refused only when every request was: else it is a scope or a subject that is not right. */
function credential(by: GivenBy, asked: readonly Asked[]): CredentialFinding {
  const bad = asked.map((a) => a.outcome).filter(({ code }) => code !== undefined && code !== 'VENDOR_SCOPE');
  const [first] = bad;
  return first && bad.length === asked.length ? credentialFinding(by, first) : { credential: by, status: 'good' };
}

/** One after the other: a check is in no hurry. What a missing scope refuses anyway is not asked. */
async function tryAll(
  settings: ProbeSettings,
  role: VendorRole,
  needs: readonly GoogleNeed[],
  asked: readonly Asked[],
  signal: AbortSignal | undefined,
): Promise<ReadonlyMap<string, Outcome>> {
  const probes = probesOf(createGoogleClient(settings), role, settings, signal);
  const good = (need: GoogleNeed): boolean =>
    need.scopes.every((s) => asked.some((a) => a.of === need.of && a.scope === s && a.outcome.code === undefined));
  const tried = new Map<string, Outcome>();
  for (const need of needs) {
    const probe = probes.get(need.operation.name);
    if (!probe || !good(need) || !isReady(need, tried)) continue;
    const outcome = await outcomeOf(probe);
    tried.set(need.operation.name, need.plan === undefined ? outcome : orUnlicensed(outcome));
  }
  return tried;
}

/** Whom the app has a chat with is asked for by an id, which the directory tells. */
const isReady = ({ operation }: GoogleNeed, tried: ReadonlyMap<string, Outcome>): boolean => {
  const user = tried.get(METHODS.user.name);
  return operation.name !== METHODS.findDm.name || (user !== undefined && user.code === undefined);
};

/** How an API says that the service is switched off, or not part of the licence. */
const orUnlicensed = (outcome: Outcome): Outcome =>
  / (FAILED_PRECONDITION|failedPrecondition)$/.test(outcome.because ?? '')
    ? { ...outcome, code: 'VENDOR_PLAN' }
    : outcome;

/** What the project, not the administrator, refuses; in the words of the older APIs and the newer. */
const NOT_ENABLED = / (accessNotConfigured|SERVICE_DISABLED)$/;

/** APIs that are switched off in the project of the service account. */
function apis(needs: readonly GoogleNeed[], tried: ReadonlyMap<string, Outcome>): Facts['rights'] {
  const off = needs.filter((n) => NOT_ENABLED.test(tried.get(n.operation.name)?.because ?? ''));
  return [...new Set(off.map((n) => n.operation.api))].map((api) => ({
    right: `the API of ${api} is enabled in the project`,
    status: 'missing',
    operations: needs.filter((n) => n.operation.api === api).map((n) => n.operation.name),
  }));
}

/** Privileges of the administrator who is acted as: one that a trial was refused for is missing. */
function privileges(needs: readonly GoogleNeed[], tried: ReadonlyMap<string, Outcome>): Facts['rights'] {
  const names = [...new Set(needs.flatMap((n) => privilegeOf(n.operation) ?? []))].sort();
  return names.map((name) => {
    const under = needs.filter((n) => privilegeOf(n.operation) === name);
    const operations = under.map((n) => n.operation.name);
    const ended = operations.flatMap((o) => tried.get(o) ?? []);
    const refused = ended.find((o) => o.code === 'VENDOR_SCOPE' && !NOT_ENABLED.test(o.because ?? ''));
    const right = `privilege ${name}`;
    if (!refused) return { right, status: ended.some((o) => o.code === undefined) ? 'given' : 'unproven', operations };
    const plan = under.find((n) => n.plan !== undefined)?.plan;
    const because = `${refused.because ?? 'refused'}${plan === undefined ? '' : `; or ${plan} is not licensed`}`;
    return { right, status: 'missing', because, operations };
  });
}

const account = z.looseObject({ isAdmin: z.boolean().nullish() });

/** An administrator who may do everything makes every credential of it worth everything. */
async function superAdministrator(
  { adminSubject, ...settings }: ProbeSettings,
  tried: ReadonlyMap<string, Outcome>,
  signal: AbortSignal | undefined,
): Promise<Facts['rights']> {
  const outcome = tried.get(METHODS.user.name);
  if (!outcome || outcome.code !== undefined) return [];
  let all = false;
  await outcomeOf(async () => {
    const { isAdmin } = await createGoogleClient({ adminSubject, ...settings }).call(
      METHODS.user,
      'admin',
      (directory, o) => directory.users.get({ userKey: adminSubject }, o),
      account,
      signal,
    );
    all = isAdmin === true;
  });
  return all ? [{ right: 'the administrator is a super administrator', status: 'beyond', operations: [] }] : [];
}

/** The mailbox that mails come from. */
function senders(needs: readonly GoogleNeed[], asked: readonly Asked[], { sender }: ProbeSettings): Facts['rights'] {
  const ended = asked.filter((a) => a.subject === sender && a.subject !== undefined).map((a) => a.outcome);
  if (ended.length === 0) return [];
  const operations = needs.filter((n) => n.operation.as.includes('sender')).map((n) => n.operation.name);
  const refused = ended.find((o) => o.code === 'VENDOR_AUTH');
  const right = 'the sender is an account of the organisation';
  return [
    {
      right,
      status: refused ? 'missing' : 'given',
      ...(refused?.because === undefined ? {} : { because: refused.because }),
      operations,
    } as const,
  ];
}
