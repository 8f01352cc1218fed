import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { novelFacts, type FactualReport } from '../../../cli/demo/verdicts/novel.js';

const finding = (text: string, kind = 'bulk_collection'): FactualReport => ({ findings: [{ kind, text }] });

describe('a sentence', () => {
  it('is news when it holds a number, address or name that no alert holds', () => {
    const [text] = ['Downloaded 90 files from 203.0.113.66'];
    expect(novelFacts([finding(text)], ['{"src":"203.0.113.66"}'])).toEqual([text]);
    expect(novelFacts([finding(text)], ['{"src":"203.0.113.66","files":90}'])).toEqual([]);
  });
  it('without any of them is news, unless it repeats a detector', () => {
    expect(novelFacts([finding('A rule hides security mail', 'hidden_notice')], [])).toHaveLength(1);
    expect(novelFacts([finding('Slack raised an anomaly', 'platform_alert')], [])).toEqual([]);
  });
  it('counts once, wherever it stands', () => {
    const text = 'Signed in from 203.0.113.66';
    const fact = { code: 'sign_in', text };
    const report = { ...finding(text), decision: { evidence: [fact] }, episodes: [{ facts: [fact] }] };
    expect(novelFacts([report, report], [])).toEqual([text]);
  });
});

describe('a thing', () => {
  const episode = (more: Readonly<Record<string, unknown>>): FactualReport => ({ episodes: [more] });
  it('is a fact of its own when no alert and no sentence names it', () => {
    const report = episode({ addresses: ['203.0.113.66'], session: 'sess-9', device: 'laptop-9', apps: ['app-9'] });
    expect(novelFacts([report], [])).toEqual([
      'address 203.0.113.66',
      'session sess-9',
      'device laptop-9',
      'app app-9',
    ]);
    expect(novelFacts([report], ['{"ip":"203.0.113.66","device":"LAPTOP-9"}'])).toEqual([
      'session sess-9',
      'app app-9',
    ]);
    expect(novelFacts([{ ...finding('Used from 203.0.113.66'), ...report }], [])).not.toContain('address 203.0.113.66');
  });
  it('of an act is one: a second account, not the subject', () => {
    const report: FactualReport = {
      case: { subject: { mails: ['ada@example.com'], accounts: ['microsoft/main/own-id'] } },
      actions: [
        { target: { type: 'account', accountId: 'own-id' } },
        { target: { type: 'account', accountId: 'other-id' } },
      ],
    };
    expect(novelFacts([report], [])).toEqual(['account other-id']);
  });
});

it('counts what was taken by kind, and each secret', () => {
  const exposure = {
    channels: 0,
    messages: 2,
    files: 90,
    links: 0,
    secrets: [{ fingerprint: 'aa' }, { fingerprint: 'bb' }],
  };
  expect(novelFacts([{ exposure }], [])).toEqual(['2 messages', '90 files', 'secret aa', 'secret bb']);
});

it('finds nothing in a report without facts', () => {
  expect(novelFacts([{}], [])).toEqual([]);
  expect(novelFacts([], [])).toEqual([]);
});

const texts = fc.array(fc.string({ minLength: 1, maxLength: 40 }), { maxLength: 6 });
it('never finds more when an alert holds more, nor when a report is told twice', () => {
  fc.assert(
    fc.property(texts, texts, fc.string(), (said, alerts, more) => {
      const reports = said.map((text) => finding(text));
      const found = novelFacts(reports, alerts);
      expect(novelFacts(reports, [...alerts, more]).length).toBeLessThanOrEqual(found.length);
      expect(novelFacts([...reports, ...reports], alerts)).toEqual(found);
    }),
  );
});
