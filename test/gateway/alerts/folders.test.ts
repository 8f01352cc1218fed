import { existsSync, readdirSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { explainAlerts } from '../../../gateway/alerts/explain.js';
import { detectFormat, FORMAT_NAMES, FORMATS, parseAlerts, readAlerts } from '../../../gateway/alerts/index.js';
import { mutationsOf } from '../../support/mutations.js';
import { without } from './formats-page.js';
import { sampleOf } from './samples.js';

const FOLDER = new URL('../../../gateway/alerts/', import.meta.url);
const RECEIVED = '2026-03-01T10:05:00.000Z';
const context = (format: string) => ({ source: 'siem', format, receivedAt: RECEIVED });

describe('the folders of the formats', () => {
  it('are the registry', () => {
    const folders = readdirSync(FOLDER).filter((name) => existsSync(new URL(`${name}/parser.ts`, FOLDER)));
    // What all parsers are made of, and what reads an operator's own formats.
    const names = folders.filter((name) => !['kit', 'mapping'].includes(name));
    expect([...FORMAT_NAMES].sort()).toEqual(names.sort());
    for (const name of names) expect(existsSync(new URL(`${name}/sample.json`, FOLDER)), name).toBe(true);
  });

  describe.each(FORMAT_NAMES)('%s', (name) => {
    const sample = sampleOf(name);
    const about = FORMATS.get(name)!.about;

    it('is what its sample is found to be, and what nothing else takes it for', () => {
      expect(detectFormat(sample)).toBe(name);
      const others = [...FORMATS.values()].filter(({ about: { name: other } }) => other !== name);
      for (const other of others) expect(readAlerts(sample, context(other.about.name)).alerts).toEqual([]);
    });
    it('names of its sample whom, when and from where', () => {
      const [alert, ...more] = parseAlerts(sample, context(name));
      expect(more).toEqual([]);
      expect(alert).toMatchObject({
        severity: 'high',
        state: 'new',
        occurredAt: '2026-03-01T10:00:00.000Z',
        ips: ['203.0.113.66'],
      });
      expect(alert?.subjects.map((s) => s.email)).toEqual(['dana.weiss@example.com']);
    });
    it('says in its documentation what can be done with it', () => {
      for (const text of Object.values(about)) expect(text.length).toBeGreaterThan(0);
      expect(about.auth.length).toBeGreaterThan(0);
    });
    it('says of a refused one where it looked, and which fields hold an address', () => {
      const body = { ...without(sample, about.nobodyWithout), contactOfNobody: 'stranger@example.com' };
      const [problem] = readAlerts(body, context(name)).problems;
      if (name === 'quell') {
        // The one strict format: it has no other fields.
        expect(problem?.message).toContain('the body has unknown fields');
        return;
      }
      expect(problem?.code).toBe('ALERT_NO_SUBJECT');
      expect(problem?.message).toContain('looked in ');
      expect(problem?.message).toMatch(/fields that hold a mail address: (?:.*, )?contactOfNobody/);
      expect(problem?.message).not.toContain('stranger');
    });
    it('is explained with the paths that it was read from', () => {
      const [one] = explainAlerts(sample, FORMATS.get(name)!, context(name));
      expect(one?.problems).toEqual([]);
      expect(one?.subjects[0]?.from.length).toBeGreaterThan(0);
      for (const field of ['identity', 'title', 'severity', 'occurredAt', 'addresses'])
        expect(one?.fields.find((f) => f.name === field)?.from, field).not.toEqual([]);
    });
    it('stands what a sender may change, and names nobody who is not in the body', () => {
      for (const { how, path, row } of mutationsOf(sample)) {
        const { alerts, problems } = readAlerts(row, context(name));
        for (const { code } of problems) expect(['ALERT_FORMAT', 'ALERT_NO_SUBJECT']).toContain(code);
        const text = JSON.stringify(row).toLowerCase();
        for (const { alert } of alerts)
          for (const { email, nativeId } of alert.subjects) {
            // A name and its domain may stand apart.
            for (const part of email?.split('@') ?? []) expect(text, `${how} ${path}`).toContain(part);
            if (nativeId !== undefined) expect(text, `${how} ${path}`).toContain(nativeId.toLowerCase());
          }
      }
    });
  });
});
