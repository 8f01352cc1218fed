import { randomUUID } from 'node:crypto';
import type { Command } from 'commander';
import type { Pool } from 'pg';
import type { ForgetDecision } from '../domain/decision.js';
import { QuellError } from '../domain/errors.js';
import { forgettingRole } from '../domain/forgetting.js';
import { decideForgetting } from '../gateway/case-client.js';
import { keepNote } from '../gateway/task-form.js';
import { casesOfSubjects, standingOfCases, type CaseStanding } from '../store/forgetting/case-standing.js';
import { CaseHolds } from '../store/forgetting/holds.js';
import { idsTogether } from '../store/forgetting/subject-rows.js';
import { readSigningKey } from '../store/key-ring.js';
import { signBody } from '../store/signing.js';
import { dossierWriter, rolesOf, withClient, withDatabase } from './context.js';
import { print } from './terminal.js';

const HOLDS_MS = 5 * 60_000;
const WITHIN_MS = 60_000;

interface Options {
  readonly person?: boolean;
  readonly hold?: string;
  readonly lift?: string;
  readonly erase?: boolean;
  readonly as?: string;
  readonly key?: string;
}

/** Says what an erasure would take and what keeps it; with `--erase`, `--hold` or `--lift` a signed decision that the records role checks and carries out. */
export function registerForget(program: Command): void {
  program
    .command('forget <case>')
    .description('what an erasure of a case would take; --erase erases it, --hold and --lift set a legal hold')
    .option('--person', 'the person too: all their cases, names, addresses and accounts')
    .option('--erase', 'do it, for ever')
    .option('--hold <why>', 'keep the case from being forgotten')
    .option('--lift <why>', 'end a hold')
    .option('--as <person>', 'your person id in the configuration; for what is done')
    .option('--key <file>', 'your Ed25519 private key, readable by you alone')
    .action(async (caseId: string, options: Options) => {
      const verb = verbOf(options);
      if (verb === undefined) {
        print(...(await withDatabase((database) => wouldGo(database, caseId, options.person === true))));
        return;
      }
      if (options.as === undefined || options.key === undefined)
        throw new QuellError('NOT_AUTHORISED', 'give --as and --key: a decision is signed');
      const why = options.hold ?? options.lift;
      const role = roleFor(verb, options.as);
      if (why !== undefined) await assertThere(caseId);
      const at = new Date();
      const body: ForgetDecision = {
        ...{ type: 'forget', verb, caseId, personId: options.as, role, nonce: randomUUID() },
        ...(why === undefined ? {} : { note: await keepNote(dossierWriter(), caseId, why) }),
        at: at.toISOString(),
        expiresAt: new Date(at.getTime() + HOLDS_MS).toISOString(),
      };
      const signed = signBody(body, readSigningKey(options.key));
      const outcome = await withClient((client) => decideForgetting(client, signed, WITHIN_MS));
      print(outcome === 'done' ? `${verb.replace('_', ' ')}: done` : `${verb.replace('_', ' ')}: goes on by itself`);
    });
}

function verbOf({ hold, lift, erase, person }: Options): ForgetDecision['verb'] | undefined {
  if ([hold, lift, erase].filter((given) => given !== undefined).length > 1)
    throw new QuellError('NOT_AUTHORISED', 'one of --erase, --hold and --lift');
  if (hold !== undefined) return 'hold';
  if (lift !== undefined) return 'lift';
  return erase ? (person ? 'erase_person' : 'erase_case') : undefined;
}

/** Where the configuration is not here, a lead's: what the person is, the records role knows. Errors: NOT_AUTHORISED. */
function roleFor(verb: ForgetDecision['verb'], personId: string): string {
  const role = forgettingRole(verb, rolesOf(personId) ?? ['lead']);
  if (role === undefined) throw new QuellError('NOT_AUTHORISED', 'none of your roles decides on this');
  return role;
}

/** A note is written for a case that there is alone. Errors: STORE_GONE. */
async function assertThere(caseId: string): Promise<void> {
  const [standing] = await withDatabase((database) => standingOfCases(database, [caseId]));
  if (!standing) throw new QuellError('STORE_GONE', 'there is no such case');
}

/** In words, one line each. Errors: STORE_GONE for a case that the index does not know. */
async function wouldGo(database: Pool, caseId: string, person: boolean): Promise<readonly string[]> {
  const [standing] = await standingOfCases(database, [caseId]);
  if (!standing) throw new QuellError('STORE_GONE', 'there is no such case');
  const ids = await idsTogether(database, standing.subjectId);
  const caseIds = person ? await casesOfSubjects(database, ids) : [caseId];
  const cases = await standingOfCases(database, caseIds);
  const holds = await new CaseHolds(database).list(caseIds);
  return [
    ...cases.map(lineOf),
    ...holds.map(({ caseId: of, by, at }) => `${of}  held by ${by} since ${at}`),
    ...(person ? [`who ${ids.join(', ')} is: names, addresses, accounts`] : []),
    cases.some((c) => c.open || c.held)
      ? 'nothing would be erased: an open case or a hold keeps all of it'
      : 'would be erased by --erase, unless a plan of it still runs; rows of the lists stay until their time',
  ];
}

function lineOf({ caseId, open, held, forgotten }: CaseStanding): string {
  if (open || held) return `${caseId}  stays: ${open ? 'it is open' : 'it is held'}`;
  const left = ['evidence', 'dossier'].filter((part) => !forgotten.includes(part));
  return left.length === 0
    ? `${caseId}  is gone already`
    : `${caseId}  ${left.join(' and ')} with reports and Temporal's histories`;
}
