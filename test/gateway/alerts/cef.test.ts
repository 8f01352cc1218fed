import { describe, expect, it } from 'vitest';
import { sampleOf as sample } from './samples.js';
import { expectHardened, reader } from './format-support.js';

const { all, one, mails, refusal } = reader('cef');
const event = (extension: string, severity = '8') => ({
  lines: [`CEF:0|Acme|Detector|1.0|100|Bulk read|${severity}|${extension}`],
});

describe('a line of CEF', () => {
  it('of Defender for Cloud Apps is read, and its activities are passed over', () => {
    expect(one(sample('cef'))).toMatchObject({
      dedupeKey: 'MCAS|SIEM_Agent|5915b7e50d5d72daaf394da9',
      platform: 'slack',
      severity: 'high',
      occurredAt: '2026-03-01T10:00:00.000Z',
      detectedAt: '2026-03-01T10:00:00.000Z',
      ips: ['203.0.113.66'],
      attack: ['T1213.005'],
      link: 'https://portal.example.com/#/alerts/5915b7e50d5d72daaf394da9?view=full',
    });
    const activity =
      '2026-03-01T10:00:00.000Z CEF:0|MCAS|SIEM_Agent|0.111|EVENT_CATEGORY_LOGIN|Log on|0|externalId=1 suser=dana@example.com';
    expect(all({ lines: [activity] })).toEqual({ alerts: [], problems: [] });
  });
  it('is unescaped in header and extension', () => {
    const line = String.raw`CEF:1|Acme\|Co|De\\tector|1|100|bulk \| read|Very-High|externalId=a\=b request=https://x.example.net/?q=1&r=2 msg=one\ntwo suser=dana@example.com`;
    expect(one({ lines: [line] })).toMatchObject({
      dedupeKey: String.raw`Acme|Co|De\tector|a=b`,
      title: 'bulk | read',
      severity: 'critical',
      evidence: [{ type: 'url', value: 'https://x.example.net/?q=1&r=2' }],
    });
  });
  it.each([
    ['who acted, not whom it was done to', 'suser=admin@example.com duser=dana@example.com', ['admin@example.com']],
    [
      'whom it was done to where a service acted',
      'suser=NT AUTHORITY\\\\SYSTEM duser=dana@example.com',
      ['dana@example.com'],
    ],
    ['a user by a label', 'cs1Label=User cs1=dana@example.com', ['dana@example.com']],
    ['several', 'suser=dana@example.com;kim@example.com', ['dana@example.com', 'kim@example.com']],
    ['an address in brackets', 'suser=Weiss, Dana <dana@example.com>', ['dana@example.com']],
  ])('takes %s', (_, extension, expected) => {
    expect(mails(event(extension))).toEqual(expected);
  });
  it('of an actor without an address suspects nobody else', () => {
    expect(refusal(event('suser=jdoe duser=dana@example.com'))).toContain('suser');
    expect(refusal(event('src=203.0.113.9'))).toContain('duser');
  });
  it('has the address of the client that the internet sees', () => {
    expect(
      one(
        event(
          'suser=dana@example.com src=10.0.0.5 sourceTranslatedAddress=203.0.113.9 c6a2Label=Source IPv6 Address c6a2=2001:DB8::1 dvc=198.51.100.7',
        ),
      ).ips,
    ).toEqual(['203.0.113.9', '2001:db8::1']);
  });
  it.each([
    ['rt=Mar 10 2026 09:00:00', '2026-03-10T09:00:00.000Z'],
    ['rt=Mar 10 2026 09:00:00.250 UTC', '2026-03-10T09:00:00.250Z'],
    ['rt=1773133200000', '2026-03-10T09:00:00.000Z'],
    ['start=Mar 10 2026 08:00:00 rt=Mar 10 2026 09:00:00', '2026-03-10T08:00:00.000Z'],
  ])('happened at the time of %s', (time, at) => {
    expect(one(event(`suser=dana@example.com ${time}`)).occurredAt).toBe(at);
  });
  it.each([
    ['0', 'low'],
    ['4', 'medium'],
    ['8', 'high'],
    ['10', 'critical'],
    ['High', 'high'],
    ['Unknown', 'low'],
    ['77', 'critical'],
  ])('of gravity %s is %s', (word, severity) => {
    expect(one(event('suser=dana@example.com', word)).severity).toBe(severity);
  });
  it('without an id is itself: the same line once, another time another alert', () => {
    const id = (line: string) => one({ lines: [line] }).alertId;
    const text = 'CEF:0|A|B|1|1|n|5|suser=dana@example.com';
    expect(id(`<134>Mar 10 09:00:00 h ${text} rt=1773133200000`)).toBe(
      id(`<134>Mar 10 09:00:07 h ${text} rt=1773133200000`),
    );
    expect(id(`<134>Mar 10 09:00:00 h ${text}`)).not.toBe(id(`<134>Mar 10 09:00:07 h ${text}`));
  });
  it('that is none loses itself alone', () => {
    const good = event('externalId=1 suser=dana@example.com').lines;
    const { alerts, problems } = all({ lines: ['garbage', 7, 'CEF:0|Acme|too short', ...good] });
    expect(alerts.map(({ alert }) => alert.dedupeKey)).toEqual(['Acme|Detector|1']);
    expect(problems.map((p) => p.code)).toEqual(['ALERT_FORMAT', 'ALERT_FORMAT']);
  });
  it('stands keys that are names of the language, and what may become of it', () => {
    expect(mails(event('constructorLabel=x __proto__=y toString=z suser=dana@example.com'))).toEqual([
      'dana@example.com',
    ]);
    expectHardened('cef', sample('cef'));
    for (let cut = 0; cut < 200; cut += 1)
      expect(() =>
        all({ lines: [String((sample('cef') as { lines: string[] }).lines[0]).slice(0, cut)] }),
      ).not.toThrow();
  });
});
