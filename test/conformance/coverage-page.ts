import type { RateLimit, VendorOperation } from '../../platforms/operation.js';
import { FAULT_KINDS } from '../../simulator/core/world.js';
import { coverage, suitesOf, type Coverage } from './coverage.js';

/** `docs/coverage.md`: every operation at a vendor with its simulated route and the tests that drive it. */
export function coveragePage(): string {
  return [
    '# Coverage matrix',
    '',
    '<!-- Written by `npm run coverage-matrix` from the code. `test/conformance/coverage.test.ts` fails when it is not what the script would write. -->',
    '',
    'Every operation at a vendor that Quell calls, from the vendors’ tables in `platforms/`; its route in the simulated tenant; what drives it',
    'there with the vendor’s real SDK; and what is read, done or said with it. There are no others: the clients can call nothing that is not in',
    'the tables, the simulated tenants answer nothing else, and the test fails when one side has something that the other has not.',
    '',
    `**Faults** says which suite of \`test/conformance\` lets everything happen to the operation (${FAULT_KINDS.map((k) => `\`${k}\``).join(', ')}), at its first`,
    'and all of its pages: `reads` lose and double nothing, `acts` have one effect and report it, `talk` reaches a person once.',
    '[conformance.md](conformance.md) says what that proves, [simulator.md](simulator.md) what the simulated tenants are.',
    '',
    ...coverage().flatMap(sectionOf),
  ].join('\n');
}

function sectionOf(of: Coverage): readonly string[] {
  const operations = Object.entries(of.table);
  const names = new Set(operations.map(([, o]) => o.name));
  const others = new Map(of.routes.filter((r) => !names.has(r.operation)).map((r) => [r.route, r.operation]));
  const plans = operations.some(([, o]) => planOf(o) !== undefined);
  return [
    `## ${of.title}`,
    '',
    `${String(operations.length)} operations. ${BY_VENDOR[of.vendor]}`,
    '',
    ...table(
      [
        'Operation',
        'Roles',
        'Scopes',
        ...(plans ? ['Plan'] : []),
        'Limit',
        'Simulator route',
        'Driven by',
        'For',
        'Faults',
      ],
      operations.map(([key, o]) => [
        `\`${o.name}\`${o.writes ? ' **writes**' : ''}`,
        o.roles.join(', '),
        o.scopes.length > 0 ? o.scopes.map(shortScope).join(' ') : (of.noScope[o.name] ?? ''),
        ...(plans ? [planOf(o) ?? ''] : []),
        limitOf(o.limit),
        routesOf(of, o).join(', '),
        of.drives.includes(key) ? `\`${of.vendor}-drives.ts\` ${key}` : '',
        o.serves.join(', '),
        suitesOf(o).join(', '),
      ]),
    ),
    '',
    'What is read of their answers. Any other field is passed over; one of these that is missing or of another type is unknown, and a row',
    'without what identifies it is kept as it came and told in the gap of its source.',
    '',
    ...table(
      ['Answer of', 'Field', 'What is done with it'],
      Object.entries(of.fields).flatMap(([operation, fields]) =>
        Object.entries(fields).map(([field, words], n) => [n === 0 ? `\`${operation}\`` : '', `\`${field}\``, words]),
      ),
    ),
    '',
    'Routes of the simulated tenant that serve none of these:',
    '',
    ...Object.entries(of.otherRoutes).map(([operation, reason]) => {
      const routes = [...others].filter(([, o]) => o === operation).map(([route]) => `\`${plain(route)}\``);
      return `- ${routes.length > 0 ? routes.join(', ') : `\`${operation}\``}: ${reason}.`;
    }),
    '',
  ];
}

const BY_VENDOR: Readonly<Record<Coverage['vendor'], string>> = {
  slack: 'All of the scopes are needed. `Plan` is the smallest that has it. One token of each kind for each role.',
  microsoft:
    'Each of the scopes (application permissions) is sufficient, the first is the one to ask for; where Microsoft publishes only a pair, the role asks for the other half elsewhere. Licences: `docs/install/microsoft.md`.',
  google:
    'Each of the scopes is sufficient, the first is the one to ask for (`auth/…` is short for its address). Editions: `docs/install/google.md`.',
};

const routesOf = ({ routes }: Coverage, { name }: VendorOperation): readonly string[] => [
  ...new Set(routes.filter((r) => r.operation === name).map((r) => `\`${plain(r.route).replace(':method', name)}\``)),
];
/** Without the patterns and doubled colons of the router. */
const plain = (route: string): string => route.replace(/\(\^[^)]*\)/g, '').replaceAll('::', ':');
const shortScope = (scope: string): string => `\`${scope.replace('https://www.googleapis.com/auth/', 'auth/')}\``;
const limitOf = ({ bucket, calls, seconds, counts }: RateLimit): string =>
  `${String(calls)} in ${String(seconds)} s (${bucket}${counts === 'tenant' ? ', whole tenant' : ''})`;
const planOf = (operation: VendorOperation): string | undefined => (operation as { readonly plan?: string }).plan;

function table(head: readonly string[], rows: readonly (readonly string[])[]): readonly string[] {
  const line = (cells: readonly string[]): string => `| ${cells.map((c) => c.replaceAll('|', '\\|')).join(' | ')} |`;
  return [line(head), line(head.map(() => '---')), ...rows.map(line)];
}
