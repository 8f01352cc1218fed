import { alertCount, waitsOf, STAGES, type CaseState } from '../../domain/case.js';

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
  return `## ${state.verdict === 'undetermined' ? 'Case' : `Verdict: ${state.verdict}`} · ${state.severity}\n${alerts} alert${alerts === 1 ? '' : 's'}, subject \`${state.subjectId}\``;
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
  if (!state.escalation) return '';
  const reasons = state.escalation.reasons.map((r) => `- ${r.text}${r.attack === undefined ? '' : ` (${r.attack})`}`);
  return [`### Decision: ${state.escalation.decision}`, ...reasons].join('\n');
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
