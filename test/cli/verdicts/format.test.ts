import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { parse, stringify } from 'yaml';
import { readFileSync } from 'node:fs';
import { writeOrganisation } from '../../../cli/demo/organisation.js';
import { aboutsOf, parseExpected } from '../../../cli/demo/verdicts/expected.js';
import { namesIn, scenariosIn, selected } from '../../../cli/demo/verdicts/selection.js';
import { mergeSettings } from '../../../cli/demo/settings.js';
import { loadConfig } from '../../../workers/config.js';
import { listScenarios, loadScenario, loadSituation, parseScenario } from '../../../simulator/core/scenario.js';
import { World } from '../../../simulator/core/world.js';
import { scenarioWith, world } from './scene.js';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'quell-format-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const ROOT = new URL('../../../', import.meta.url).pathname;
const URLS = Object.fromEntries(
  ['slack', 'microsoft', 'google', 'intake', 'console', 'temporalUi'].map((n) => [n, 'http://127.0.0.1:9']),
) as Record<'slack' | 'microsoft' | 'google' | 'intake' | 'console' | 'temporalUi', string>;

function configured(settings: object) {
  const files = writeOrganisation(
    folder,
    ROOT,
    new World(scenarioWith({ settings })),
    { ...URLS, temporal: { address: '127.0.0.1:9', namespace: 'v0' } },
    { lag: 1, people: 1 },
  );
  return { files, config: () => loadConfig(files.config) };
}

describe('settings of a scenario', () => {
  it('change the configuration, with people as their native ids', () => {
    const { config } = configured({ config: { mode: 'shadow', breakGlass: ['@ada'] } });
    expect(config()).toMatchObject({
      mode: 'shadow',
      breakGlass: [world.nativeId('slack', 'ada'), world.nativeId('microsoft', 'ada')],
    });
  });
  it('change one tenant and leave the others', () => {
    const { config } = configured({ config: { tenants: [{ platform: 'microsoft', licences: { entraP2: false } }] } });
    expect(config().tenants).toHaveLength(3);
    expect(config().tenants.find((t) => t.platform === 'microsoft')).toMatchObject({ licences: { entraP2: false } });
  });
  it('change the policy, write files beside the configuration and keep credentials from a role', () => {
    const { files } = configured({
      policy: { vips: ['@raj.email'] },
      files: { 'intel.csv': '192.0.2.1,low,x\n' },
      dropCredentials: { evidence: ['slack.main.audit'] },
    });
    expect(parse(readFileSync(join(folder, 'policy.yaml'), 'utf8'))).toMatchObject({ vips: ['raj@example.com'] });
    expect(readFileSync(join(folder, 'intel.csv'), 'utf8')).toBe('192.0.2.1,low,x\n');
    const of = (name: string): string => join(files.roleFolder('evidence'), 'credentials', name);
    expect(() => readFileSync(of('slack.main.audit'))).toThrow();
    expect(readFileSync(of('slack.main.admin'), 'utf8')).not.toBe('');
  });
  it('that the product does not know are refused, and so is a credential that nobody has', () => {
    expect(() => configured({ config: { moode: 'shadow' } }).config()).toThrow('moode');
    expect(() => configured({ dropCredentials: { evidence: ['slack.main.audits'] } })).toThrow('slack.main.audits');
  });
  it('join maps and replace the rest', () => {
    expect(mergeSettings({ a: { b: 1, c: [1] }, d: 1 }, { a: { c: [2] }, e: 2 })).toEqual({
      a: { b: 1, c: [2] },
      d: 1,
      e: 2,
    });
  });
});

describe('a scenario in any folder', () => {
  const write = (text: object, setup?: object): void => {
    writeFileSync(join(folder, 'scenario.yaml'), stringify(text));
    if (setup) writeFileSync(join(folder, 'setup.json'), JSON.stringify(setup));
  };
  it('needs no promise, and takes setup.json as settings', () => {
    const { promise: _, ...own } = scenarioWith();
    const shared = parseScenario(stringify(scenarioWith()));
    const plain = {
      name: own.name,
      shows: own.shows,
      people: { ada: own.people['ada'] },
      subject: 'ada',
      rows: [],
      alerts: [],
      plays: own.plays,
    };
    write({ ...plain, settings: { config: { mode: 'live' } } }, { config: { profile: 'demo' } });
    const loaded = loadSituation(folder);
    expect(loaded.folder).toBe(folder);
    expect(loaded.settings.config).toEqual({ profile: 'demo' });
    expect(Object.keys(loaded.people)).toEqual(expect.arrayContaining(['ann', 'ada']));
    expect(shared.promise.verdict).toBe('compromised');
  });
  it('may say how people answer again, end tasks and are interviewed', () => {
    const plays = {
      subject: { answer: 'silent', answers: [{ answer: 'not_me', afterSeconds: 3 }] },
      tasks: { manual_action: 'not_possible' },
      interview: 'no',
    };
    expect(scenarioWith({ plays }).plays).toMatchObject(plays);
    expect(() => scenarioWith({ plays: { ...plays, tasks: { manual_action: 'never' } } })).toThrow();
  });
  it('of the demo stays as it is', () => {
    for (const name of listScenarios()) {
      const { plays, settings, promise } = loadScenario(name);
      expect(promise.verdict).not.toBe('');
      expect(settings).toEqual({ config: {}, policy: {}, files: {}, dropCredentials: {} });
      expect(['cannot_say', 'no']).toContain(plays.interview);
    }
  });
});

describe('a label', () => {
  it('takes one text or several of which one is enough', () => {
    const base = { situation: 'x', truth: 'attack', verdicts: ['compromised'] };
    expect(parseExpected(JSON.stringify({ ...base, mustSay: ['a', ['b', 'c']] })).mustSay).toEqual([['a'], ['b', 'c']]);
    expect(() => parseExpected(JSON.stringify({ ...base, verdict: 'benign' }))).toThrow();
    expect(() => parseExpected(JSON.stringify({ ...base, verdicts: ['innocent'] }))).toThrow();
  });
});

it('a label says whom and what it names', () => {
  const act = (about: string): object => ({ action: '*', about });
  const must = [act('@ada'), { anyOf: [act('app:sync'), act('*')] }];
  const base = { situation: 'x', truth: 'attack', verdicts: ['compromised'], must, mustNot: [act('ip:office')] };
  expect(aboutsOf(parseExpected(JSON.stringify(base)))).toEqual(['@ada', 'app:sync', 'ip:office']);
  expect(aboutsOf(parseExpected(JSON.stringify({ ...base, caseOf: '@raj' })))).toContain('@raj');
});

describe('the selection', () => {
  it('finds folders with a label, and says which are not there', () => {
    for (const name of ['b', 'a', 'none']) mkdirSync(join(folder, name));
    for (const name of ['b', 'a']) writeFileSync(join(folder, name, 'expected.json'), '{}');
    const all = scenariosIn(folder);
    expect(all).toEqual(['a', 'b']);
    expect(selected(all, [])).toEqual(all);
    expect(selected(all, ['b'])).toEqual(['b']);
    expect(() => selected(all, ['c'])).toThrow('There is no scenario c');
    expect(() => scenariosIn(join(folder, 'none'))).toThrow('no scenario');
    expect(() => scenariosIn(join(folder, 'nowhere'))).toThrow('no folder');
  });
  it('reads a list with comments, and refuses one without names', () => {
    writeFileSync(join(folder, 'list.txt'), '# those\na # first\n\nb\n');
    expect(namesIn(join(folder, 'list.txt'))).toEqual(['a', 'b']);
    writeFileSync(join(folder, 'empty.txt'), '# none\n');
    expect(() => namesIn(join(folder, 'empty.txt'))).toThrow('names no scenario');
    expect(() => namesIn(join(folder, 'missing.txt'))).toThrow('no list');
  });
});
