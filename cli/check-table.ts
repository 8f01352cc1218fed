import type { RoleCheck } from '../platforms/check.js';

type Where = Pick<RoleCheck, 'platform' | 'tenant' | 'role'>;
type Row = readonly [status: string, of: string, what: string, more: string];

/** What a check found, for people: what is missing and what is too much stands out, the rest is short. */
export function tableOf(
  checks: readonly RoleCheck[],
  without: readonly Where[],
  { limits = false }: { readonly limits?: boolean } = {},
): readonly string[] {
  return [
    ...checks.flatMap((check) => [...sectionOf(check), ...(limits ? limitsOf(check) : []), '']),
    ...without.map((w) => `${nameOf(w)}: no credentials here`),
    ...(checks.length + without.length === 0 ? ['The configuration has no such tenant.'] : []),
  ];
}

const nameOf = ({ platform, tenant, role }: Where): string => `${platform}/${tenant} ${role}`;

function sectionOf(check: RoleCheck): readonly string[] {
  const rows: readonly Row[] = [
    ...check.credentials.map(({ credential, status, because }): Row => [
      loud(status),
      'credential',
      credential,
      because ?? '',
    ]),
    ...check.scopes.map(({ status, of, scope, lost }): Row => [loud(status), of, scope, meaning(status, lost)]),
    ...check.rights.map(({ status, right, because, lost }): Row => [
      loud(status),
      'right',
      right,
      meaning(status, lost, because),
    ]),
    ...check.plan.map(({ status, plan, lost }): Row => [
      loud(status === 'there' ? 'given' : status),
      'plan',
      plan,
      status === 'missing' ? meaning(status, lost) : '',
    ]),
  ];
  return [
    `${nameOf(check)}: ${summaryOf(check)}`,
    ...aligned(rows),
    ...check.operations
      .filter((o) => o.allowed !== 'yes')
      .map((o) => `  ${o.allowed === 'no' ? 'STOPPED' : 'unsure '}  ${o.operation}: ${o.because ?? ''}`),
  ];
}

/** What a status means for the cases of this role. */
function meaning(status: string, lost: readonly string[], because?: string): string {
  if (status === 'given') return '';
  if (status === 'beyond') return 'nothing of this role needs it';
  const said = { missing: because, unproven: 'no read shows it', unknown: because ?? 'it could not be told' }[status];
  return [...(said === undefined ? [] : [said]), `without it: ${lost.join('; ')}`].join('; ');
}

/** What the platform lets nobody do, whatever is given. */
const limitsOf = ({ limitations }: RoleCheck): readonly string[] =>
  limitations.map((l) => `  never    ${l.what}: ${l.why} ${l.instead}`);

const QUIET = new Set(['given', 'good', 'unproven', 'unknown']);
const loud = (status: string): string => (QUIET.has(status) ? status : status.toUpperCase());

function summaryOf({ credentials, scopes, rights, operations, plan }: RoleCheck): string {
  const count = (wanted: string): number => [...scopes, ...rights, ...plan].filter((f) => f.status === wanted).length;
  const allowed = operations.filter((o) => o.allowed === 'yes');
  const parts: readonly (readonly [number, string])[] = [
    [credentials.filter((c) => c.status !== 'good').length, 'not usable'],
    [count('missing'), 'missing'],
    [count('beyond'), 'beyond need'],
    [scopes.filter((s) => s.status === 'unknown').length, 'not told'],
  ];
  const said = parts.flatMap(([n, what]) => (n === 0 ? [] : [`${String(n)} ${what}`]));
  const operating = `${String(allowed.length)} of ${String(operations.length)} operations allowed, ${String(
    allowed.filter((o) => o.by === 'trial').length,
  )} of them tried`;
  return [...(said.length === 0 ? ['nothing is missing'] : said), operating].join('; ');
}

/** Columns as wide as what is in them. */
function aligned(rows: readonly Row[]): readonly string[] {
  const width = (n: 0 | 1 | 2, of: readonly Row[]): number => Math.max(0, ...of.map((r) => r[n].length));
  const [status, of] = [width(0, rows), width(1, rows)];
  const what = width(
    2,
    rows.filter((r) => r[3] !== ''),
  );
  return rows.map((r) =>
    `  ${r[0].padEnd(status)}  ${r[1].padEnd(of)}  ${r[3] === '' ? r[2] : r[2].padEnd(what)}  ${r[3]}`.trimEnd(),
  );
}
