import { describe, expect, it } from 'vitest';
import type { Dossier, EpisodeNote } from '../../../activities/dossier.js';
import type { CaseState, HumanTask } from '../../../domain/case.js';
import { EXPLANATION_WORDS } from '../../../domain/explanations.js';
import { EVIDENCE } from '../../../domain/weights.js';
import { at, DOSSIER } from '../support/played-case.js';
import type { PlayedConsole } from '../support/played-console.js';
import { play, signIn } from '../support/signed-in.js';

const CASE = '/cases/case-s-dana';
const episode = (id: string, change: Partial<EpisodeNote>): EpisodeNote => ({
  ...{ id, attribution: 'other', score: -6, platforms: ['slack'], place: '203.0.113.66 (BR), python-requests' },
  ...{
    from: at(-130),
    to: at(-60),
    acts: 212,
    attempts: 0,
    operations: ['212 × file_downloaded'],
    things: ['<b>deal</b>'],
  },
  facts: [
    { code: 'country.new', weight: -1.5, text: 'country BR: never before' },
    { code: 'client.own', weight: 0.5, text: 'client <i>Chrome</i>: long in use' },
  ],
  ...change,
});
const WEIGHED: Dossier = {
  ...DOSSIER,
  lines: [
    {
      ...{
        code: 'access.other',
        group: 'access',
        strength: 1.2,
        text: '203.0.113.66 <script>x</script>',
        events: ['e1'],
      },
      weights: EVIDENCE['access.other'].weights,
    },
    {
      ...{ code: 'access.unknown', group: 'access', strength: 0.3, text: 'an older visit', events: ['e1'] },
      weights: EVIDENCE['access.unknown'].weights,
    },
  ],
  episodes: [
    episode('ep-1', {
      changes: [
        {
          ...{ at: at(-100), platform: 'microsoft', operation: 'Add member to role.', weakens: 'legal_hold' },
          ...{ target: 'mal@example.com (U2)', role: 'Global Administrator' },
        },
      ],
    }),
    episode('ep-2', { attribution: 'own', score: 4, place: '198.51.100.1 (DE)', facts: [] }),
    episode('ep-3', { attribution: 'unknown', acts: 0, attempts: 24, operations: [], place: '192.0.2.9' }),
  ],
};
const ESCALATION: CaseState['escalation'] = {
  ...{ decision: 'watch', verdict: 'suspicious', attack: 0.6, next: { fact: 'answer', swing: 0.4 } },
  ranking: [
    { explanation: 'intruder', probability: 0.6 },
    { explanation: 'own_work', probability: 0.3 },
    { explanation: 'app', probability: 0.08 },
    { explanation: 'job', probability: 0.02 },
  ],
  reasons: [{ code: 'access.other', text: 'For: access', playbook: 'clear signs' }],
};
const JUDGE: HumanTask = {
  ...{
    taskId: 't-9',
    kind: 'judgement',
    role: 'responder',
    text: 'Set the verdict',
    dueAt: at(60),
    ifLate: 'it goes on',
  },
  fields: [
    {
      name: 'verdict',
      label: 'Verdict',
      type: 'choice',
      options: ['cannot_tell', 'benign', 'compromised'],
      required: true,
    },
    { name: 'reason', label: 'Why', type: 'text', required: true },
  ],
  status: 'open',
};

function weighed(change: Partial<CaseState> = {}): PlayedConsole {
  const p = play({}, { dossier: () => Promise.resolve(WEIGHED) });
  return Object.assign(p, { state: Object.assign(p.state, { escalation: ESCALATION }, change) });
}

describe('a case page', () => {
  it('holds the likeliest explanations against each other, line by line, and says what is asked next', async () => {
    const page = (await (await signIn(weighed(), 'ann')).get(CASE)).body;
    for (const text of [
      ...(['intruder', 'own_work', 'app', 'job'] as const).map((e) => EXPLANATION_WORDS[e]),
      EVIDENCE['access.other'].says,
      EVIDENCE['answer.not_me.attempt'].says,
      'probability of an attack <b>60 %</b>',
      '<td class="for" title="+6">+++</td>',
      '<td class="against" title="−2.4">−−</td>',
      'What we ask next: <strong>the person themselves',
      'More: 1 line about the same events, not counted again',
      'an older visit',
    ])
      expect(page).toContain(text);
    expect(page.indexOf('id="decision"')).toBeLessThan(page.indexOf('id="plan-p-1"'));
    expect(page.indexOf('an older visit')).toBeGreaterThan(page.indexOf('not counted again'));
  });

  it('says of each episode whose it is, from where, what was done, and what speaks for and against', async () => {
    const page = (await (await signIn(weighed(), 'ann')).get(CASE)).body;
    const from = page.indexOf('id="episodes"');
    const section = page.slice(from, page.indexOf('</section>', from));
    for (const text of [
      'somebody else',
      '203.0.113.66 (BR), python-requests',
      '212 × file_downloaded',
      'country BR: never before',
    ])
      expect(section).toContain(text);
    expect(section).toContain('nobody got in');
    expect(section).toContain('24 × tried in vain');
    expect(section).toMatch(/<details><summary>The person’s own places[^<]*\(1\)/);
  });

  it('lists what was changed, with target, role and the protection that is gone', async () => {
    const page = (await (await signIn(weighed(), 'ann')).get(CASE)).body;
    for (const text of ['Add member to role.', 'mal@example.com (U2)', 'role Global Administrator', 'legal hold'])
      expect(page).toContain(text);
  });

  it('names others with the same traces, and tells nobody of themselves', async () => {
    const other = (subjectId: string) =>
      ({ subjectId, caseId: `case-${subjectId}`, by: 'address', alertId: 'a' }) as const;
    const p = weighed({ others: [other('s-mia'), other('s-ben')] });
    const link = 'href="/cases/case-s-ben"';
    const seen = (await (await signIn(p, 'ann')).get(CASE)).body;
    expect(seen).toContain('<a href="/cases/case-s-mia">Mia Lorenz</a>: the same address');
    expect(seen).toContain(link);
    expect((await (await signIn(p, 'ben')).get(CASE)).body).not.toContain(link);
  });

  it('takes nothing of a tenant as markup', async () => {
    const page = (await (await signIn(weighed(), 'ann')).get(CASE)).body;
    for (const text of ['<script>x', '<b>deal', '<i>Chrome']) expect(page).not.toContain(text);
    expect(page).toContain('&lt;script&gt;x');
  });

  it('of an older decision shows its reasons as before', async () => {
    const p = play();
    const page = (await (await signIn(p, 'ann')).get(CASE)).body;
    expect(page).toContain('<details open><summary>Reasons');
    expect(page).not.toContain('class="weighing"');
  });

  it('of a closed case says in words how it ended, and not contained over an open step', async () => {
    const p = weighed({ stage: 'closed', closedAs: 'contained' });
    const page = (await (await signIn(p, 'ann')).get(CASE)).body;
    expect(page).toContain('closed as handed over');
    expect(page).not.toContain('closed as contained');
    expect(page).toContain('What would have changed it most');
  });
});

describe('the list and the archive', () => {
  it('say old and new closing words alike', async () => {
    const p = play();
    const ann = await signIn(p, 'ann');
    expect((await ann.get('/?show=closed')).body).toMatch(/<small title="[^"]+">no incident<\/small>/);
    expect((await ann.get('/cases/case-s-mia')).body).toContain('no incident: What was read shows no incident.');
  });
});

describe('a responder who sets the verdict', () => {
  it('chooses it and says why: the words go to the dossier, verdict and the note’s key to the case and the audit log', async () => {
    const p = weighed({ tasks: [JUDGE] });
    const ann = await signIn(p, 'ann');
    const page = (await ann.get(CASE)).body;
    for (const text of ['Set the verdict</button>', 'href="#decision"', 'cannot tell', 'name="field:reason"'])
      expect(page).toContain(text);
    const why = 'Dana was on leave, and the help desk saw <nothing>.';
    const answer = await ann.post(`${CASE}/tasks/t-9`, {
      ...{ outcome: 'done', 'field:verdict': 'compromised', 'field:reason': why },
    });
    expect(answer.statusCode).toBe(303);
    const [sent] = p.completions;
    const note = String(sent?.body.fields['reason']);
    expect(sent?.body).toMatchObject({ personId: 'ann', role: 'responder', fields: { verdict: 'compromised' } });
    expect(note).toMatch(/^note\.[0-9a-f]{40}$/);
    expect(p.notes.get(note)).toBe(why);
    expect(p.audits).toContainEqual({
      ...{ kind: 'task.done', by: 'ann', caseId: 'case-s-dana' },
      data: { taskId: 't-9', task: 'judgement', fields: { verdict: 'compromised', reason: note } },
    });
    expect(JSON.stringify(p.audits)).not.toContain('on leave');
    const after = (await ann.get(CASE)).body;
    expect(after).toContain('<strong>Ann Vogt</strong> judged: <strong>compromised</strong>');
    expect(after).toContain('saw &lt;nothing&gt;');
  });

  it('must give both', async () => {
    const p = weighed({ tasks: [JUDGE] });
    const ann = await signIn(p, 'ann');
    for (const fields of [
      { 'field:verdict': 'benign' },
      { 'field:reason': 'so' },
      { 'field:verdict': 'x', 'field:reason': 'y' },
    ])
      expect((await ann.post(`${CASE}/tasks/t-9`, { outcome: 'done', ...fields })).statusCode).toBe(409);
    expect([p.completions.length, p.notes.size]).toEqual([0, 0]);
  });
});
