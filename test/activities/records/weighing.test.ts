import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { forAndAgainst } from '../../../activities/records/report/for-and-against.js';
import { weighedIn, type ReportVerdict } from '../../../activities/records/report/weighing.js';
import type { CaseState } from '../../../domain/case.js';
import { EXPLANATIONS, EXPLANATION_WORDS, type EvidenceLine } from '../../../domain/explanations.js';
import { EVIDENCE, type EvidenceCode } from '../../../domain/weights.js';
import { keepNote } from '../../../gateway/task-form.js';
import { decided, interviewed, judgement } from '../support/decided.js';
import { bench, type Bench } from '../support/reported-case.js';
import { PERSONAL } from '../support/takeover.js';

/** Probabilities that the report's own numbers come to: what was before, and every line that counts. */
function recomputed({ priors, evidence }: ReportVerdict): Readonly<Record<string, number>> {
  const sums = EXPLANATIONS.map((e) => {
    const adds = evidence.filter((x) => x.counts).map((x) => x.weights[e] ?? 0);
    return [e, Math.exp(adds.reduce((n, w) => n + w, priors[e] ?? 0))] as const;
  });
  const all = sums.reduce((n, [, likely]) => n + likely, 0);
  return Object.fromEntries(sums.map(([e, likely]) => [e, likely / all]));
}

const codes = (Object.keys(EVIDENCE) as EvidenceCode[]).filter((c) => !/^(answer|interview)\./.test(c));
const lines: fc.Arbitrary<readonly EvidenceLine[]> = fc.array(
  fc.record({
    code: fc.constantFrom(...codes),
    strength: fc.constantFrom(0.5, 0.7, 1, 1.3),
    group: fc.constantFrom('a', 'b', 'c', 'd', 'e', 'f'),
  }),
  { maxLength: 12 },
);

async function decidedBench(change: (state: CaseState) => Partial<CaseState> = () => ({})): Promise<Bench> {
  const b = await bench();
  Object.assign(b.state, change(b.state));
  Object.assign(b.state, decided(b.state));
  return b;
}

describe('the decision in the report', () => {
  it('is what the numbers beside it come to, whatever was found and said', async () => {
    const { state } = await bench();
    fc.assert(
      fc.property(lines, fc.constantFrom('me', 'not_me', 'unsure', 'silent'), (told, outcome) => {
        const given = told.map((line) => ({ ...line, weights: EVIDENCE[line.code].weights }));
        const contact = { ...state.contact!, outcome, later: [] };
        const whole = { ...state, contact, assessment: { ...state.assessment!, lines: given } };
        const safe = { ...whole, alerts: [], assessment: { ...whole.assessment, findings: [] } };
        const report = weighedIn(decided(safe), undefined);
        const numbers = recomputed(report!);
        for (const { explanation, probability } of report!.ranking)
          expect(Math.abs((numbers[explanation] ?? 0) - probability)).toBeLessThan(0.03);
      }),
    );
  });

  it('shows each line with its rows, the weightiest first, and one telling of an event', async () => {
    const { report } = await (await decidedBench()).write();
    const { decision } = report;
    expect(decision).toMatchObject({ decision: 'escalate', verdict: 'compromised' });
    expect(decision?.attack).toBeGreaterThan(0.9);
    const access = decision?.evidence.find((e) => e.code === 'access.other');
    expect(access).toMatchObject({ counts: true, says: EVIDENCE['access.other'].says });
    expect(access?.text).toContain('203.0.113.200');
    expect(access?.events).toContain('slack:slack.audit_logs:dl0');
    const heaviest = decision?.evidence.map((e) => Math.max(...Object.values(e.weights).map(Math.abs))) ?? [];
    expect(heaviest).toEqual([...heaviest].sort((a, b) => b - a));
    expect(decision?.evidence.map((e) => e.code)).toContain('answer.not_me');
    const of = (code: string): readonly string[] =>
      decision?.evidence.filter((e) => e.counts && e.code === code).map((e) => e.text) ?? [];
    expect(of('access.other')).toHaveLength(1);
  });

  it('has people’s words as evidence: an answer by a way that the suspicion touches says nothing', async () => {
    const answered = (channel: string) => async (): Promise<readonly string[]> => {
      const b = await decidedBench((s) => ({ contact: { ...s.contact!, channel, outcome: 'me', later: [] } }));
      return (await b.write()).report.decision?.evidence.map((e) => e.code) ?? [];
    };
    expect(await answered('mail')()).toContain('answer.me');
    expect(await answered('slack')()).not.toContain('answer.me');
    const b = await decidedBench((s) => ({ tasks: [...s.tasks, interviewed('yes')] }));
    expect((await b.write()).report.decision?.evidence.map((e) => e.code)).toContain('interview.yes');
  });

  it('says who judged and why, in the words of the note', async () => {
    const b = await bench();
    const reason = await keepNote(b.house.dossier.writer, b.state.caseId, 'The help desk did <it>.');
    Object.assign(b.state, { tasks: [...b.state.tasks, judgement('benign', reason)] });
    Object.assign(b.state, decided(b.state));
    const { report, html } = await b.write();
    expect(report.decision?.judgement).toMatchObject({
      ...{ verdict: 'benign', by: 'Linus Lead', reason: 'The help desk did <it>.' },
    });
    expect(html).toContain('The help desk did &#60;it&#62;.');
    expect(html).toContain('Linus Lead judged');
  });

  it('is left out of a case that was decided before explanations were weighed', async () => {
    const { report, html } = await (await bench()).write();
    expect(report.decision).toBeUndefined();
    expect(html).not.toContain('For and against');
  });
});

describe('the table', () => {
  it('has a column for each of the likely and of those that something speaks against, a row for each line that counts, marks by weight and the sums', () => {
    const line = (code: EvidenceCode, weights: object, counts = true) => ({
      ...{ code, says: EVIDENCE[code].says, text: 'from 203.0.113.9', events: ['e'], strength: 1, weights, counts },
    });
    const table = forAndAgainst({
      ...{ decision: 'watch', verdict: 'suspicious', attack: 0.6 },
      ranking: [
        { explanation: 'intruder', probability: 0.6 },
        { explanation: 'own_work', probability: 0.3 },
        { explanation: 'job', probability: 0.095 },
        { explanation: 'insider', probability: 0.004 },
      ],
      priors: { intruder: -2.5, own_work: 1 },
      evidence: [
        line('access.other', { intruder: 5, own_work: -2 }),
        line('answer.unsure', { intruder: 0.3, false_alert: -2 }),
        line('collection.other', { intruder: 2 }, false),
      ],
    });
    expect(table.columns.map((c) => [c.name, c.probability, c.sum])).toEqual([
      [EXPLANATION_WORDS.intruder, '60 %', '+2.8'],
      [EXPLANATION_WORDS.own_work, '30 %', '−1'],
      [EXPLANATION_WORDS.job, '10 %', '0'],
      [EXPLANATION_WORDS.false_alert, 'under 1 %', '−2'],
    ]);
    expect(table.rows.map((r) => r.cells.map((c) => c.mark))).toEqual([
      ['+++', '−−', '', ''],
      ['+', '', '', '−−'],
    ]);
    expect(table.again.map((r) => r.code)).toEqual(['collection.other']);
  });
});

describe('the page', () => {
  it('holds explanations against each other in people’s words', async () => {
    const b = await decidedBench((s) => ({ contact: { ...s.contact!, outcome: 'silent', later: [] } }));
    const { html, report } = await b.write();
    for (const { name } of forAndAgainst(report.decision!).columns) expect(html).toContain(`<th>${name}<br`);
    for (const text of [
      EXPLANATION_WORDS.intruder,
      EVIDENCE['access.other'].says,
      'Probability of an attack',
      'before anything was known',
      'somebody else</span>',
      '40 × file_downloaded',
      PERSONAL.channel,
    ])
      expect(html).toContain(text);
    expect(html).toMatch(/class="for">\+\+\+<\/span>/);
  });

  it('says which single fact would change the ranking most, while there is one', async () => {
    const weak = { code: 'access.unknown', group: 'access', strength: 1 } as const;
    const b = await decidedBench((s) => ({
      ...{ contact: { ...s.contact!, outcome: 'silent', later: [] }, verdict: 'suspicious' },
      assessment: { ...s.assessment!, lines: [weak], foreignAccess: true },
    }));
    const { html, report } = await b.write();
    expect(report.decision?.nextFact).toMatchObject({ fact: expect.stringMatching(/answer|interview/) as string });
    expect(html).toContain(`What we ask next: ${report.decision!.nextFact!.text}.`);
    b.state.stage = 'closed';
    expect((await b.write()).html).toContain('What would have changed it most: ');
  });

  it('says shadow mode, and never contained over what was not verified', async () => {
    const b = await decidedBench((s) => ({ policy: { ...s.policy!, mode: 'shadow' } }));
    const { html, report } = await b.write();
    expect(b.state.closedAs).toBe('contained');
    expect(report.case.closedAs).toBe('partly_contained');
    expect(html).toContain('closed as partly contained');
    expect(html).not.toContain('closed as contained');
    expect(html).toContain('shadow mode');
  });

  it('names the log that could not be read by its id', async () => {
    const b = await decidedBench((s) => ({
      collections: s.collections.map((c) => ({
        ...c,
        sources: c.sources.map((x) => ({
          ...x,
          status: 'unavailable',
          gap: {
            ...{ platform: x.platform, tenant: x.tenant, source: x.source },
            code: 'VENDOR_SCOPE',
            text: 'no scope',
          },
        })),
      })),
    }));
    const { html } = await b.write();
    expect(html).toContain('<code>slack.audit_logs</code>');
  });
});

describe('others with the same traces', () => {
  it('are named, with the case that was told', async () => {
    const b = await bench();
    const subjectId = await b.house.person({
      accounts: [{ platform: 'slack', tenant: 'main', nativeId: 'U7' }],
      ...{ mails: ['raj@example.com'], name: 'Raj <b>' },
    });
    const other = { subjectId, caseId: `case-${subjectId}`, by: 'address' as const, alertId: 'a' };
    Object.assign(b.state, { others: [other] });
    const { report, html } = await b.write();
    expect(report.others).toEqual([
      {
        ...{ caseId: `case-${subjectId}`, subjectId, name: 'Raj <b>', mails: ['raj@example.com'], by: 'address' },
        accounts: ['slack/main/U7'],
      },
    ]);
    expect(html).toContain('Raj &#60;b&#62;');
  });
});
