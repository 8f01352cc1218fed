import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { parse, stringify } from 'yaml';
import { parseAlerts, readAlerts } from '../../../gateway/alerts/index.js';
import { Budget } from '../../../gateway/alerts/mapping/expression.js';
import { mappingOf, readMapping } from '../../../gateway/alerts/mapping/file.js';
import { parserOfMapping } from '../../../gateway/alerts/mapping/parser.js';
import { mutationsOf } from '../../support/mutations.js';

const folder = fileURLToPath(new URL('../../../gateway/alerts/mapping/', import.meta.url));
const SAMPLE = JSON.parse(readFileSync(`${folder}sample.json`, 'utf8')) as { incidents: Record<string, unknown>[] };
const FILE = parse(readFileSync(`${folder}sample.yaml`, 'utf8')) as Record<string, unknown>;
const RECEIVED = '2026-03-01T10:05:00.000Z';

const contextOf = (file: object) => ({
  ...{ source: 'dlp', format: 'mapping', receivedAt: RECEIVED },
  parser: parserOfMapping(mappingOf(stringify(file), 'm.yaml')),
});
const read = (body: unknown, more: object = {}) => readAlerts(body, contextOf({ ...FILE, ...more }));
const incident = (more: object) => ({ ...SAMPLE, incidents: [{ ...SAMPLE.incidents[0], ...more }] });
const mistake = (text: string): string => {
  try {
    mappingOf(text, 'm.yaml');
  } catch (error) {
    return (error as Error).message;
  }
  return 'none';
};

describe('a mapping file', () => {
  it('teaches a format', () => {
    const parser = parserOfMapping(readMapping(`${folder}sample.yaml`));
    expect(parseAlerts(SAMPLE, { source: 'dlp', format: 'mapping', parser, receivedAt: RECEIVED })).toMatchObject([
      {
        ...{ format: 'mapping', dedupeKey: 'dlp-7', groupKey: 'p-3', state: 'new', platform: 'microsoft' },
        ...{ title: 'Payroll files leave the company', severity: 'high', severityRaw: '4' },
        // Eleven in Berlin.
        occurredAt: '2026-03-01T10:00:00.000Z',
        subjects: [
          { kind: 'person', email: 'dana.weiss@example.com', nativeId: 'aaaaaaaa-0000-4000-8000-000000000001' },
        ],
        ...{ ips: ['203.0.113.66'], userAgent: 'python-requests/2.32', sessionId: 's-1', attack: ['T1213.005'] },
        ...{ evidence: [{ type: 'file', value: 'payroll.xlsx' }], link: 'https://dlp.example.com/incidents/7' },
      },
    ]);
  });
  it('reads each of a list, and the words of a table in either case', () => {
    const involved = [
      { login: 'kim@example.com', part: 'accomplice' },
      { login: 'leo@example.com', part: 'accomplice' },
      { login: 'mia@example.com', part: 'receiver' },
    ];
    const [one] = read(incident({ involved, status: 'DONE', score: 9 })).alerts;
    expect(one?.alert).toMatchObject({ state: 'closed', severity: 'low' });
    expect(one?.alert.subjects.map((s) => s.email)).toEqual([
      'dana.weiss@example.com',
      'kim@example.com',
      'leo@example.com',
    ]);
  });
  it('takes names and ids of lists together only when they are as many', () => {
    const subjects = [{ email: 'people[].mail', nativeId: 'people[].id', platform: 'slack' }];
    const of = (people: object[]) =>
      read(incident({ people }), { subjects }).alerts[0]?.alert.subjects.map((s) => [s.email, s.nativeId]);
    expect(
      of([
        { mail: 'a@example.com', id: 'U1' },
        { mail: 'b@example.com', id: 'U2' },
      ]),
    ).toEqual([
      ['a@example.com', 'U1'],
      ['b@example.com', 'U2'],
    ]);
    expect(of([{ mail: 'a@example.com', id: 'U1' }, { mail: 'b@example.com' }])).toEqual([
      ['a@example.com', undefined],
      ['b@example.com', undefined],
      [undefined, 'U1'],
    ]);
  });
  it('refuses with the expressions that it looked by', () => {
    const [problem] = read(incident({ actor: {}, contact: 'x@example.com' })).problems;
    expect(problem?.code).toBe('ALERT_NO_SUBJECT');
    expect(problem?.message).toContain('actor.login');
    expect(problem?.message).toContain('fields that hold a mail address: contact');
    expect(read({ other: 1 }).problems[0]?.message).toContain('is not a mapping alert: the expression of `match`');
  });
  it('names the field whose expression fails', () => {
    const failing = read(incident({ policy: 7 }), { title: 'join(policy, techniques)' }).problems[0];
    expect(failing?.message).toContain('the expression of title (join(policy, techniques)) fails');
    expect(failing?.code).toBe('ALERT_FORMAT');
    expect(read({ ...SAMPLE, incidents: 'x' }).problems[0]?.message).toContain('split (incidents) gives no list');
  });
  it('stands what a sender may change', () => {
    const context = contextOf(FILE);
    for (const { row } of mutationsOf(SAMPLE))
      for (const { code } of readAlerts(row, context).problems)
        expect(['ALERT_FORMAT', 'ALERT_NO_SUBJECT']).toContain(code);
  });
  it('ends what takes too long on a body, wherever it is, and gives the body no more time', () => {
    const budget = new Budget();
    const forever = () => {
      for (let n = 0; ; n++) if (n < 0) return;
    };
    const began = Date.now();
    for (const work of [forever, () => 1])
      expect(() => budget.spend(work)).toThrow(expect.objectContaining({ code: 'ALERT_FORMAT' }) as Error);
    expect(Date.now() - began).toBeLessThan(5_000);
    expect(new Budget().spend(() => 1)).toBe(1);
  });
});

describe('a mistake in a mapping file', () => {
  const good = stringify(FILE);
  it.each([
    [
      'a path that is none',
      good.replace('title: policy.name', 'title: policy.'),
      /m\.yaml:5: title: the expression policy\. cannot be used/,
    ],
    [
      'an unknown field',
      `${good}colour: red\n`,
      new RegExp(`m\\.yaml:${good.split('\n').length}: colour: there is no such field`),
    ],
    [
      'a quote that is open',
      good.replace('title: policy.name', `title: "'policy"`),
      /m\.yaml:5: title: .*the quote ' is not closed/,
    ],
    ['a literal that is open', good.replace('title: policy.name', 'title: "x == `1"'), /the quote ` is not closed/],
    [
      'an expression in a list',
      good.replace('client.forwardedFor', 'client['),
      /m\.yaml:\d+: addresses\.1: the expression/,
    ],
    [
      'a severity that there is not',
      good.replace('"5": critical', '"5": dreadful'),
      /m\.yaml:\d+: severity\.table\.5: /,
    ],
    ['a zone that there is not', good.replace('Europe/Berlin', 'Europe/Nowhere'), /m\.yaml:\d+: zone: no time zone/],
    ['the whole body', good.replace('title: policy.name', 'title: $.x'), /title: .*for the whole body cannot be used/],
    ['a variable', good.replace('title: policy.name', 'title: let $x = a in $x'), /title: .*`let` cannot be used/],
    [
      'a function that makes texts of any size',
      good.replace('title: policy.name', 'title: pad_left(a, b)'),
      /title: .*the function pad_left is not one of/,
    ],
    ['nobody to be named', stringify({ ...FILE, subjects: [{ kind: 'app' }] }), /subjects\.0: needs email or nativeId/],
    ['no YAML', 'match: [', /m\.yaml:\d+: /],
  ])('is named by its line and field: %s', (_, text, expected) => {
    expect(mistake(text)).toMatch(expected);
  });
  it('is told when the file is not there', () => {
    expect(() => readMapping(`${folder}nothing.yaml`)).toThrow(expect.objectContaining({ code: 'CONFIG' }) as Error);
  });
});
