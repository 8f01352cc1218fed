import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { fillAlert } from '../../cli/demo/alerts.js';
import { SOURCES } from '../../cli/demo/organisation.js';
import { PLATFORMS } from '../../simulator/core/platforms.js';
import { parseAlerts } from '../../gateway/alerts/index.js';
import { durationMs } from '../../simulator/core/scenario.js';
import { World } from '../../simulator/core/world.js';
import { createGoogleTenant } from '../../simulator/google/index.js';
import { createMicrosoftTenant } from '../../simulator/microsoft/index.js';
import { createSlackTenant } from '../../simulator/slack/index.js';
import { CORPUS, indexPage, KINDS, labelled } from './index-page.js';

const ALL = labelled();

describe.each(ALL)('$name', ({ name, scenario, wanted }) => {
  const world = new World(scenario);

  it('is a scenario that all three vendors can play', () => {
    expect(scenario.name).toBe(name);
    expect(scenario.subject in scenario.people).toBe(true);
    for (const make of [createSlackTenant, createMicrosoftTenant, createGoogleTenant])
      expect(() => make(world)).not.toThrow();
    // What is told has happened before it is told.
    for (const row of scenario.rows)
      expect(durationMs(row.at) + (row.repeat - 1) * durationMs(row.every)).toBeLessThanOrEqual(0);
  });

  it('has alerts that the intake understands, all of the scenario', () => {
    for (const { source, platform, file } of scenario.alerts) {
      const sender = SOURCES.find((s) => s.name === source);
      const body = fillAlert(world, join(CORPUS, name, file), platform, scenario.subject, 0);
      const alerts = parseAlerts(JSON.parse(body), {
        ...{ source, format: sender?.format ?? 'quell', receivedAt: new Date().toISOString() },
      });
      expect(alerts).toHaveLength(1);
      for (const { subjects, occurredAt } of alerts) {
        expect(subjects.length).toBeGreaterThan(0);
        expect(Date.parse(occurredAt)).toBeLessThanOrEqual(world.startedAt.getTime());
      }
    }
    const files = readdirSync(join(CORPUS, name)).filter((f) => f.startsWith('alert'));
    expect(files.sort()).toEqual(scenario.alerts.map((a) => a.file).sort());
  });

  it('expects what can be: people, apps and addresses that are there, a promise of its own', () => {
    const acts = [...wanted.must.flatMap((m) => ('anyOf' in m ? m.anyOf : [m])), ...wanted.mustNot];
    const references = [...acts.map((a) => a.about), ...wanted.mustSay.flat().filter((t) => /^(@|app:|ip:)/.test(t))];
    for (const reference of references.filter((r) => r !== '*'))
      expect(() => world.resolve('microsoft', reference)).not.toThrow();
    expect(wanted.verdicts).toContain(scenario.promise.verdict);
    const isMalicious = (v: string): boolean => v === 'compromised' || v === 'insider';
    if (wanted.truth === 'benign') expect(wanted.verdicts.filter(isMalicious)).toEqual([]);
    else expect(wanted.verdicts.filter((v) => v === 'benign' || v === 'false_positive')).toEqual([]);
    // Whoever is harmless is protected from something; an attack has what decides it.
    if (wanted.truth === 'benign') expect(wanted.mustNot.length).toBeGreaterThan(0);
    expect(scenario.rows.some((r) => r.decisive)).toBe(wanted.truth === 'attack');
  });

  it('is made up', () => {
    const text = readdirSync(join(CORPUS, name))
      .map((f) => readFileSync(join(CORPUS, name, f), 'utf8'))
      .join('\n')
      .replace(/\{\{.*?\}\}/g, '');
    const addresses = text.match(/(?<![\d.])(?:\d{1,3}\.){3}\d{1,3}(?![\d.])/g) ?? [];
    for (const ip of addresses.filter((a) => !/\.0\.0\.0$/.test(a)))
      expect(ip).toMatch(/^(192\.0\.2|198\.51\.100|203\.0\.113)\./);
    for (const [, domain = ''] of text.matchAll(/@([a-z0-9-]+(?:\.[a-z0-9-]+)+)/gi))
      expect(domain).toMatch(/(^|\.)example\.(com|org|net)$|^odata\.type$/);
    for (const [, host = ''] of text.matchAll(/https?:\/\/([^/\s"]+)/g))
      expect(host).toMatch(
        /(^|\.)example\.(com|org|net)$|^(192\.0\.2|198\.51\.100|203\.0\.113)\.\d+$|^www\.googleapis\.com$/,
      );
  });
});

describe('the corpus', () => {
  it.each(Object.keys(KINDS).map(Number))(
    'has kind %d in three variants or more, on all platforms, harmless and not',
    (kind) => {
      const of = ALL.filter((one) => one.kind === kind);
      expect(of.length).toBeGreaterThanOrEqual(3);
      expect(new Set(of.map(({ wanted }) => wanted.truth))).toEqual(new Set(['attack', 'benign']));
      expect(new Set(of.flatMap(({ scenario }) => scenario.alerts.map((a) => a.platform)))).toEqual(new Set(PLATFORMS));
    },
  );

  it('is harmless for a half', () => {
    const harmless = ALL.filter(({ wanted }) => wanted.truth === 'benign').length / ALL.length;
    expect(harmless).toBeGreaterThanOrEqual(0.45);
    expect(harmless).toBeLessThanOrEqual(0.55);
  });

  it('tells each situation once', () => {
    expect(ALL.length).toBeGreaterThanOrEqual(130);
    expect(new Set(ALL.map(({ wanted }) => wanted.situation)).size).toBe(ALL.length);
    expect(new Set(ALL.map(({ scenario }) => scenario.name)).size).toBe(ALL.length);
  });

  it('has an index that is written anew when it changes', () => {
    expect(readFileSync(join(CORPUS, 'README.md'), 'utf8')).toBe(indexPage(ALL));
  });

  it('names a part for every change: all kinds, harmless for about a half', () => {
    const list = readFileSync(join(CORPUS, '../ci-subset.txt'), 'utf8').split('\n').filter(Boolean);
    const part = list.flatMap((name) => ALL.find((one) => one.name === name) ?? []);
    expect(part.map(({ name }) => name)).toEqual([...new Set(list)]);
    expect(new Set(part.map(({ kind }) => kind))).toEqual(new Set(Object.keys(KINDS).map(Number)));
    const harmless = part.filter(({ wanted }) => wanted.truth === 'benign').length / part.length;
    expect(harmless).toBeGreaterThanOrEqual(0.45);
    expect(harmless).toBeLessThanOrEqual(0.55);
  });
});
