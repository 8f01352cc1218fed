import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { viewOf } from '../../../domain/indicators/view.js';
import { volumeSurge } from '../../../domain/indicators/volume-surge.js';
import { defaultPolicy } from '../fixtures.js';
import * as year from './measured-year.js';
import { dateOf, DAYS, LEAD, randomOf, simulatedYear } from './simulated-year.js';

const people = simulatedYear(1);
/** As the tables of the page. */
const visible = 30;
const alone = year.measureYear(people, { visible, peers: false });
const page = readFileSync(new URL('../../../docs/statistics.md', import.meta.url), 'utf8');

/** A row of the page's tables, `| name | 12,345 | 0.9 % | 96.0 % |`, as its two rates. */
const written = (name: string): readonly number[] =>
  [...(page.split('\n').find((line) => line.startsWith(`| ${name} |`)) ?? '').matchAll(/([\d.]+) %/g)].map(([, n]) =>
    Number(n),
  );
const rates = (score: year.Score): readonly number[] => [year.falseAlarms(score), year.detection(score)];

describe('a year of 500 people, thirty days of past, no peers', () => {
  it('is 500 people and a whole year', () => {
    expect(people).toHaveLength(500);
    expect(DAYS - LEAD).toBe(365);
    expect(alone.total.days).toBeGreaterThan(165_000);
    expect(alone.total.planted).toBeGreaterThan(8_000);
  });

  it('at most one ordinary person-day in a hundred is a surge, and 95 of a hundred planted collections are', () => {
    expect(year.falseAlarms(alone.total)).toBeLessThanOrEqual(1);
    expect(year.detection(alone.total)).toBeGreaterThanOrEqual(95);
  });

  it('also in a year that nothing was set by', () => {
    const other = year.measureYear(simulatedYear(20_262, 250), { visible, peers: false }).total;
    expect(year.falseAlarms(other)).toBeLessThanOrEqual(1);
    expect(year.detection(other)).toBeGreaterThanOrEqual(95);
  });

  it('with what the day was for others, fewer false alarms and as good a detection', () => {
    const { total } = year.measureYear(people, { visible, peers: true });
    expect(year.falseAlarms(total)).toBeLessThan(0.8 * year.falseAlarms(alone.total));
    expect(year.detection(total)).toBeGreaterThanOrEqual(95);
    rates(total).forEach((rate, i) => expect(written('with peers')[i]).toBeCloseTo(rate, 0));
  });

  it('with all days that the policy reads: likes in two months excuse more, and the page says how much that costs', () => {
    const { total } = year.measureYear(people, { visible: defaultPolicy.windows.wideDays, peers: false });
    const said = written(`${defaultPolicy.windows.wideDays} days`);
    rates(total).forEach((rate, i) => expect(Math.abs((said[i] ?? 0) - rate)).toBeLessThan(1));
    expect(year.falseAlarms(total)).toBeLessThanOrEqual(1);
    expect(year.detection(total)).toBeGreaterThanOrEqual(85);
  });

  it('are the numbers that docs/statistics.md says', () => {
    for (const [name, score] of [...alone.jobs, ...alone.past, ['all', alone.total] as const]) {
      const [alarms, kept] = rates(score);
      const said = `| ${name} | ${score.days.toLocaleString('en')} | ${alarms?.toFixed(2)} % | ${kept?.toFixed(1)} % |`;
      expect(written(name), said).toHaveLength(2);
      // The last digit may differ where another engine rounds a logarithm otherwise.
      expect(Math.abs((written(name)[0] ?? 0) - (alarms ?? 0)), said).toBeLessThan(0.3);
      expect(Math.abs((written(name)[1] ?? 0) - (kept ?? 0)), said).toBeLessThan(2);
    }
  });
});

describe('the indicator on rows', () => {
  it('says what the rule says on numbers, for ordinary days and planted ones', () => {
    const random = randomOf(5);
    let surges = 0;
    for (let n = 0; n < 600; n++) {
      const who = people[random.below(people.length)]!;
      const day = LEAD + random.below(365);
      if (day < who.from) continue;
      const at = year.personDay(who, day, visible);
      const extra = n % 2 === 0 ? 0 : year.planted(at);
      const expected = (['received', 'sent'] as const).filter((stream) =>
        year.isSurge(at, stream, (who[stream][day] ?? 0) + (stream === 'received' ? extra : 0)),
      );
      const view = viewOf({
        events: year.rowsOf(at, extra),
        accounts: ['U1'],
        thresholds: defaultPolicy.indicators,
        focusFrom: dateOf(day).toISOString(),
      });
      const found = volumeSurge.find(view).map((f) => f.measures[0]?.name.replace('volume ', ''));
      expect(found.toSorted(), `${who.job} on ${dateOf(day).toISOString()}`).toEqual(expected);
      surges += found.length;
    }
    expect(surges).toBeGreaterThan(200);
  });
});
