import type { CaseState } from '../../domain/case.js';
import type { Finding } from '../../domain/finding.js';

const WIDTH = 960;
const LEFT = 190;
const ROW = 26;

/** When each finding was and how long it lasted, beside the alert and the case's own start: one SVG without script. */
export function drawTimeline(state: CaseState, findings: readonly Finding[]): string {
  const shown = [...findings].sort((a, b) => (a.firstAt < b.firstAt ? -1 : 1)).slice(0, 14);
  if (shown.length === 0) return '';
  const times = [
    ...shown.flatMap((f) => [f.firstAt, f.lastAt]),
    state.openedAt,
    ...state.alerts.map((a) => a.occurredAt),
  ].map((t) => Date.parse(t));
  const from = Math.min(...times);
  const span = Math.max(60_000, Math.max(...times) - from);
  const x = (at: string): number => LEFT + ((Date.parse(at) - from) / span) * (WIDTH - LEFT - 20);
  const height = shown.length * ROW + 46;
  const bars = shown.map((f, i) => {
    const y = 18 + i * ROW;
    const width = Math.max(5, x(f.lastAt) - x(f.firstAt));
    return `<text x="${LEFT - 10}" y="${y + 11}" text-anchor="end">${f.kind.replaceAll('_', ' ')}</text><rect x="${x(f.firstAt).toFixed(1)}" y="${y}" width="${width.toFixed(1)}" height="14" rx="3" class="${f.ownSession ? 'own' : 'foreign'} ${f.confidence}"><title>${f.firstAt} to ${f.lastAt}, ${f.confidence}</title></rect>`;
  });
  const opened = x(state.openedAt).toFixed(1);
  const foot = height - 8;
  return `<svg viewBox="0 0 ${WIDTH} ${height}" role="img" aria-label="Findings over time">${bars.join('')}<line x1="${opened}" x2="${opened}" y1="8" y2="${foot - 14}" class="opened"/><text x="${opened}" y="${foot}" text-anchor="middle">case opened</text><text x="${LEFT}" y="${foot}">${new Date(from).toISOString().slice(0, 16).replace('T', ' ')} UTC</text></svg>`;
}
