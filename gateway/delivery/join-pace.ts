import { SEVERITIES, type Severity } from '../../domain/platform.js';
import type { Told } from '../../store/inbox/case-joins.js';

/**
 * A case takes 2,000 updates in a run, people's decisions among them, and begins a new run at stage edges alone: while it waits for days for
 * a person, a trickle of alerts must not use them up. So the more often a case was told, the longer its next alerts are gathered.
 */
const PACE: readonly { readonly joins: number; readonly apartMs: number }[] = [
  { joins: 5, apartMs: 0 },
  { joins: 20, apartMs: 2_000 },
  { joins: 100, apartMs: 10_000 },
  { joins: Infinity, apartMs: 5 * 60_000 },
];

/** Milliseconds until a case that was told so may be told of alerts again; 0 at once. Graver ones than it knows are told at once: there are four steps at most. */
export function pauseBefore(told: Told | undefined, severity: Severity): number {
  if (!told || SEVERITIES.indexOf(severity) > SEVERITIES.indexOf(told.severity)) return 0;
  const apartMs = PACE.find(({ joins }) => told.joins < joins)?.apartMs ?? 0;
  return Math.max(0, apartMs - told.agoMs);
}
