import { bytesWords, countWords, peopleWords } from '../../../domain/exposure-words.js';
import type { LedgerEntry } from '../../dossier.js';
import type { Report } from './data.js';
import { html, table, when, words, type Markup } from './markup.js';

/** What was read or taken, how each is known, what the sources could show of it, and how sure that makes the case. */
export function exposure({ exposure: e }: Report): Markup {
  if (!e)
    return html`<section>
      <h2>Exposure</h2>
      <p class="none">The exposure was not measured: the case did not come that far.</p>
    </section>`;
  const summary = { ...e, gaps: [] };
  const items = e.items.map((i) => [
    when(i.at),
    html`${words(i.type)}${amount(i) !== '' && html`<br /><span class="soft">${amount(i)}</span>`}`,
    html`${i.name ?? i.id}${i.critical && html` <span class="badge bad">critical</span>`}`,
    html`${i.how}${i.left && html` <span class="badge warn">left the organisation</span>`}${i.used === 'yes' && html` <span class="badge bad">used outside</span>`}`,
    i.known ?? i.confidence,
  ]);
  const sources = e.sources.map((s) => [
    html`${s.platform}/${s.tenant}<br />${words(s.source)}`,
    html`${words(s.status)}${s.from !== undefined && html`<br /><span class="soft">${when(s.from)} to ${when(s.to)}</span>`}`,
    s.shows,
    s.cannot,
  ]);
  const secrets = e.secrets.map(
    (s) => html`<li>${words(s.kind)} <code>${s.fingerprint.slice(0, 16)}</code>, live: ${s.live}</li>`,
  );
  return html`<section>
    <h2>Exposure</h2>
    <p class="lead">
      ${countWords(summary)
        .map(({ name, value, detail }) => `${String(value)} ${name}${detail === '' ? '' : ` (${detail})`}`)
        .join('; ')}.
      Affected: ${peopleWords(summary)}; whoever acted is not counted. Confidence ${e.confidence}. Data classes:
      ${e.dataClasses.join(', ') || 'none recognised'}.
    </p>
    <p class="soft">
      Logged: a row says that it was read or taken. Inferred: it lay in a conversation that was read or open. Possible:
      in reach, where no log shows reading; in none of the numbers but its own.
    </p>
    ${
      (e.confidenceBecause ?? []).length > 0 &&
      html`<h3>How sure this is: ${e.confidence}</h3>
        <ul>
          ${(e.confidenceBecause ?? []).map((b) => html`<li>${b}</li>`)}
        </ul>`
    }${
      secrets.length > 0 &&
      html`<h3>Exposed secrets (fingerprints)</h3>
        <ul>
          ${secrets}
        </ul>`
    }${table(['when', 'what', 'name', 'how it was reached', 'known'], items, 'The logs show nothing that was read or taken.')}${e.itemsInLedger > e.items.length && html`<p class="soft">${e.items.length} of ${e.itemsInLedger} lines are shown; the whole ledger is in the evidence store.</p>`}
    <h3>What each source can show</h3>
    ${table(['source', 'read', 'can show', 'cannot show'], sources, 'No source was read.')}
  </section>`;
}

function amount({ type, count, unit, upTo, calls, bytes }: LedgerEntry): string {
  return [
    ...(calls === undefined || (type === 'api' && unit === 'calls') ? [] : [`${String(calls)} calls`]),
    ...(count === undefined ? [] : [`${upTo ? 'up to ' : ''}${String(count)} ${unit ?? ''}`]),
    ...(bytes === undefined ? [] : [bytesWords(bytes)]),
  ].join(', ');
}

export function disclosure({ case: { disclosure: d } }: Report): Markup | string {
  if (!d) return '';
  const significant = d.significant === 'unknown' ? 'not decided' : d.significant ? 'significant' : 'not significant';
  const duties = d.duties.map(({ id, name, basis, source, note, length, starts, clock }) => [
    html`${name} <code>${id}</code><br /><span class="soft"
        >${basis}${source !== undefined && `, ${source.replace(/^https:\/\//, '')}`}</span
      >`,
    html`${length}${note !== undefined && html`<br /><span class="soft">${note}</span>`}`,
    clock ? `${starts} ${when(clock.startedAt)}` : html`<span class="soft">${starts}: nobody entered it</span>`,
    clock ? when(clock.dueAt) : 'does not run',
    clock?.by ?? '',
  ]);
  return html`<section>
    <h2>Disclosure</h2>
    <p>The breach is <strong>${significant}</strong>. Nothing was sent to the outside.</p>
    ${table(['duty', 'counts', 'starts', 'due', 'recorded by'], duties, 'The policy knows no duty.')}
  </section>`;
}
