import { performance } from 'node:perf_hooks';

/** What one benchmark did: medians over its runs. Numbers of one machine and one moment; compare them with themselves alone. */
export interface Measurement {
  readonly name: string;
  /** What is counted. */
  readonly unit: string;
  /** How many of it one run does. */
  readonly count: number;
  readonly runs: number;
  /** Of one run. */
  readonly medianMs: number;
  readonly slowestMs: number;
  readonly perSecond: number;
}

export interface Task {
  readonly name: string;
  readonly unit: string;
  readonly count: number;
  /** One run. It must do the whole of its work, and twice when it is called twice. */
  readonly run: () => unknown;
}

const MIN_RUNS = 3;
const MAX_RUNS = 25;
/** A quick task runs more often, so that its median says something. */
const BUDGET_MS = 400;

/** Once to warm up, then at least three times, until the budget is spent. */
export async function measure({ name, unit, count, run }: Task): Promise<Measurement> {
  await run();
  const times: number[] = [];
  let spent = 0;
  while (times.length < MIN_RUNS || (spent < BUDGET_MS && times.length < MAX_RUNS)) {
    const began = performance.now();
    await run();
    const took = performance.now() - began;
    times.push(took);
    spent += took;
  }
  times.sort((a, b) => a - b);
  const medianMs = times[Math.floor(times.length / 2)] ?? 0;
  return {
    name,
    unit,
    count,
    runs: times.length,
    medianMs,
    slowestMs: times.at(-1) ?? medianMs,
    perSecond: (count * 1_000) / Math.max(medianMs, 0.001),
  };
}

/** A table for people: one line a benchmark. */
export function table(measurements: readonly Measurement[]): string {
  const rows = measurements.map((m) => [
    m.name,
    `${m.count.toLocaleString('en')} ${m.unit}`,
    `${m.medianMs.toFixed(m.medianMs < 10 ? 2 : 0)} ms`,
    `${m.slowestMs.toFixed(m.slowestMs < 10 ? 2 : 0)} ms`,
    Math.round(m.perSecond).toLocaleString('en'),
    String(m.runs),
  ]);
  const all = [['benchmark', 'one run', 'median', 'slowest', 'per second', 'runs'], ...rows];
  const widths = all[0]?.map((_, column) => Math.max(...all.map((row) => row[column]?.length ?? 0))) ?? [];
  const line = (row: readonly string[]): string =>
    row.map((cell, i) => (i === 0 ? cell.padEnd(widths[i] ?? 0) : cell.padStart(widths[i] ?? 0))).join('  ');
  return all.map(line).join('\n');
}
