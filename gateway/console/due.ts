import { randomUUID } from 'node:crypto';
import type { FastifyInstance } from 'fastify';
import type { ForgetDecision } from '../../domain/decision.js';
import { QuellError } from '../../domain/errors.js';
import { FORGET_VERBS, forgettingRole } from '../../domain/forgetting.js';
import type { CaseStanding, DueCase } from '../../store/forgetting/case-standing.js';
import type { CaseHold } from '../../store/forgetting/holds.js';
import { signBody } from '../../store/signing.js';
import { submitted, textOf, told } from './actions.js';
import type { Console, ConsolePerson, PageData } from './app.js';
import { ownIds } from './own-ids.js';
import type { ConsolePorts } from './ports.js';

const PAGE = 50;
const HELD = 200;
const HOLDS_MS = 5 * 60_000;
const MAX_WHY = 500;

/** What is due to be forgotten, what a hold keeps, and people's decisions on both. */
export function registerDue(app: FastifyInstance, console: Console): void {
  const { ports, key } = console.options;

  app.get<{ Querystring: { after?: unknown } }>('/due', async (request, reply) => {
    const { session, person } = console.who(request);
    const after = cursorOf(request.query.after);
    const [retention, found, holds, own] = await Promise.all([
      ports.retention(),
      ports.due({ held: false, limit: PAGE + 1, ...(after ? { after } : {}) }),
      ports.holds(),
      ownIds(ports, person),
    ]);
    // That there is a case about oneself is told to nobody.
    const isOwn = (caseId: string): boolean => own.some((id) => caseId === `case-${id}`);
    const last = found.length > PAGE ? found[PAGE - 1] : undefined;
    const held = holds.filter(({ caseId }) => !isOwn(caseId)).slice(0, HELD);
    const names = await ports.people(found.map(({ subjectId }) => subjectId));
    await ports.audit({ kind: 'due.listed', by: session.personId });
    return console.render(
      reply,
      'due',
      {
        title: 'Due',
        retention,
        due: found
          .slice(0, PAGE)
          .flatMap((c) => (isOwn(c.caseId) ? [] : [{ ...c, name: names.get(c.subjectId)?.name }])),
        held: await Promise.all(held.map(async (hold) => ({ ...hold, why: await whyOf(ports, hold) }))),
        next: last && `${last.closedAt}~${last.caseId}`,
      },
      session,
    );
  });

  app.post<{ Params: { caseId: string } }>('/cases/:caseId/forgetting', async (request, reply) => {
    const { person, form } = submitted(console, request);
    const { caseId } = request.params;
    const verb = FORGET_VERBS.find((v) => v === form['verb']);
    const standing = await ports.standing(caseId);
    if (!verb || !standing || (await ownIds(ports, person)).includes(standing.subjectId))
      throw new QuellError('NOT_AUTHORISED', 'no such case or decision');
    const role = forgettingRole(verb, person.roles);
    if (role === undefined) throw new QuellError('NOT_AUTHORISED', 'none of your roles decides on this');
    const isErasure = verb === 'erase_case' || verb === 'erase_person';
    const why = (textOf(form['why']) ?? '').trim().slice(0, MAX_WHY);
    if (!isErasure && why === '') throw new QuellError('TASK_INCOMPLETE', 'say why');
    if (isErasure && form['sure'] !== caseId)
      throw new QuellError('TASK_INCOMPLETE', 'type the id of the case to erase it');
    const at = console.now();
    const body: ForgetDecision = {
      ...{ type: 'forget', verb, caseId, personId: person.personId, role, nonce: randomUUID() },
      ...(isErasure ? {} : { note: await ports.keepNote(caseId, why) }),
      at: at.toISOString(),
      expiresAt: new Date(at.getTime() + HOLDS_MS).toISOString(),
    };
    await told(console, { kind: `forgetting.${verb}`, by: person.personId, caseId, data: { nonce: body.nonce } }, () =>
      ports.forget(signBody(body, key)),
    );
    return reply.redirect(verb === 'erase_person' ? '/due' : `/cases/${caseId}#forgetting`, 303);
  });
}

export interface ForgettingPart extends PageData {
  readonly forgetting:
    | {
        readonly caseId: string;
        readonly standing: CaseStanding | DueCase;
        readonly hold: (CaseHold & { readonly why: string }) | undefined;
        readonly may: readonly ForgetDecision['verb'][];
      }
    | undefined;
}

/** Whether of the cases under the id nothing but their rows is left. */
export const isGone = ({ forgetting }: ForgettingPart): boolean =>
  forgetting !== undefined && !forgetting.standing.open && forgetting.standing.forgotten.includes('dossier');

/** What the page of a case says of it. */
export async function forgettingPart(
  ports: ConsolePorts,
  caseId: string,
  person: ConsolePerson,
): Promise<ForgettingPart> {
  const [standing, [hold]] = await Promise.all([ports.standing(caseId), ports.holds([caseId])]);
  return {
    forgetting: standing && {
      caseId,
      standing,
      hold: hold && { ...hold, why: await whyOf(ports, hold) },
      may: FORGET_VERBS.filter((verb) => forgettingRole(verb, person.roles) !== undefined),
    },
  };
}

/** A note that cannot be read leaves the hold without its words. */
const whyOf = (ports: ConsolePorts, hold: { readonly caseId: string; readonly note: string }): Promise<string> =>
  ports.note(hold.caseId, hold.note).catch(() => '');

function cursorOf(value: unknown): { readonly caseId: string; readonly closedAt: string } | undefined {
  const [, closedAt, caseId] = /^(\d{4}-[0-9T:.-]{5,25}Z)~([\w.-]{1,130})$/.exec(String(value)) ?? [];
  return closedAt === undefined || caseId === undefined || Number.isNaN(Date.parse(closedAt))
    ? undefined
    : { closedAt, caseId };
}
