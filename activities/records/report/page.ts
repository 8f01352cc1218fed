import { idsOf } from '../../../domain/act-target.js';
import { CLOSING_WORDS } from '../../../domain/case-words.js';
import type { ResolvedSummary } from '../../../domain/plan.js';
import type { Report, ReportAction } from './data.js';
import { disclosure, exposure } from './exposure.js';
import { html, inline, Markup, table, when, words, type Content } from './markup.js';
import { signInPicture, timelinePicture, volumePicture } from './pictures.js';
import { STYLE } from './style.js';
import { changes, episodes, others, weighing } from './weighing-page.js';

const VERDICT_TONE: Readonly<Record<Report['verdict'], string>> = {
  compromised: 'bad',
  insider: 'bad',
  suspicious: 'warn',
  undetermined: 'warn',
  benign: 'good',
  false_positive: 'good',
};

const QUESTIONS: Readonly<Record<string, string>> = {
  login_pattern: 'Is there a pattern of unusual login attempts or access times?',
  frequent_users: 'Are there specific users who are frequently involved in suspicious chat activities?',
  volume_increase: 'Is there a sudden increase in the volume of data being sent or received by certain users?',
  platform_alerts: 'Are there any alerts from the messaging platform indicating potential security risks?',
};

/** The report as one HTML document without any outside resource or script. */
export function page(report: Report): string {
  const title = `Case ${report.case.caseId}`;
  const body = html`${report.case.demo && html`<div class="demo">Demonstration: the tenants and people in this report are simulated.</div>`}
    ${header(report)}
    <section>
      <h2>What happened, at a glance</h2>
      <figure>
        ${timelinePicture(report)}
        <figcaption>
          Amber: alerts. Red: findings. Blue: decisions. Green: actions that were read back; grey: others.
        </figcaption>
      </figure>
    </section>
    ${weighing(report)}${episodes(report)}${changes(report)}${others(report)}${findings(report)}${questions(report)}
    <section>
      <h2>Sign-ins and volume</h2>
      <div class="stack">
        <figure>
          ${signInPicture(report.series.signIns)}
          <figcaption>Sign-ins by country.</figcaption>
        </figure>
        <figure>
          ${volumePicture(report.series.volumes)}
          <figcaption>Messages sent (dark) and received (light) against the usual volume.</figcaption>
        </figure>
      </div>
      ${suspiciousSignIns(report)}
    </section>
    ${decisions(report)}${actions(report)}${exposure(report)}${disclosure(report)}${gaps(report)}${tasks(report)}${evidence(report)}${log(report)}
    <footer>
      Written by Quell on ${when(report.case.reportedAt)}. Policy ${report.case.policyDigest}. The same facts are in the
      JSON file beside this one.
    </footer>`;
  return html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'" />
        <meta name="robots" content="noindex" />
        <title>${title}</title>
        <style>
          ${new Markup(STYLE)}
        </style>
      </head>
      <body>
        <main>${body}</main>
      </body>
    </html> `.text;
}

function header({ case: c, verdict, findings: f, actions: a }: Report): Markup {
  const verified = a.filter((x) => x.verified).length;
  return html`<header class="top">
    <span class="badge ${VERDICT_TONE[verdict]}">${words(verdict)}</span>
    <span class="badge">${c.severity}</span>
    ${c.closedAs !== undefined && html`<span class="badge">closed as ${CLOSING_WORDS[c.closedAs].name}</span>`}
    ${c.mode === 'shadow' && html`<span class="badge warn">shadow mode</span>`}
    <h1>${c.subject.name}</h1>
    <p class="lead">
      ${String(c.alertCount)} alert(s) led to ${String(f.length)} finding(s) and ${String(a.length)} planned action(s),
      of which ${String(verified)} took hold and were read back. MITRE ATT&amp;CK T1213.005, data from messaging
      applications.
    </p>
    ${c.closedAs !== undefined && html`<p>${CLOSING_WORDS[c.closedAs].means}</p>`}
    ${c.mode === 'shadow' && html`<p>The policy was in shadow mode: nothing was written at any vendor, and people hold the steps that would have been done.</p>`}
    <dl class="facts">
      ${fact('Case', html`<code>${c.caseId}</code>`)}${fact('Subject', html`${c.subject.kind}${c.subject.vip && ', VIP'} <code>${c.subject.id}</code>`)}${fact('Addresses', c.subject.mails.join(', ') || 'none known')}${fact(
        'Accounts',
        c.subject.accounts.map((x) => html`<code>${x}</code> `),
      )}${fact('Opened', when(c.openedAt))}${fact('Reported', when(c.reportedAt))}${fact('Impact', c.impact ? `${c.impact.level}: ${String(c.impact.criticalItems)} critical item(s), ${String(c.impact.externalTransfers)} external transfer(s), ${String(c.impact.exposedSecrets)} secret(s)` : 'not measured')}${fact('Incident', c.incidentId ?? 'none')}${fact('Mode', c.mode)}
    </dl>
  </header>`;
}

function fact(name: string, value: Content): Markup {
  return html`<div>
    <dt>${name}</dt>
    <dd>${value}</dd>
  </div>`;
}

function findings({ findings: all, patterns }: Report): Markup {
  const rows = all.map((f) => [
    html`<strong>${words(f.kind)}</strong><br /><span class="soft">${f.platform}, ${f.confidence}</span>`,
    html`${f.text}${f.measures.length > 0 && html`<br /><span class="soft">${f.measures.map((m) => `${m.name} ${String(m.value)} ${m.unit} (threshold ${String(m.threshold)})`).join('; ')}</span>`}`,
    html`${when(f.firstAt)}<br />${f.lastAt !== f.firstAt && when(f.lastAt)}`,
    html`${f.attack.join(', ')}<br /><span class="soft"
        >${f.events.length} event(s) in ${f.logSources.map(words).join(', ')}</span
      >`,
  ]);
  const matched = patterns.map(
    (p) => html`<li><strong>${p.name}</strong> (${p.attack.join(' → ')}), suggests ${p.suggests}</li>`,
  );
  return html`<section>
    <h2>Findings</h2>
    ${table(['what', 'measured', 'when', 'ATT&CK and evidence'], rows, 'No indicator of the playbook held in the evidence that was read.')}${
      matched.length > 0 &&
      html`<h3>Patterns that matched</h3>
        <ul>
          ${matched}
        </ul>`
    }
  </section>`;
}

function questions({ questions: all }: Report): Markup {
  const tone = { yes: 'bad', no: 'good', unknown: 'warn' } as const;
  const rows = all.map((q) => [
    QUESTIONS[q.question] ?? q.question,
    html`<span class="badge ${tone[q.answer]}">${q.answer}</span>`,
    html`${q.why}${q.measures.length > 0 && html`<br /><span class="soft">${q.measures.map((m) => `${m.name} ${String(m.value)} ${m.unit} (threshold ${String(m.threshold)})`).join('; ')}</span>`}`,
  ]);
  return html`<section>
    <h2>Questions for analysis</h2>
    ${table(['question', 'answer', 'why'], rows, 'The questions were not answered.')}
  </section>`;
}

function suspiciousSignIns({ series }: Report): Markup {
  const rows = series.signIns
    .filter((s) => s.suspicious)
    .slice(0, 20)
    .map((s) => [
      when(s.at),
      s.platform,
      html`<code>${s.ip ?? 'unknown'}</code>`,
      s.country ?? 'unknown',
      s.asName ?? 'unknown',
      s.failed ? 'failed' : 'succeeded',
    ]);
  return html`<h3>Suspicious sign-ins</h3>
    ${table(['when', 'where', 'address', 'country', 'network', 'outcome'], rows, 'No sign-in is part of a finding.')}`;
}

function decisions({ decisions: all }: Report): Markup {
  const rows = all.map((d) => [
    when(d.at),
    html`<strong>${d.by.name}</strong
      >${d.role !== undefined && html`<br /><span class="soft">${words(d.role)}</span>`}`,
    html`${d.what}${d.signedBy !== undefined && html`<br /><span class="soft">signed with <code>${d.signedBy}</code></span>`}`,
    html`<ul>
      ${d.why.map((w) => html`<li>${w}</li>`)}
    </ul>`,
  ]);
  return html`<section>
    <h2>Who decided what, and why</h2>
    ${table(['when', 'who', 'decided', 'why'], rows, 'Nobody had to decide anything.')}
  </section>`;
}

function affected({ affects, reach }: ResolvedSummary): Markup {
  const whom = affects.length === 0 ? 'no account' : affects.map((id) => html`<code>${id}</code> `);
  const wide = reach === 'organisation' ? ', and whoever else uses it' : '';
  return html`<br /><span class="soft">affects ${whom}${wide}</span>`;
}

function actions({ actions: all }: Report): Markup {
  const rows = all.map((a) => [
    html`${a.step}. <strong>${words(a.kind)}</strong><br /><span class="soft"
        >${a.platform}/${a.tenant}, ${a.d3fend}</span
      ><br />${a.about}${a.resolved?.target && html`<br /><code>${idsOf(a.resolved.target).join(' of ')}</code>`}${a.resolved && affected(a.resolved)}`,
    html`${a.reason}<br /><span class="soft"
        >rule
        ${words(a.rule)}${a.allowedBy.length > 0 && `; allowed by ${a.allowedBy.map((n) => n.name).join(', ')}`}</span
      >`,
    html`${outcome(a)}<br />${a.text}<br /><span class="soft">${when(a.at)}</span>`,
    html`${a.readback ? html`<code>${facts(a.readback.state)}</code><br /><span class="soft">${when(a.readback.at)}</span>` : html`<span class="soft">not read back</span>`}${a.before && html`<br /><span class="soft">before: ${facts(a.before)}</span>`}${
      a.writes.length > 0 &&
      html`<ul>
        ${a.writes.map((w) => html`<li><code>${w.operation}</code> on <code>${w.targetId}</code></li>`)}
      </ul>`
    }`,
    html`${a.reversible ? a.undo : 'Cannot be undone.'}${a.losses !== '' && html`<br /><span class="soft">Lost: ${a.losses}</span>`}`,
  ]);
  return html`<section class="actions">
    <h2>What was done</h2>
    ${table(['action', 'why', 'result', 'read back', 'undo'], rows, 'No action was planned.')}
  </section>`;
}

function outcome(a: ReportAction): Markup {
  const tone = a.verified ? 'good' : a.status === 'refused' || a.status === 'failed' ? 'bad' : 'warn';
  return html`<span class="badge ${tone}">${words(a.status)}${a.verified ? ', verified' : ', not verified'}</span>`;
}

function facts(state: Readonly<Record<string, string | number | boolean>>): string {
  return Object.entries(state)
    .map(([k, v]) => `${k}=${String(v)}`)
    .join(', ');
}

function gaps({ gaps: all }: Report): Markup {
  const rows = all.map((g) => [
    html`${g.platform !== undefined && `${g.platform}/${g.tenant ?? ''} `}<code>${g.source}</code>`,
    g.text,
    html`<code>${g.code}</code>`,
  ]);
  return html`<section>
    <h2>What could not be read, verified or done</h2>
    ${table(['where', 'what and why', 'code'], rows, 'Everything that was tried could be read, verified and done.')}
  </section>`;
}

function tasks({ case: c }: Report): Markup {
  const rows = c.tasks.map((t) => [words(t.kind), t.text, words(t.role), words(t.status)]);
  const refused = c.refused.map((r) => [when(r.at), r.message, html`<code>${r.code}</code>`]);
  return html`<section>
    <h2>Tasks of people</h2>
    ${table(['kind', 'task', 'role', 'status'], rows, 'No task was needed.')}${
      refused.length > 0 &&
      html`<h3>Messages that were refused</h3>
        ${table(['when', 'message', 'code'], refused, '')}`
    }
  </section>`;
}

function evidence({ case: c }: Report): Markup {
  const rows = c.evidence.map((e) => [e.what, e.rows, html`<code>${e.key}</code>`, html`<code>${e.sha256}</code>`]);
  return html`<section>
    <h2>Evidence</h2>
    ${table(['what', 'rows', 'file', 'SHA-256 of the plaintext'], rows, 'No evidence was read.')}
  </section>`;
}

function log({ timeline }: Report): Markup {
  return html`<section>
    <h2>Timeline</h2>
    <ol class="log">
      ${timeline.map((e) => html`<li><span class="soft">${when(e.at)}</span><span>${e.stage}</span><span>${inline(e.text)}</span></li>`)}
    </ol>
  </section>`;
}
