import { InvalidArgumentError, Option, type Command } from 'commander';
import type { Pool } from 'pg';
import { durationWords, shareWords } from '../domain/case-words.js';
import { VERDICTS } from '../domain/case.js';
import { SEVERITIES } from '../domain/platform.js';
import type { CaseEntry } from '../store/cases/case-entry.js';
import { CASE_ORDERS, listCases, type CaseFilter, type CaseOrder } from '../store/cases/case-list.js';
import { caseNumbers, type CaseNumbers } from '../store/cases/numbers.js';
import { stageOf } from './cases.js';
import { withDatabase } from './context.js';
import { print } from './terminal.js';

export function registerCaseLists(program: Command): void {
  program
    .command('cases')
    .description('list cases, newest first, as they were last recorded')
    .option('--open', 'only those that are open')
    .addOption(new Option('--severity <severity>', 'only those of this severity').choices(SEVERITIES))
    .addOption(new Option('--verdict <verdict>', 'only those with this verdict').choices(VERDICTS))
    .option('--platform <platform>', 'only those with alerts or findings there')
    .option('--role <role>', 'only those that wait for this role')
    .option('--id <id>', 'only those whose own, subject, incident or alert id begins so')
    .option(
      '--search <words>',
      'only those with all these words, or words that begin so: stage, verdict, severity, closing, platform, detector',
    )
    .addOption(new Option('--order <order>', 'what comes first').choices(CASE_ORDERS).default('newest'))
    .option('--limit <cases>', 'at most so many', wholeNumber, 1_000)
    .option('--numbers', 'how many, how fast and how right instead, together and by detector')
    .option('--days <days>', 'for --numbers: of cases that were opened in the last days', wholeNumber, 30)
    .action(async ({ numbers, days, order, limit, ...asked }: ListOptions) => {
      const lines = await withDatabase(async (database) =>
        numbers === true ? await numberLines(database, days) : await listLines(database, filterOf(asked), order, limit),
      );
      print(...lines);
    });
}

interface ListOptions extends Omit<CaseFilter, 'open' | 'waitsFor'> {
  readonly open?: boolean;
  readonly role?: string;
  readonly order: CaseOrder;
  readonly limit: number;
  readonly numbers?: boolean;
  readonly days: number;
}

const filterOf = ({
  open,
  role,
  ...filter
}: Omit<ListOptions, 'order' | 'limit' | 'numbers' | 'days'>): CaseFilter => ({
  ...filter,
  ...(open === true ? { open } : {}),
  ...(role === undefined ? {} : { waitsFor: { roles: [role] } }),
});

function wholeNumber(text: string): number {
  if (!/^[1-9]\d{0,6}$/.test(text)) throw new InvalidArgumentError('a whole number, please');
  return Number(text);
}

const AT_ONCE = 500;

async function listLines(
  database: Pool,
  filter: CaseFilter,
  order: CaseOrder,
  limit: number,
): Promise<readonly string[]> {
  const lines: string[] = [];
  let after: string | undefined;
  do {
    const page = { order, limit: Math.min(AT_ONCE, limit - lines.length), ...(after === undefined ? {} : { after }) };
    const { cases, next } = await listCases(database, filter, page);
    lines.push(...cases.map(lineOf));
    after = next;
  } while (after !== undefined && lines.length < limit);
  return after === undefined ? lines : [...lines, `and more: --limit ${limit * 10}`];
}

function lineOf(c: CaseEntry): string {
  const waits = c.plans.length + c.openTasks > 0;
  return `${c.caseId}  ${stageOf(c).padEnd(26)} ${c.severity.padEnd(8)} ${c.verdict.padEnd(14)} ${c.platforms.join(',').padEnd(16)} ${c.openedAt}${waits ? `  waits for ${c.plans.length} plan(s), ${c.openTasks} task(s)` : ''}`;
}

const DAY_MS = 86_400_000;

async function numberLines(database: Pool, days: number): Promise<readonly string[]> {
  const now = Date.now();
  const { all, bySource } = await caseNumbers(
    database,
    new Date(now - days * DAY_MS).toISOString(),
    new Date(now).toISOString(),
  );
  const head = ['opened', 'closed', 'alerts', 'attacks', 'false pos.', 'detect', 'acknowledge', 'contain', 'respond'];
  const row = (name: string, cells: readonly string[]): string =>
    [name.slice(0, 24).padEnd(24), ...cells.map((cell) => cell.padStart(12))].join(' ').trimEnd();
  const cells = (n: CaseNumbers): readonly string[] => [
    ...[n.opened, n.closed, n.alerts, n.attacks].map(String),
    shareWords(n.falsePositiveShare),
    ...[n.detectSeconds, n.acknowledgeSeconds, n.containSeconds, n.respondSeconds].map(durationWords),
  ];
  return [
    `cases opened in the last ${days} day(s); means of those of which both moments are known`,
    row('', head),
    row('all', cells(all)),
    ...bySource.map((n) => row(n.source, cells(n))),
  ];
}
