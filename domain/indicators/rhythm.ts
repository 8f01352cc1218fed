import type { EvidenceEvent } from '../evidence.js';

export interface Like {
  readonly kind: 'daily' | 'weekly' | 'monthly';
  readonly days: readonly string[];
  readonly share: number;
}

/** Placeholder until the measured rhythm arrives. */
export function likeBefore(burst: readonly EvidenceEvent[], past: readonly EvidenceEvent[]): Like | undefined {
  const [first] = burst;
  if (!first) return undefined;
  const kinds = new Set(burst.map((e) => e.kind));
  const perDay = new Map<string, number>();
  for (const e of past) if (kinds.has(e.kind)) perDay.set(e.at.slice(0, 10), (perDay.get(e.at.slice(0, 10)) ?? 0) + 1);
  const days = [...perDay]
    .filter(([, n]) => n >= burst.length / 2)
    .map(([day]) => ({ day, ago: Math.round((Date.parse(first.at.slice(0, 10)) - Date.parse(day)) / 86_400_000) }));
  const monthly = days.filter((d) => [30, 60, 90].some((m) => Math.abs(d.ago - m) <= 3));
  const weekly = days.filter((d) => d.ago >= 6 && [0, 1, 6].includes(d.ago % 7));
  if (weekly.length >= 2) return { kind: 'weekly', days: weekly.map((d) => d.day), share: 1 };
  if (monthly.length >= 1) return { kind: 'monthly', days: monthly.map((d) => d.day), share: 1 };
  return undefined;
}
