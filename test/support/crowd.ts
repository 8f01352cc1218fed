import fc from 'fast-check';
import type { Person, Row, Scenario } from '../../simulator/core/scenario.js';

const GIVEN = ['Ada', 'Bilal', 'Cem', 'Dora', 'Eli', 'Fay', 'Gus', 'Hana', 'Ines', 'Joao'];
const FAMILY = ['Abel', 'Brook', 'Cruz', 'Dietz', 'Engel', 'Frost', 'Grau', 'Holm', 'Ito', 'Jansen'];
const FIRST_ADDRESS = 100;

/** Key of the address of a subject's thief. */
export const attackerOf = (subject: string): string => `attacker-${subject}`;

export interface Crowd {
  readonly scenario: Scenario;
  /** Keys of the people to whom the story happens. */
  readonly subjects: readonly string[];
}

/**
 * The scenario's story, told of `count` people of random names at once, each with a thief of their own: another address, session and file.
 * @param people divides the waits for people, as in `Scenario.pace`
 */
export function crowd(scenario: Scenario, count: number, seed: number, people: number): Crowd {
  const model = scenario.people[scenario.subject];
  const [place, address] = [scenario.places['attacker'], scenario.ips['attacker']];
  if (!model || !place || address === undefined) throw new Error('the scenario has no subject or no attacker');
  const names = fc.sample(fc.tuple(fc.constantFrom(...GIVEN), fc.constantFrom(...FAMILY)), { numRuns: count, seed });
  const subjects = names.map((_, n) => `s${n}`);
  const net = address.slice(0, address.lastIndexOf('.'));
  const named = (make: (n: number) => [string, unknown]): Record<string, never> =>
    Object.fromEntries(subjects.map((_, n) => make(n))) as Record<string, never>;
  return {
    subjects,
    scenario: {
      ...scenario,
      pace: { ...scenario.pace, people },
      people: {
        ...without(scenario.people, scenario.subject),
        ...named((n) => {
          const [given, family] = names[n] ?? ['Ada', 'Abel'];
          const email = `${given}.${family}.${seed + n}@example.com`.toLowerCase();
          return [`s${n}`, { ...model, name: `${given} ${family}`, email } satisfies Person];
        }),
      },
      ips: { ...scenario.ips, ...named((n) => [attackerOf(`s${n}`), `${net}.${FIRST_ADDRESS + n}`]) },
      places: { ...scenario.places, ...named((n) => [attackerOf(`s${n}`), place]) },
      subject: subjects[0] ?? scenario.subject,
      rows: scenario.rows.flatMap((row) => retold(row, scenario.subject, subjects)),
    },
  };
}

/** A row about the subject once for each; a channel once, with all of them in it. */
function retold(row: Row, subject: string, subjects: readonly string[]): readonly Row[] {
  if (!JSON.stringify(row).includes(`"@${subject}"`)) return [row];
  const members = row['members'];
  if (isList(members))
    return [{ ...row, members: members.flatMap((m) => (m === `@${subject}` ? subjects.map((s) => `@${s}`) : [m])) }];
  return subjects.map((key, n) =>
    mapTexts(row, (text, field) => {
      if (text === `@${subject}`) return `@${key}`;
      if (text === 'ip:attacker') return `ip:${attackerOf(key)}`;
      if (field === 'session') return `${text}-${n}`;
      const isFile = text.startsWith('file:') || (row.type === 'file' && field === 'name');
      return isFile ? text.replace(/(\.\w+)$/, ` ${n}$1`) : text;
    }),
  );
}

const isList = (value: unknown): value is readonly unknown[] => Array.isArray(value);

const mapTexts = (row: Row, change: (text: string, field: string) => string): Row => ({
  ...row,
  ...Object.fromEntries(
    Object.entries(row).flatMap(([field, value]) => (typeof value === 'string' ? [[field, change(value, field)]] : [])),
  ),
});

const without = <T>(record: Readonly<Record<string, T>>, key: string): Record<string, T> =>
  Object.fromEntries(Object.entries(record).filter(([k]) => k !== key));
