import type { FastifyInstance } from 'fastify';
import type { CaseState } from '../../domain/case.js';
import { QuellError } from '../../domain/errors.js';
import type { CaseEntry } from '../../store/cases/case-entry.js';
import { namesNobody } from '../../store/inbox/dead-letters.js';
import type { Console, ConsolePerson } from './app.js';
import { casePage } from './case-page.js';
import { forgettingPart, isGone } from './due.js';
import { ownIds } from './own-ids.js';
import type { ConsolePorts } from './ports.js';

/** Looks within the same minute are one entry of the audit log. */
const MINUTE_MS = 60_000;
const LETTERS = 100;
const BODY_SHOWN = 200_000;

/** What people read of one case, and what could not be delivered. Every look at a case is an entry of the audit log. */
export function registerPages(app: FastifyInstance, console: Console): void {
  const { ports, temporalUi } = console.options;
  const minute = (): number => Math.floor(console.now().getTime() / MINUTE_MS);

  app.get<{ Params: { caseId: string }; Querystring: { watch?: unknown } }>(
    '/cases/:caseId',
    async (request, reply) => {
      const { session, person } = console.who(request);
      const { caseId } = request.params;
      const [state, entry] = await caseOf(ports, caseId);
      await mayRead(console, person, caseId, state?.subjectId ?? entry?.subjectId);
      await ports.audit({
        kind: 'case.read',
        by: session.personId,
        caseId,
        once: `case:${session.id}:${caseId}:${minute()}`,
      });
      const link =
        temporalUi && `${temporalUi.url}/namespaces/${temporalUi.namespace}/workflows/${encodeURIComponent(caseId)}`;
      const forgetting = await forgettingPart(ports, caseId, person);
      // Temporal deletes a little later than the files are gone.
      if (!state || isGone(forgetting)) {
        const subject = entry && (await ports.person(entry.subjectId));
        const data = { title: subject?.name ?? caseId, entry, subject, link };
        return console.render(reply, 'archived', { ...data, ...forgetting }, session);
      }
      const refresh = request.query.watch === undefined ? undefined : 10;
      return console.render(
        reply,
        'case',
        {
          ...(await casePage(console.options, state, person)),
          ...forgetting,
          ...{ link, refresh },
        },
        session,
      );
    },
  );

  app.get<{ Params: { caseId: string } }>('/cases/:caseId/report', async (request, reply) => {
    const { session, person } = console.who(request);
    const { caseId } = request.params;
    const entry = await ports.entry(caseId);
    await mayRead(console, person, caseId, entry?.subjectId);
    const html = await ports.report(caseId);
    if (html === undefined) throw new QuellError('STORE_GONE', 'there is no report of this case yet');
    await ports.audit({ kind: 'report.read', by: session.personId, caseId });
    return reply
      .headers({
        'content-security-policy':
          "default-src 'none'; style-src 'unsafe-inline'; img-src data:; frame-ancestors 'none'",
        'x-content-type-options': 'nosniff',
        'referrer-policy': 'no-referrer',
        'cache-control': 'no-store',
      })
      .type('text/html')
      .send(html);
  });

  app.get<{ Querystring: { after?: unknown } }>('/dead-letters', async (request, reply) => {
    const { session } = console.who(request);
    const after = Number(request.query.after);
    const found = await ports.deadLetters({ after: Number.isSafeInteger(after) ? after : 0, limit: LETTERS + 1 });
    const letters = found.slice(0, LETTERS);
    return console.render(
      reply,
      'dead-letters',
      {
        title: 'Undelivered',
        letters: letters.map((l) => ({ ...l, triage: namesNobody(l) })),
        next: found.length > LETTERS ? letters.at(-1)?.seq : undefined,
      },
      session,
    );
  });

  app.get<{ Params: { seq: string } }>('/dead-letters/:seq', async (request, reply) => {
    const { session, person } = console.who(request);
    const seq = Number(request.params.seq);
    const letter = await ports.deadLetter(seq);
    if (!letter) throw new QuellError('STORE_GONE', 'there is no such dead letter');
    const item = await ports.letter(seq);
    await ports.audit({ kind: 'dead_letter.read', by: session.personId, data: { seq } });
    const all = await ports.whomItNames(seq);
    // That there is a case about oneself is told to nobody.
    const own = await ownIds(ports, person);
    const named = all.filter((n) => n.subjectId === undefined || !own.includes(n.subjectId));
    return console.render(
      reply,
      'dead-letter',
      {
        title: `Dead letter ${seq}`,
        letter: { ...letter, triage: namesNobody(letter) },
        named: named.slice(0, NAMED_SHOWN),
        more: Math.max(0, named.length - NAMED_SHOWN),
        shown: readable(item.body),
      },
      session,
    );
  });
}

const NAMED_SHOWN = 1_000;

/** The body as a person would read it. */
function readable(bytes: Uint8Array): string {
  const text = Buffer.from(bytes).toString('utf8');
  try {
    return JSON.stringify(JSON.parse(text), null, 2).slice(0, BODY_SHOWN);
  } catch {
    return text.slice(0, BODY_SHOWN);
  }
}

/** Nobody reads the case about themselves: they would learn what is known, and who asks. */
async function mayRead(
  console: Console,
  person: ConsolePerson,
  caseId: string,
  subjectId: string | undefined,
): Promise<void> {
  if (subjectId === undefined) throw new QuellError('STORE_GONE', 'there is no such case');
  if (!(await ownIds(console.options.ports, person)).includes(subjectId)) return;
  await console.options.ports.audit({ kind: 'case.read_refused', by: person.personId, caseId });
  throw new QuellError('STORE_GONE', 'there is no such case');
}

async function caseOf(
  ports: ConsolePorts,
  caseId: string,
): Promise<readonly [CaseState | undefined, CaseEntry | undefined]> {
  return await Promise.all([ports.view(caseId), ports.entry(caseId)]);
}
