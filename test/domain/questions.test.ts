import { describe, expect, it } from 'vitest';
import { LOG_SOURCES, type SourceResult } from '../../domain/evidence.js';
import { QUESTIONS, type FindingKind, type Question, type QuestionAnswer } from '../../domain/finding.js';
import { answerQuestions, type QuestionInput } from '../../domain/questions.js';
import { finding } from './fixtures.js';

const source = (logSource: SourceResult['logSource'], status: SourceResult['status'] = 'complete'): SourceResult => ({
  platform: 'slack',
  tenant: 'main',
  source: `slack.${logSource}`,
  logSource,
  rows: 5,
  status,
  lagSeconds: 60,
});
const quiet: QuestionInput = {
  findings: [],
  sources: LOG_SOURCES.map((l) => source(l)),
  volumes: [
    { name: 'sent', platform: 'slack', focus: 4, expected: 3.04, times: 1.3, zScore: 0.52, days: 14, events: [] },
  ],
  involvements: 0,
  involvementThreshold: { days: 180, incidents: 2 },
  counts: { sign_in: 3, session: 2 },
};
const ask = (question: Question, given: Partial<QuestionInput> = {}): QuestionAnswer =>
  answerQuestions({ ...quiet, ...given }).find((a) => a.question === question)!;

describe('the four questions for analysis', () => {
  it('are all answered, in the order of the playbook, each with why', () => {
    const answers = answerQuestions(quiet);
    expect(answers.map((a) => a.question)).toEqual(QUESTIONS);
    for (const a of answers) {
      expect(a.answer).toBe('no');
      expect(a.why).not.toBe('');
    }
  });

  it('are all unknown when nothing could be read, never "no"', () => {
    const blind = {
      sources: LOG_SOURCES.map((l) => source(l, 'unavailable')),
      involvements: undefined,
      volumes: [],
      counts: {},
    };
    for (const a of answerQuestions({ ...quiet, ...blind })) expect(a.answer, a.question).toBe('unknown');
    for (const a of answerQuestions({ ...quiet, ...blind, sources: [] })) expect(a.answer, a.question).toBe('unknown');
  });

  it.each<[Question, FindingKind]>([
    ['login_pattern', 'unusual_sign_in'],
    ['login_pattern', 'session_reuse'],
    ['login_pattern', 'unmatched_activity'],
    ['volume_increase', 'volume_surge'],
    ['volume_increase', 'bulk_collection'],
    ['platform_alerts', 'platform_alert'],
    ['platform_alerts', 'security_notice'],
  ])('%s: yes by %s, with its numbers, also when a log is missing', (question, kind) => {
    const measures = [{ name: 'n', value: 3, threshold: 2, unit: 'rows' }];
    const f = finding({ kind, measures });
    const got = ask(question, { findings: [f, finding({ kind: 'external_share' })], sources: [] });
    expect(got).toMatchObject({ answer: 'yes', findings: [f.id], why: f.text });
    if (question !== 'volume_increase') expect(got.measures).toEqual(measures);
    for (const other of QUESTIONS.filter((q) => q !== question))
      expect(ask(other, { findings: [f] }).answer).toBe('no');
  });

  it('login_pattern: a readable log without any row of the subject says nothing', () => {
    expect(ask('login_pattern', { counts: { message: 40 } }).answer).toBe('unknown');
    const attempts = (given: Partial<QuestionInput>): readonly unknown[] =>
      ask('login_pattern', given).measures.map((m) => [m.name, m.value]);
    const counted = [
      ['sign-ins', 3],
      ['failed sign-ins', 4],
      ['access rows', 9],
    ];
    const counts = { sign_in: 3, sign_in_failed: 4, session: 2 };
    expect(attempts({ counts })).toEqual(counted);
    expect(attempts({ counts, findings: [finding({ kind: 'session_reuse', measures: [] })] })).toEqual(counted);
    expect(ask('login_pattern', { sources: [source('iam', 'partial')] }).answer).toBe('no');
    expect(ask('login_pattern', { sources: [source('chat_history')] }).answer).toBe('unknown');
  });

  it('frequent_users: at the threshold and not one below', () => {
    expect(ask('frequent_users', { involvements: 2 })).toMatchObject({
      answer: 'yes',
      measures: [{ value: 2, threshold: 2, unit: 'in 180 days' }],
    });
    expect(ask('frequent_users', { involvements: 1 }).answer).toBe('no');
  });

  it('volume_increase: with the numbers of both directions, unknown where nothing measures it', () => {
    expect(ask('volume_increase').measures).toEqual([
      { name: 'items sent on slack', value: 4, threshold: 0, unit: 'expected 3; robust z 0.5 against 14 past days' },
    ]);
    expect(ask('volume_increase', { volumes: [] }).answer).toBe('unknown');
    expect(ask('volume_increase', { volumes: quiet.volumes.map((v) => ({ ...v, days: 2 })) }).answer).toBe('unknown');
    expect(ask('volume_increase', { sources: [source('iam')] }).answer).toBe('unknown');
  });
});
