import fc from 'fast-check';
import type { Scenario } from '../../simulator/core/scenario.js';

const GIVEN = ['Ada', 'Bilal', 'Cem', 'Dora', 'Eli', 'Fay', 'Gus', 'Hana', 'Ines', 'Joao'];
const FAMILY = ['Abel', 'Brook', 'Cruz', 'Dietz', 'Engel', 'Frost', 'Grau', 'Holm', 'Ito', 'Jansen'];

/** The same story with another name for the subject, more rows and other times: what a hard-coded answer would miss. */
export function randomTwin(scenario: Scenario, seed: number): Scenario {
  const [given = 'Ada', family = 'Abel', more = 0, spread = 1] =
    fc.sample(
      fc.tuple(
        fc.constantFrom(...GIVEN),
        fc.constantFrom(...FAMILY),
        fc.integer({ min: 0, max: 15 }),
        fc.integer({ min: 0, max: 3 }),
      ),
      { numRuns: 1, seed },
    )[0] ?? [];
  const subject = scenario.people[scenario.subject];
  if (!subject) throw new Error('a scenario has its subject among its people');
  const email = `${given}.${family}.${seed}@example.com`.toLowerCase();
  return {
    ...scenario,
    people: { ...scenario.people, [scenario.subject]: { ...subject, name: `${given} ${family}`, email } },
    rows: scenario.rows.map((row) =>
      row.decisive && row.repeat > 1 ? { ...row, repeat: row.repeat + more, every: slower(row.every, spread) } : row,
    ),
  };
}

const slower = (every: string, seconds: number): string =>
  every.replace(/(\d+)S$/, (_, s: string) => `${Number(s) + seconds}S`);
