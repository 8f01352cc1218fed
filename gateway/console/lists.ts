import type { FastifyInstance } from 'fastify';
import { durationWords, shareWords } from '../../domain/case-words.js';
import { STAGES, VERDICTS } from '../../domain/case.js';
import { isPlatform, SEVERITIES } from '../../domain/platform.js';
import { WAIT_WORDS } from '../../domain/waits.js';
import { waitsFor } from '../../store/cases/case-entry.js';
import { CASE_ORDERS, type CaseFilter } from '../../store/cases/case-list.js';
import type { Console, ConsolePerson } from './app.js';
import type { ConsolePorts } from './ports.js';

const PAGE = 50;
const SHOWS = ['open', 'mine', 'closed', 'all'] as const;
const NUMBERS_DAYS = [7, 30, 90, 365] as const;
const MAX_SEARCH = 200;
const MAX_CURSOR = 500;
/** Looks within the same minute are one entry of the audit log. */
const MINUTE_MS = 60_000;

type Asked = Readonly<Record<string, unknown>>;

/** Lists of cases and what they come to. They show what the index knows and ask no workflow. */
export function registerLists(app: FastifyInstance, console: Console): void {
  const { ports, people } = console.options;
  const roles = [...new Set(people.flatMap((p) => p.roles))].sort();

  app.get<{ Querystring: Asked }>('/', async (request, reply) => {
    const { session, person } = console.who(request);
    const { show, order, filter, after, asked } = await readList(ports, person, roles, request.query);
    const mine = { personId: person.personId, roles: person.roles };
    const [{ cases, next }, counts, queue, letters] = await Promise.all([
      ports.cases(show === 'mine' ? { ...filter, waitsFor: mine } : filter, {
        order,
        limit: PAGE,
        ...(after === undefined ? {} : { after }),
      }),
      ports.counts(filter, mine),
      ports.queue(),
      ports.deadLetterCount(),
    ]);
    const names = await ports.people([...new Set(cases.map((c) => c.subjectId))]);
    const minute = Math.floor(console.now().getTime() / MINUTE_MS);
    await ports.audit({ kind: 'cases.listed', by: session.personId, once: `list:${session.id}:${minute}` });
    return console.render(
      reply,
      'cases',
      {
        title: 'Cases',
        rows: cases.map((entry) => ({
          ...entry,
          at: STAGES.indexOf(entry.stage),
          person: names.get(entry.subjectId),
          mine: entry.stage !== 'closed' && waitsFor(entry, person),
        })),
        ...{ show, order, counts, asked, queue, roles },
        ...{ stages: STAGES, severities: SEVERITIES, verdicts: VERDICTS, orders: CASE_ORDERS, waitWords: WAIT_WORDS },
        address: (change: Asked) => addressOf({ ...asked, show, order, ...change }),
        isFiltered: Object.keys(asked).length > 0,
        isLater: after !== undefined,
        next,
        letters,
        refresh: 30,
      },
      session,
    );
  });

  app.get<{ Querystring: Asked }>('/numbers', async (request, reply) => {
    const { session } = console.who(request);
    const days = NUMBERS_DAYS.find((d) => String(d) === request.query['days']) ?? 30;
    const numbers = await ports.numbers(days);
    return console.render(
      reply,
      'numbers',
      { title: 'Numbers', days, choices: NUMBERS_DAYS, ...numbers, share: shareWords, duration: durationWords },
      session,
    );
  });
}

/** What somebody asks for in the address; what is none of it is left out. */
async function readList(ports: ConsolePorts, person: ConsolePerson, roles: readonly string[], query: Asked) {
  const show = SHOWS.find((s) => s === query['show']) ?? 'open';
  const order = CASE_ORDERS.find((o) => o === query['order']) ?? 'newest';
  const severity = SEVERITIES.find((s) => s === query['severity']);
  const verdict = VERDICTS.find((v) => v === query['verdict']);
  const platform = isPlatform(query['platform']) ? query['platform'] : undefined;
  const role = roles.find((r) => r === query['role']);
  const search = text(query['q']);
  const after = text(query['after'], MAX_CURSOR);
  const filter: CaseFilter = {
    ...(show === 'all' ? {} : { open: show !== 'closed' }),
    ...(role === undefined ? {} : { waitsFor: { roles: [role] } }),
    ...(severity === undefined ? {} : { severity }),
    ...(verdict === undefined ? {} : { verdict }),
    ...(platform === undefined ? {} : { platform }),
    ...(await searchOf(ports, search)),
    // That there is a case about oneself is told to nobody.
    ...(person.subjectId === undefined ? {} : { notSubjectIds: await ports.idsOf(person.subjectId) }),
  };
  const asked = { q: search, severity, verdict, platform, role };
  return {
    ...{ show, order, filter, after },
    asked: Object.fromEntries(Object.entries(asked).filter(([, value]) => value !== undefined)),
  };
}

/** By the mail address of whom a case is about, by an id, or by words of its row: names are no part of the index. */
async function searchOf(
  ports: ConsolePorts,
  search: string | undefined,
): Promise<Pick<CaseFilter, 'id' | 'search' | 'subjectIds'>> {
  if (search === undefined) return {};
  if (!search.includes('@')) return isId(search) ? { id: search } : { search };
  const subjectId = await ports.subjectWith(search);
  return { subjectIds: subjectId === undefined ? [] : await ports.idsOf(subjectId) };
}

/** A search that begins as the ids of cases, subjects, incidents and alerts do. */
const isId = (search: string): boolean => /^(case|s|incident|al)(-|$)/.test(search);

function text(value: unknown, max = MAX_SEARCH): string | undefined {
  const words = typeof value === 'string' ? value.trim().slice(0, max) : '';
  return words === '' ? undefined : words;
}

const addressOf = (asked: Asked): string =>
  `/?${new URLSearchParams(Object.entries(asked).flatMap(([name, value]) => (typeof value === 'string' ? [[name, value] as [string, string]] : []))).toString()}`;
