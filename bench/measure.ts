import { performance } from 'node:perf_hooks';

/** What one run took. */
export interface Spent {
  readonly ms: number;
  /** Of the process that did the work, where that is another one. */
  readonly cpuMs?: number;
  readonly maxRssMb?: number;
}

/** What one benchmark did, over its runs. Numbers of one machine and one moment; compare them with themselves alone. */
export interface Measurement {
  readonly name: string;
  /** What is counted. */
  readonly unit: string;
  /** How many of it one run does. */
  readonly count: number;
  readonly runs: number;
  /** Of one run. */
  readonly medianMs: number;
  readonly p95Ms: number;
  readonly perSecond: number;
  /** Median of one run. */
  readonly cpuMs?: number;
  readonly maxRssMb?: number;
  /** What the plain way to the same took, run in turn with it. */
  readonly plain?: Pick<Measurement, 'medianMs' | 'cpuMs' | 'maxRssMb'>;
}

export interface Task {
  readonly name: string;
  readonly unit: string;
  readonly count: number;
  /** One run. It must do the whole of its work, and twice when it is called twice. */
  readonly run: () => unknown;
  /** What anybody would write first, for as much of it: with it the measurement is a ratio, which says more than a time. */
  readonly plain?: () => unknown;
  /** How a run is measured; by the clock of this process when it is not said. */
  readonly by?: (run: () => unknown) => Promise<Spent>;
}

const MIN_RUNS = 3;
const MAX_RUNS = 40;
/** A quick task runs more often, so that its median says something. */
const BUDGET_MS = 400;

/** Once to warm up, then at least three times, until the budget is spent. */
export async function measure({ name, unit, count, run, plain, by = clocked }: Task): Promise<Measurement> {
  await run();
  await plain?.();
  const [runs, plainRuns]: [Spent[], Spent[]] = [[], []];
  const spent = (): number => runs.reduce((sum, { ms }) => sum + ms, 0);
  while (runs.length < MIN_RUNS || (spent() < BUDGET_MS && runs.length < MAX_RUNS)) {
    runs.push(await by(run));
    if (plain) plainRuns.push(await by(plain));
  }
  const { medianMs, ...more } = summed(runs);
  return {
    ...{ name, unit, count, runs: runs.length, medianMs, ...more },
    p95Ms: quantile(
      runs.map(({ ms }) => ms),
      0.95,
    ),
    perSecond: (count * 1_000) / Math.max(medianMs, 0.001),
    ...(plain ? { plain: summed(plainRuns) } : {}),
  };
}

export async function clocked(run: () => unknown): Promise<Spent> {
  const began = performance.now();
  await run();
  return { ms: performance.now() - began };
}

function summed(runs: readonly Spent[]): Pick<Measurement, 'medianMs' | 'cpuMs' | 'maxRssMb'> {
  const cpu = runs.flatMap(({ cpuMs }) => cpuMs ?? []);
  const rss = runs.flatMap(({ maxRssMb }) => maxRssMb ?? []);
  const medianMs = quantile(
    runs.map(({ ms }) => ms),
    0.5,
  );
  return {
    medianMs,
    ...(cpu.length > 0 ? { cpuMs: quantile(cpu, 0.5) } : {}),
    ...(rss.length > 0 ? { maxRssMb: Math.max(...rss) } : {}),
  };
}

const quantile = (of: readonly number[], part: number): number =>
  [...of].sort((a, b) => a - b)[Math.min(of.length - 1, Math.floor(of.length * part))] ?? 0;

const ms = (time: number | undefined): string => (time === undefined ? '' : `${time.toFixed(time < 10 ? 2 : 0)} ms`);
const mb = (size: number | undefined): string => (size === undefined ? '' : `${Math.round(size)} MB`);

/** A table for people: one line a benchmark. `ratio`: how much of the plain way's speed is left. */
export function table(measurements: readonly Measurement[]): string {
  const rows = measurements.map(({ plain, ...m }) => [
    m.name,
    `${m.count.toLocaleString('en')} ${m.unit}`,
    ms(m.medianMs),
    ms(m.p95Ms),
    Math.round(m.perSecond).toLocaleString('en'),
    ms(plain?.medianMs),
    plain ? (plain.medianMs / Math.max(m.medianMs, 0.001)).toFixed(2) : '',
    ms(m.cpuMs),
    mb(m.maxRssMb),
    String(m.runs),
  ]);
  const head = ['benchmark', 'one run', 'median', 'p95', 'per second', 'plain', 'ratio', 'cpu', 'max rss', 'runs'];
  const all = [head, ...rows];
  const widths = head.map((_, column) => Math.max(...all.map((row) => row[column]?.length ?? 0)));
  const line = (row: readonly string[]): string =>
    row.map((cell, i) => (i === 0 ? cell.padEnd(widths[i] ?? 0) : cell.padStart(widths[i] ?? 0))).join('  ');
  return all.map(line).join('\n');
}
