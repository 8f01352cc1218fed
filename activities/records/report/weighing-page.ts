import { DECISION_WORDS, WHOSE_WORDS, percent } from '../../../domain/case-words.js';
import type { Report } from './data.js';
import { episodeRows, forAndAgainst, type EpisodeRow, type ForAndAgainst } from './for-and-against.js';
import { html, table, when, words, type Content, type Markup } from './markup.js';

/** The explanations side by side, with what speaks for and against each. */
export function weighing({ decision: d, verdict, case: c }: Report): Markup | string {
  if (!d) return '';
  const shown = forAndAgainst(d);
  return html`<section class="weighing">
    <h2>For and against</h2>
    <p class="lead">
      ${DECISION_WORDS[d.decision]}, verdict <strong>${words(verdict)}</strong>. Probability of an attack:
      <strong>${percent(d.attack)}</strong>.
    </p>
    ${d.judgement && html`<p>${d.judgement.by} judged: <strong>${words(d.judgement.verdict)}</strong>, ${when(d.judgement.at)}. ${d.judgement.reason}</p>`}
    ${d.nextFact && html`<p>${c.stage === 'closed' ? 'What would have changed it most' : 'What we ask next'}: ${d.nextFact.text}.</p>`}
    ${evidence(shown)}
    ${
      shown.again.length > 0 &&
      html`<details>
        <summary>${shown.again.length} more line(s) that tell of the same events and do not count again</summary>
        <ul>
          ${shown.again.map((r) => html`<li>${r.says}${r.text !== '' && html`<br /><span class="soft">${r.text}</span>`}</li>`)}
        </ul>
      </details>`
    }
    <details>
      <summary>Codes, rows and weights</summary>
      ${table(
        ['code', 'strength', 'adds', 'events'],
        d.evidence.map((e) => [
          html`<code>${e.code}</code>${!e.counts && ' (does not count again)'}`,
          e.strength,
          Object.entries(e.weights)
            .map(([name, n]) => `${name} ${String(n)}`)
            .join(', '),
          html`<code>${e.events.slice(0, 10).join(' ')}</code
            >${e.events.length > 10 && ` and ${String(e.events.length - 10)} more`}`,
        ]),
        'Nothing spoke for or against any explanation.',
      )}
    </details>
  </section>`;
}

function evidence({ columns, rows }: ForAndAgainst): Markup {
  const line = (name: string, values: readonly Content[]): Markup =>
    html`<tr class="sum">
      <td>${name}</td>
      ${values.map((v) => html`<td>${v}</td>`)}
    </tr>`;
  return html`<div class="scroll">
    <table>
      <thead>
        <tr>
          <th>what was found</th>
          ${columns.map((c) => html`<th>${c.name}<br /><span class="big">${c.probability}</span></th>`)}
        </tr>
      </thead>
      <tbody>
        <tr>
          <td class="soft">before anything was known</td>
          ${columns.map((c) => html`<td class="soft">${c.before}</td>`)}
        </tr>
        ${rows.map(
          (r) =>
            html`<tr>
              <td>${r.says}${r.text !== '' && html`<br /><span class="soft">${r.text}</span>`}</td>
              ${r.cells.map((cell) => html`<td><span class="${cell.tone}">${cell.mark}</span><br /><span class="soft">${cell.weight}</span></td>`)}
            </tr>`,
        )}
        ${line(
          'sum',
          columns.map((c) => c.sum),
        )}
      </tbody>
    </table>
  </div>`;
}

/** What each actor context did, and why it is taken for whose. The person's own places, many and dull, are in a fold. */
export function episodes({ episodes: all, decision }: Report): Markup | string {
  if (all.length === 0 && !decision) return '';
  const rows = episodeRows(all);
  const [ours, theirs] = [rows.filter((e) => e.tone === 'good'), rows.filter((e) => e.tone !== 'good')];
  return html`<section class="episodes">
    <h2>Who did what, from where</h2>
    ${episodeTable(theirs, 'Nobody but the person, and jobs that are known, did anything in the rows that were read.')}
    ${
      ours.length > 0 &&
      html`<details>
        <summary>The person’s own places, and known jobs (${ours.length})</summary>
        ${episodeTable(ours, '')}
      </details>`
    }
    <p class="soft">
      + speaks for the person as the one who acted (of an app: for a job that somebody allowed), − against.
    </p>
  </section>`;
}

function episodeTable(rows: readonly EpisodeRow[], empty: string): Markup {
  const fact = (mark: string, tone: string, text: string): Content =>
    html`<div><span class="${tone}">${mark}</span> ${text}</div>`;
  const cells = rows.map((e) => [
    html`<span class="badge ${e.tone}">${e.whose}</span>`,
    html`${e.place}<br /><span class="soft">${e.platforms}</span>`,
    html`<span class="nowrap">${when(e.from)}</span><br /><span class="nowrap">${when(e.to)}</span>`,
    html`${e.did.join(', ')}${e.things.length > 0 && html`<br /><span class="soft">${e.things.join(', ')}</span>`}`,
    [...e.for.map((t) => fact('+', 'for', t)), ...e.against.map((t) => fact('−', 'against', t))],
  ]);
  return table(['whose', 'from where', 'when', 'what', 'why'], cells, empty);
}

/** Settings, rights and ways in that were changed, whoever has to repair them. */
export function changes({ changes: all }: Report): Markup | string {
  if (all.length === 0) return '';
  const rows = all.map((c) => [
    when(c.at),
    html`<code>${c.operation}</code><br /><span class="soft">${c.platform}</span>`,
    html`${c.target ?? ''}${c.role !== undefined && html`<br />role ${c.role}`}`,
    c.weakens === undefined ? '' : html`<span class="badge bad">${words(c.weakens)}</span>`,
    WHOSE_WORDS[c.whose],
  ]);
  return html`<section>
    <h2>Settings and rights that were changed</h2>
    ${table(['when', 'operation', 'what or whom', 'protection taken away', 'whose session'], rows, '')}
  </section>`;
}

/** Whom the attacker's traces led to. */
export function others({ others: all }: Report): Markup | string {
  if (all.length === 0) return '';
  const rows = all.map((o) => [
    html`${o.name}<br /><span class="soft">${o.mails.join(', ')}</span>`,
    o.accounts.map((a) => html`<code>${a}</code> `),
    `the same ${o.by}`,
    html`<code>${o.caseId}</code>`,
  ]);
  return html`<section>
    <h2>Others with the same traces</h2>
    ${table(['who', 'accounts', 'tied by', 'case'], rows, '')}
  </section>`;
}
