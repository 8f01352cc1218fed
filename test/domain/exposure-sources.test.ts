import { describe, expect, it } from 'vitest';
import type { Collection, Gap, LogSource, SourceResult } from '../../domain/evidence.js';
import type { ActingContext } from '../../domain/exposure-contexts.js';
import { confidenceOf, showsReading, sourcesOf, type ReadSources } from '../../domain/exposure-sources.js';
import { evidenceLimits as microsoftLimits } from '../../platforms/microsoft/limits.js';
import { evidenceLimits as slackLimits } from '../../platforms/slack/evidence-limits.js';
import { after, HOUR } from './fixtures.js';

const at = (hour: number): string => after(hour * HOUR);
const tenant = { platform: 'slack', tenant: 'main' } as const;
const context: ActingContext = { ...tenant, from: at(0), to: at(2), foreign: true, events: [] };
const source = (id: string, logSource: LogSource, given: Partial<SourceResult> = {}): SourceResult => ({
  ...{ ...tenant, source: id, logSource, rows: 3, status: 'complete', lagSeconds: 3600 },
  ...given,
});
const limit = (name: string): NonNullable<Collection['limits']>[number] => ({
  ...{ ...tenant, source: name, code: 'UNSUPPORTED', text: `${name}: not logged` },
});
const CHAT = source('log.chat', 'chat_history');
const FILES = source('slack.audit_logs.files', 'file_transfer');
const LISTS = [source('slack.messages', 'chat_history'), source('slack.files', 'file_transfer')];
const read = (
  sources: readonly SourceResult[],
  limits: readonly string[] = [],
  window: Partial<ReadSources> = {},
): ReadSources => ({ ...tenant, from: at(-10), to: at(10), sources, limits: limits.map(limit), ...window });

describe('confidence', () => {
  it.each<[string, readonly ReadSources[], string, string]>([
    ['both logs were read over the window', [read([CHAT, FILES])], 'high', 'log.chat shows it and was read completely'],
    ['reading is not logged, but bounded', [read([CHAT, FILES, ...LISTS], ['messages read'])], 'medium', 'as possible'],
    ['reading is not logged nor bounded', [read([CHAT, FILES], ['messages read'])], 'low', 'not known either'],
    ['neither is logged', [read(LISTS, ['messages read', 'slack.audit_logs'])], 'low', 'slack.audit_logs: not logged'],
    ['the last rows may still come', [read([CHAT, FILES], [], { to: at(2.5) })], 'medium', 'may still appear'],
    ['the window is not covered', [read([CHAT, FILES], [], { from: at(1) })], 'low', 'was not read completely'],
    [
      'a log failed',
      [read([CHAT, { ...FILES, status: 'partial' }, ...LISTS])],
      'medium',
      'slack.audit_logs.files was not read',
    ],
    ['nothing was read', [], 'low', 'Nothing was read'],
    ['it is another tenant that was read', [read([CHAT, FILES], [], { tenant: 'other' })], 'low', 'no source'],
    ['only what does not touch reading is missing', [read([CHAT, FILES], ['older threads'])], 'high', 'completely'],
  ])('when %s', (_, collections, confidence, because) => {
    const given = confidenceOf(collections, collections.length === 0 ? [] : [context]);
    expect(given.confidence).toBe(confidence);
    expect(given.because.join(' ')).toContain(because);
  });

  it('is that of the weakest tenant, and never higher with a source less', () => {
    const levels = ['low', 'medium', 'high'];
    const other: ActingContext = { ...context, tenant: 'other' };
    expect(confidenceOf([read([CHAT, FILES])], [context, other]).confidence).toBe('low');
    const all = [CHAT, FILES, ...LISTS];
    const whole = confidenceOf([read(all)], [context]).confidence;
    for (const gone of all) {
      const less = confidenceOf([read(all.map((s) => (s === gone ? { ...s, status: 'unavailable' } : s)))], [context]);
      expect(levels.indexOf(less.confidence)).toBeLessThanOrEqual(levels.indexOf(whole));
    }
  });

  it('judges the sources themselves where nothing acted', () => {
    expect(confidenceOf([read([CHAT, FILES])], []).confidence).toBe('high');
    expect(confidenceOf([read(LISTS)], []).confidence).toBe('low');
  });
});

describe('what each source can show', () => {
  it('is one line a source, as it was read widest, and one for what none can', () => {
    const narrow = read([{ ...FILES, rows: 1 }], [], { from: at(-1) });
    const gap = { ...limit('log.chat'), text: 'The plan has no such log.' };
    const wide = read([FILES, { ...CHAT, status: 'unavailable', gap }, ...LISTS], ['messages read']);
    const table = sourcesOf([wide, narrow]);
    expect(table.map((s) => [s.source, s.status, s.rows])).toEqual([
      ['slack.audit_logs.files', 'complete', 3],
      ['log.chat', 'unavailable', 3],
      ['slack.messages', 'complete', 3],
      ['slack.files', 'complete', 3],
      ['messages read', 'never', 0],
    ]);
    expect(table.find((s) => s.source === 'log.chat')?.cannot).toContain('The plan has no such log.');
    expect(table.find((s) => s.source === 'slack.messages')?.shows).toContain('not what was');
    expect(table.at(-1)).toMatchObject({ shows: 'nothing', cannot: 'messages read: not logged' });
    expect(showsReading([wide], context, 'files')).toBe(true);
    expect(showsReading([wide], context, 'messages')).toBe(false);
  });

  it('takes from a limit what it says that it hides, and of an older one what it hid', () => {
    const limited = (change: Partial<Gap>): ReadSources =>
      read([CHAT, FILES], [], { limits: [{ ...limit('webex.reads'), ...change }] });
    expect(showsReading([limited({})], context, 'messages')).toBe(true);
    expect(showsReading([limited({ hides: 'messages' })], context, 'messages')).toBe(false);
    expect(showsReading([limited({ hides: 'messages' })], context, 'files')).toBe(true);
    expect(showsReading([limited({ source: 'messages read' })], context, 'messages')).toBe(false);
  });

  it('is limited by what the adapters declare', () => {
    const none = { entraP1: false, entraP2: false, defender: false, intune: false, auditPremium: false };
    const hiding = [...slackLimits(false, false), ...microsoftLimits(none)].flatMap(({ what, hides }) =>
      hides === undefined ? [] : [`${what}: ${hides}`],
    );
    expect(hiding).toEqual([
      'messages read: messages',
      'slack.audit_logs: files',
      'messages read in the Teams client: messages',
      'messages read through Microsoft Graph: messages',
    ]);
  });
});
