import type { CaseState } from '../../domain/case.js';
import { QuellError } from '../../domain/errors.js';
import type { EvidenceReader } from '../../store/evidence-store.js';
import type { House } from './house.js';
import { PlayedPeople } from './people.js';
import type { Outcome } from './promise.js';
import { Watch } from './watch.js';

const WITHIN_MS = 10 * 60_000;
const LOOK_EVERY_MS = 500;

export interface PlayedRun {
  readonly states: readonly CaseState[];
  readonly outcome: Outcome;
  readonly reports: readonly { readonly caseId: string; readonly html: string; readonly json: string }[];
}

/** Plays the people of a house until all its cases have closed. Throws when they have not in ten minutes. */
export async function playToEnd(
  house: House,
  options: { readonly say?: (line: string) => void; readonly cases?: number } = {},
): Promise<PlayedRun> {
  const { say = () => undefined, cases = house.scenario.promise.cases } = options;
  const watch = new Watch(house.client, say);
  const people = new PlayedPeople(house.scenario, house.client, house.files.vault, house.messagesTo, say, house.slack);
  const deadline = Date.now() + WITHIN_MS;
  for (;;) {
    const states = await watch.look();
    const open = states.filter((s) => s.stage !== 'closed');
    if (open.length === 0 && states.length >= cases) break;
    if (Date.now() > deadline)
      throw new QuellError(
        'CONFIG',
        `not done in time: ${open.map((s) => `${s.caseId} is in ${s.stage}`).join(', ') || 'no case was opened'}`,
      );
    for (const state of open) await people.act(state);
    await new Promise((r) => setTimeout(r, LOOK_EVERY_MS));
  }
  const states = [...watch.states.values()].filter((s) => s.closedAs !== 'merged');
  const reports = await reportsOf(house.reports, states);
  return {
    ...{ states, reports },
    outcome: {
      reports: reports.map(({ json }) => JSON.parse(json) as Outcome['reports'][number]),
      journal: house.world.journal,
      inspect: house.inspect,
    },
  };
}

/** Of the cases that have one, as the console opens it. */
export function reportsOf(reader: EvidenceReader, states: readonly CaseState[]): Promise<PlayedRun['reports']> {
  return Promise.all(
    states.flatMap(({ caseId, report }) =>
      report === undefined
        ? []
        : [
            (async () => ({
              caseId,
              html: await reader.readText(caseId, { key: report.html }),
              json: await reader.readText(caseId, { key: report.json }),
            }))(),
          ],
    ),
  );
}
