import type { HourVolume } from '../../dossier.js';
import type { Report } from './data.js';
import { html, Markup, when, words, type Content } from './markup.js';

const WIDTH = 1000;
const LEFT = 150;
const ROW = 26;
const COLOURS = {
  alert: '#9a6400',
  finding: '#b3261e',
  decision: '#2456a6',
  action: '#1d7a46',
  undone: '#8a96a3',
} as const;

interface Mark {
  readonly from: number;
  readonly to: number;
  readonly colour: string;
  readonly title: string;
}

/** Alerts, findings, decisions and actions on one axis. */
export function timelinePicture(report: Report): Markup {
  const point = (at: string | undefined, colour: string, title: string): readonly Mark[] =>
    at === undefined ? [] : [{ from: Date.parse(at), to: Date.parse(at), colour, title: `${title}, ${when(at)}` }];
  const findings = new Map<string, Mark[]>();
  for (const f of report.findings) {
    const marks = findings.get(f.kind) ?? [];
    marks.push({
      from: Date.parse(f.firstAt),
      to: Date.parse(f.lastAt),
      colour: COLOURS.finding,
      title: `${words(f.kind)} on ${f.platform}, ${when(f.firstAt)} to ${when(f.lastAt)}`,
    });
    findings.set(f.kind, marks);
  }
  const rows: readonly (readonly [string, readonly Mark[]])[] = [
    ['alerts', report.case.alerts.flatMap((a) => point(a.occurredAt, COLOURS.alert, `alert from ${a.source}`))],
    ...[...findings].map(([kind, marks]) => [words(kind), marks] as const),
    ['decisions', report.decisions.flatMap((d) => point(d.at, COLOURS.decision, d.what))],
    [
      'actions',
      report.actions
        .filter((a) => a.status !== 'no_result')
        .flatMap((a) =>
          point(a.at, a.verified ? COLOURS.action : COLOURS.undone, `${words(a.kind)}: ${words(a.status)}`),
        ),
    ],
  ];
  const shown = rows.filter(([, marks]) => marks.length > 0);
  const times = shown.flatMap(([, marks]) => marks.flatMap((m) => [m.from, m.to]));
  if (times.length === 0) return html`<p class="none">Nothing happened that could be drawn.</p>`;
  const from = Math.min(...times);
  const span = Math.max(Math.max(...times) - from, 60_000);
  const x = (t: number): number => LEFT + ((t - from) / span) * (WIDTH - LEFT - 20);
  const height = shown.length * ROW + 30;
  const ticks = [0, 0.25, 0.5, 0.75, 1].map((p) => from + p * span);
  return svg(height, 'Alerts, findings, decisions and actions over time', [
    ticks.map(
      (t, i) =>
        html`<line x1="${num(x(t))}" y1="0" x2="${num(x(t))}" y2="${height - 26}" stroke="#dde3ea" /><text
            x="${num(x(t))}"
            y="${height - 8}"
            text-anchor="${i === 0 ? 'start' : i === 4 ? 'end' : 'middle'}"
            >${new Date(t).toISOString().slice(5, 16).replace('T', ' ')}</text
          >`,
    ),
    shown.map(([label, marks], i) => [
      html`<text x="0" y="${i * ROW + 17}">${label}</text>`,
      inFront(marks).map((m) => drawn(m, x, i * ROW + 13)),
    ]),
  ]);
}

/** What was read back is drawn last, over what was not. */
function inFront(marks: readonly Mark[]): readonly Mark[] {
  return [...marks].sort((a, b) => Number(a.colour === COLOURS.action) - Number(b.colour === COLOURS.action));
}

function drawn(m: Mark, x: (t: number) => number, y: number): Markup {
  const width = Math.max(x(m.to) - x(m.from), 0);
  const shape =
    width > 8
      ? html`<rect
          x="${num(x(m.from))}"
          y="${y - 6}"
          width="${num(width)}"
          height="12"
          rx="3"
          fill="${m.colour}"
          fill-opacity=".75"
        ></rect>`
      : html`<circle cx="${num(x(m.from))}" cy="${y}" r="5" fill="${m.colour}"></circle>`;
  return html`${shape}<title>${m.title}</title>${new Markup(width > 8 ? '</rect>' : '</circle>')}`;
}

/** Messages sent and received against what is usual for the person. */
export function volumePicture(volumes: readonly HourVolume[]): Markup {
  const bars = grouped(volumes);
  if (bars.length === 0)
    return html`<p class="none">No log counts messages for this person; the volume is unknown.</p>`;
  const top = Math.max(...bars.map((b) => Math.max(b.sent, b.received)), 1);
  const busy = bars.map((b) => b.sent + b.received).filter((n) => n > 0);
  const usual = median(busy) / 2;
  const height = 200;
  const floor = height - 24;
  const step = Math.min((WIDTH - 50) / bars.length, 60);
  const y = (n: number): number => floor - (n / top) * (floor - 12);
  const bar = (n: number, x: number, colour: string, title: string): Markup =>
    html`<rect
      x="${num(x)}"
      y="${num(y(n))}"
      width="${num(Math.max(step * 0.42, 0.6))}"
      height="${num(floor - y(n))}"
      fill="${colour}"
      ><title>${title}</title></rect
    >`;
  return svg(height, 'Volume of messages over time against the usual volume', [
    bars.map((b, i) => [
      bar(b.sent, 50 + i * step, '#2456a6', `${b.label}: ${String(b.sent)} sent`),
      bar(b.received, 50 + i * step + step * 0.45, '#9db7dd', `${b.label}: ${String(b.received)} received`),
    ]),
    busy.length > 2 &&
      html`<line
          x1="50"
          y1="${num(y(usual))}"
          x2="${WIDTH}"
          y2="${num(y(usual))}"
          stroke="#b3261e"
          stroke-dasharray="5 4"
        /><text x="${WIDTH}" y="${num(y(usual) - 4)}" text-anchor="end">usual</text>`,
    html`<text x="0" y="16">${top}</text><text x="0" y="${floor}">0</text
      ><text x="50" y="${height - 6}">${bars[0]?.label ?? ''}</text
      >${bars.length > 1 && html`<text x="${num(50 + bars.length * step)}" y="${height - 6}" text-anchor="${bars.length * step > 300 ? 'end' : 'start'}">${bars.at(-1)?.label ?? ''}</text>`}`,
  ]);
}

const HOUR_MS = 3_600_000;
const MAX_HOURS = 96;

interface Bar {
  readonly label: string;
  sent: number;
  received: number;
}

/** Hours, or days when there are many; quiet ones between are bars of no height, so that time runs evenly. */
function grouped(volumes: readonly HourVolume[]): readonly Bar[] {
  const times = volumes.map((v) => Date.parse(v.hour));
  if (times.length === 0) return [];
  const byHour = (Math.max(...times) - Math.min(...times)) / HOUR_MS < MAX_HOURS;
  const width = byHour ? HOUR_MS : 24 * HOUR_MS;
  const first = Math.floor(Math.min(...times) / width);
  const bars = Array.from({ length: Math.floor(Math.max(...times) / width) - first + 1 }, (_, i): Bar => {
    const at = new Date((first + i) * width).toISOString();
    return { label: byHour ? `${at.slice(5, 13).replace('T', ' ')} h` : at.slice(0, 10), sent: 0, received: 0 };
  });
  for (const { hour, sent, received } of volumes) {
    const bar = bars[Math.floor(Date.parse(hour) / width) - first];
    if (!bar) continue;
    bar.sent += sent;
    bar.received += received;
  }
  return bars;
}

/** Sign-ins by country; those that a finding cites in red. */
export function signInPicture(signIns: Report['series']['signIns']): Markup {
  const countries = new Map<string, { good: number; failed: number; suspicious: number }>();
  for (const s of signIns) {
    const counts = countries.get(s.country ?? 'unknown') ?? { good: 0, failed: 0, suspicious: 0 };
    counts[s.suspicious ? 'suspicious' : s.failed ? 'failed' : 'good']++;
    countries.set(s.country ?? 'unknown', counts);
  }
  const rows = [...countries]
    .map(([country, c]) => ({ country, ...c, all: c.good + c.failed + c.suspicious }))
    .sort((a, b) => b.suspicious - a.suspicious || b.all - a.all);
  if (rows.length === 0) return html`<p class="none">No sign-in was logged in the window that was read.</p>`;
  const top = Math.max(...rows.map((r) => r.all));
  const w = (n: number): number => (n / top) * (WIDTH - LEFT - 140);
  return svg(
    rows.length * ROW + 6,
    'Sign-ins by country',
    rows.map((r, i) => {
      const y = i * ROW + 4;
      const part = (n: number, before: number, colour: string, what: string): Content =>
        n > 0 &&
        html`<rect x="${num(LEFT + w(before))}" y="${y}" width="${num(w(n))}" height="16" fill="${colour}"
          ><title>${n} ${what} from ${r.country}</title></rect
        >`;
      return [
        html`<text x="0" y="${y + 13}">${r.country}</text>`,
        part(r.suspicious, 0, COLOURS.finding, 'suspicious'),
        part(r.failed, r.suspicious, '#d99a2b', 'failed'),
        part(r.good, r.suspicious + r.failed, '#7fa8d9', 'successful'),
        html`<text x="${num(LEFT + w(r.all) + 8)}" y="${y + 13}"
          >${r.all}${r.suspicious > 0 && ` (${String(r.suspicious)} suspicious)`}</text
        >`,
      ];
    }),
  );
}

function svg(height: number, label: string, content: Content): Markup {
  return html`<svg viewBox="0 0 ${WIDTH} ${height}" role="img" aria-label="${label}">${content}</svg>`;
}

function num(n: number): number {
  return Math.round(n * 10) / 10;
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? 0;
}
