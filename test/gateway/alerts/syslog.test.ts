import { describe, expect, it } from 'vitest';
import { sampleOf as sample } from './samples.js';
import { expectHardened, reader } from './format-support.js';

const { all, one, mails, refusal } = reader('syslog');
const lines = (...list: readonly string[]) => ({ lines: list });

describe('a line of syslog', () => {
  it('of RFC 5424 with JSON', () => {
    expect(one(sample('syslog'))).toMatchObject({
      dedupeKey: 'detector:sl-77',
      title: 'Bulk reads in Slack',
      platform: 'slack',
      severity: 'high',
      occurredAt: '2026-03-01T10:00:00.000Z',
      detectedAt: '2026-03-01T10:01:00.000Z',
      ips: ['203.0.113.66'],
      attack: ['T1213.005'],
    });
  });
  it.each([
    [
      'RFC 5424 with structured data',
      '<134>1 2026-03-10T09:00:00Z host app - - [x@1 user="dana@example.com" note="a \\"b\\] c"] words',
    ],
    ['RFC 5424 with a byte order mark', '<134>1 2026-03-10T09:00:00Z host app - - - \uFEFFuser=dana@example.com'],
    ['RFC 3164 with keys and values', '<134>Mar 10 09:00:00 host app[12]: user="dana@example.com" src=203.0.113.9'],
    ['RFC 3164 without a priority', 'Mar 10 09:00:00 host app: user=dana@example.com'],
    ['RFC 3164 without a host', '<134>Mar 10 09:00:00 user=dana@example.com'],
    ['RFC 3164 with a year', '<134>Mar 10 2026 09:00:00: user=dana@example.com'],
    ['an ISO time', '<134>2026-03-10T09:00:00.000Z host app: {"user":"dana@example.com"}'],
    ['CEE', '<134>Mar 10 09:00:00 host app[1]: @cee: {"user":"dana@example.com"}'],
    ['CEF', '<134>Mar 10 09:00:00 host CEF:0|A|B|1|1|n|5|suser=dana@example.com'],
    ['CEF without a host', '<134>Mar 10 09:00:00 CEF:0|A|B|1|1|n|5|suser=dana@example.com'],
  ])('in the form of %s', (_, line) => {
    expect(mails(lines(line))).toEqual(['dana@example.com']);
    expect(one(lines(line)).detectedAt).toBe('2026-03-10T09:00:00.000Z');
  });
  it('without a year is of the last one that is not ahead', () => {
    expect(one(lines('<134>Dec 31 23:00:00 host app: user=dana@example.com')).detectedAt).toBe(
      '2025-12-31T23:00:00.000Z',
    );
    expect(one(lines('<134>Feb  3 09:00:00 host app: user=dana@example.com')).detectedAt).toBe(
      '2026-02-03T09:00:00.000Z',
    );
  });
  it.each([
    ['130', 'high'],
    ['132', 'medium'],
    ['134', 'low'],
  ])('with priority %s and no word of its own is %s', (priority, severity) => {
    expect(one(lines(`<${priority}>Mar 10 09:00:00 host app: user=dana@example.com`)).severity).toBe(severity);
  });
  it('is its own identity without an id', () => {
    const id = (line: string) => one(lines(line)).alertId;
    const line = '<134>Mar 10 09:00:00 host app: user=dana@example.com';
    expect(id(line)).toBe(id(line));
    expect(id(line)).not.toBe(id(line.replace('09:00:00', '09:00:01')));
  });
  it('suspects nobody whom it was done to beside who did it', () => {
    expect(mails(lines('<134>Mar 10 09:00:00 h a: suser=admin@example.com duser=dana@example.com'))).toEqual([
      'admin@example.com',
    ]);
  });
  it('in words alone, or of no form, loses itself alone and says why', () => {
    const good = '<134>Mar 10 09:00:00 host app: user=dana@example.com';
    const { alerts, problems } = all(
      lines('<134>Mar 10 09:00:00 host app: dana@example.com did it', 'user=dana@example.com', good),
    );
    expect(alerts).toHaveLength(1);
    expect(problems.map((p) => p.message)).toEqual([
      expect.stringContaining('neither CEF'),
      expect.stringContaining('RFC 5424'),
    ]);
    expect(refusal(lines('<134>Mar 10 09:00:00 host app: count=3'))).toContain('src_user');
  });
  it('stands what may become of it', () => {
    expectHardened('syslog', sample('syslog'));
    const deep = '['.repeat(50_000);
    expect(refusal(lines(`<134>Mar 10 09:00:00 host app: {"a":${deep}${']'.repeat(50_000)}}`))).toContain(
      'ALERT_FORMAT',
    );
  });
});
