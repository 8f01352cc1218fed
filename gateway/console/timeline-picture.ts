import { html, when, words } from '../../activities/records/report/markup.js';
import type { CaseState } from '../../domain/case.js';
import type { Finding } from '../../domain/finding.js';

const WIDTH = 1000;
const LEFT = 165;
const ROW = 26;
const SHOWN = 14;

/** When each finding was and how long it lasted, beside the alerts and the start of the case: one SVG without script. */
export function drawTimeline(state: CaseState, findings: readonly Finding[]): string {
  const shown = [...findings].sort((a, b) => (a.firstAt < b.firstAt ? -1 : 1)).slice(0, SHOWN);
  if (shown.length === 0) return '';
  const alerts = state.alerts.map((a) => a.occurredAt);
  const times = [...shown.flatMap((f) => [f.firstAt, f.lastAt]), ...alerts, state.openedAt].map((t) => Date.parse(t));
  const from = Math.min(...times);
  const span = Math.max(60_000, Math.max(...times) - from);
  const x = (at: number): number => Math.round((LEFT + ((at - from) / span) * (WIDTH - LEFT - 20)) * 10) / 10;
  const at = (instant: string): number => x(Date.parse(instant));
  const foot = shown.length * ROW + 34;
  const ticks = [0, 0.25, 0.5, 0.75, 1].map((part) => from + part * span);
  return html`<svg viewBox="0 0 ${WIDTH} ${foot + 22}" role="img" aria-label="Findings over time">
    ${ticks.map(
      (t, i) =>
        html`<line x1="${x(t)}" x2="${x(t)}" y1="4" y2="${foot}" class="tick" /><text
            x="${x(t)}"
            y="${foot + 16}"
            text-anchor="${i === 4 ? 'end' : i === 0 ? 'start' : 'middle'}"
            >${new Date(t).toISOString().slice(5, 16).replace('T', ' ')}</text
          >`,
    )}
    ${shown.map((f, i) => {
      const y = 10 + i * ROW;
      const width = Math.max(6, at(f.lastAt) - at(f.firstAt));
      return html`<text x="${LEFT - 12}" y="${y + 12}" text-anchor="end">${words(f.kind)}</text
        ><rect
          x="${Math.min(at(f.firstAt), WIDTH - 26)}"
          y="${y}"
          width="${width}"
          height="15"
          rx="4"
          class="${f.ownSession ? 'own' : 'foreign'} ${f.confidence}"
          ><title>${when(f.firstAt)} to ${when(f.lastAt)}, confidence ${f.confidence}</title></rect
        >`;
    })}
    ${[...new Set(alerts)].map((t) => html`<circle cx="${at(t)}" cy="${foot - 8}" r="5" class="alert"><title>Alert, ${when(t)}</title></circle>`)}
    <line x1="${at(state.openedAt)}" x2="${at(state.openedAt)}" y1="4" y2="${foot}" class="opened"></line>
    <text x="${LEFT - 12}" y="${foot - 4}" text-anchor="end">alerts, case opened</text>
  </svg>`.text;
}
