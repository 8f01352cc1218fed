import type { RoleCheck } from '../platforms/check.js';

type Where = Pick<RoleCheck, 'platform' | 'tenant' | 'role'>;
type Row = readonly [status: string, of: string, what: string, more: string];

/** What a check found, for people: what is missing and what is too much stands out, the rest is short. */
export function tableOf(checks: readonly RoleCheck[], without: readonly Where[]): readonly string[] {
  return [
    ...checks.flatMap((check) => [...sectionOf(check), '']),
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
    ...check.scopes.map(({ status, of, scope, lost }): Row => [
      loud(status),
      of,
      scope,
      status === 'beyond' ? 'nothing of this role needs it' : status === 'given' ? '' : lost.join('; '),
    ]),
    ...check.rights.map(({ status, right, because, lost }): Row => [
      loud(status),
      'right',
      right,
      status === 'given' || status === 'beyond'
        ? ''
        : [...(because === undefined ? [] : [`(${because})`]), lost.join('; ')].join(' '),
    ]),
    ...check.plan.map(({ status, plan, lost }): Row => [
      loud(status === 'there' ? 'given' : status),
      'plan',
      plan,
      status === 'missing' ? lost.join('; ') : '',
    ]),
  ];
  return [
    `${nameOf(check)}: ${summaryOf(check)}`,
    ...aligned(rows),
    ...check.operations
      .filter((o) => o.allowed !== 'yes')
      .map((o) => `  ${o.allowed === 'no' ? 'STOPPED' : 'unsure '}  ${o.operation}: ${o.because ?? ''}`),
    ...check.limitations.map((l) => `  never     ${l.what}: ${l.why}`),
  ];
}

const QUIET = new Set(['given', 'good', 'unproven', 'unknown']);
const loud = (status: string): string => (QUIET.has(status) ? status : status.toUpperCase());

function summaryOf({ credentials, scopes, rights, operations, plan }: RoleCheck): string {
  const count = (wanted: string): number => [...scopes, ...rights, ...plan].filter((f) => f.status === wanted).length;
  const allowed = operations.filter((o) => o.allowed === 'yes');
  const parts: readonly (readonly [number, string])[] = [
    [credentials.filter((c) => c.status !== 'good').length, 'credentials cannot be used'],
    [count('missing'), 'missing'],
    [count('beyond'), 'beyond need'],
    [scopes.filter((s) => s.status === 'unknown').length, 'scopes not told'],
  ];
  const said = parts.flatMap(([n, what]) => (n === 0 ? [] : [`${String(n)} ${what}`]));
  const operating = `${String(allowed.length)} of ${String(operations.length)} operations allowed, ${String(
    allowed.filter((o) => o.by === 'trial').length,
  )} of them tried`;
  return [...(said.length === 0 ? ['all is there'] : said), operating].join('; ');
}

/** Columns as wide as what is in them. */
function aligned(rows: readonly Row[]): readonly string[] {
  const width = (n: 0 | 1 | 2): number => Math.max(0, ...rows.map((r) => r[n].length));
  const [status, of, what] = [width(0), width(1), width(2)];
  return rows.map((r) =>
    `  ${r[0].padEnd(status)}  ${r[1].padEnd(of)}  ${r[3] === '' ? r[2] : r[2].padEnd(what)}  ${r[3]}`.trimEnd(),
  );
}
