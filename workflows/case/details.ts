import { CLOSING_WORDS, nextWords, percent, saidClosing } from '../../domain/case-words.js';
import { alertCount, STAGES, type CaseState, type Escalation } from '../../domain/case.js';
import { EXPLANATION_WORDS } from '../../domain/explanations.js';
import { waitsOf } from '../../domain/waits.js';

const LIMIT_BYTES = 18_000;

/** The living timeline as Markdown, for the Temporal UI: who waits for what, what was found, what was done. */
export function drawDetails(state: CaseState): string {
  const parts = [
    heading(state),
    progress(state),
    waits(state),
    decision(state),
    findings(state),
    questions(state),
    plans(state),
    timeline(state),
  ];
  return truncate(parts.filter((p) => p !== '').join('\n\n'));
}

function heading(state: CaseState): string {
  const alerts = alertCount(state);
  const closing = saidClosing(state);
  const closed = closing === undefined ? '' : ` · closed as ${CLOSING_WORDS[closing].name}`;
  return `## ${state.verdict === 'undetermined' ? 'Case' : `Verdict: ${state.verdict}`} · ${state.severity}${closed}\n${alerts} alert${alerts === 1 ? '' : 's'}, subject \`${state.subjectId}\``;
}

function progress(state: CaseState): string {
  const at = STAGES.indexOf(state.stage);
  return STAGES.map((stage, i) => (i < at ? `~~${stage}~~` : i === at ? `**${stage}**` : stage)).join(' → ');
}

function waits(state: CaseState): string {
  const rows = waitsOf(state).map((w) => `| ${w.who} | ${w.what} | ${w.until} | ${w.otherwise} |`);
  return rows.length === 0
    ? ''
    : ['### Waiting', '| who | for what | until | otherwise |', '|---|---|---|---|', ...rows].join('\n');
}

function decision(state: CaseState): string {
  const { escalation, watchUntil } = state;
  if (!escalation) return '';
  const reasons = escalation.reasons.map((r) => `- ${r.text}${r.attack === undefined ? '' : ` (${r.attack})`}`);
  const watch = watchUntil === undefined ? [] : [`**Keeps watch until ${watchUntil}**, then decides a second time`];
  const about = [...odds(escalation), ...watch].map((line) => `${line}\n`);
  return [`### Decision: ${escalation.decision}`, ...about, ...reasons].join('\n');
}

/** How likely each explanation is, and what the case asks next. */
function odds(escalation: Escalation): readonly string[] {
  const { attack, ranking = [] } = escalation;
  if (attack === undefined) return [];
  const each = ranking.map((r) => `${EXPLANATION_WORDS[r.explanation]} ${percent(r.probability)}`).join(', ');
  const next = nextWords(escalation);
  return [`**Attack ${percent(attack)}**: ${each}`, ...(next === undefined ? [] : [`What we ask next: ${next}`])];
}

function findings(state: CaseState): string {
  const rows = (state.assessment?.findings ?? []).map(
    (f) => `| ${f.kind} | ${f.platform} | ${f.confidence} | ${f.eventCount} | ${f.attack.join(', ')} | ${f.firstAt} |`,
  );
  return rows.length === 0
    ? ''
    : [
        '### Findings',
        '| what | where | confidence | events | ATT&CK | from |',
        '|---|---|---|---|---|---|',
        ...rows,
      ].join('\n');
}

function questions(state: CaseState): string {
  const rows = (state.assessment?.questions ?? []).map((q) => `- **${q.question}**: ${q.answer}. ${q.why}`);
  return rows.length === 0 ? '' : ['### Questions for analysis', ...rows].join('\n');
}

function plans(state: CaseState): string {
  return state.plans
    .map((plan) => {
      const rows = plan.results.map(
        (r) => `| ${r.step} | ${r.status} | ${r.verified ? 'verified' : 'not verified'} | ${r.text} |`,
      );
      const head = `### Plan ${plan.digest.slice(0, 8)} (${plan.purpose}): ${plan.status}`;
      return rows.length === 0
        ? head
        : [head, '| step | result | read back | |', '|---|---|---|---|', ...rows].join('\n');
    })
    .join('\n\n');
}

function timeline(state: CaseState): string {
  const rows = state.timeline.slice(-60).map((e) => `- \`${e.at.slice(11, 19)}\` ${e.text}`);
  return rows.length === 0 ? '' : ['### Timeline', ...rows].join('\n');
}

/** The server takes 20,000 bytes of details; what is cut is said. */
function truncate(text: string): string {
  if (new TextEncoder().encode(text).length <= LIMIT_BYTES) return text;
  return `${text.slice(0, LIMIT_BYTES / 2)}\n\n… cut here; the whole is in the console and the report.`;
}
