import { readFileSync } from 'node:fs';
import { afterAll, describe, expect, it } from 'vitest';
import { glanceAt } from '../../../gateway/alerts/glance.js';
import { Glancer } from '../../../gateway/alerts/glancer.js';
import { FORMAT_NAMES } from '../../../gateway/alerts/index.js';
import { mappingOf } from '../../../gateway/alerts/mapping/file.js';
import { parserOfMapping } from '../../../gateway/alerts/mapping/parser.js';
import { sampleOf } from './samples.js';

const receivedAt = '2026-03-10T12:00:00.000Z';
const bytes = (value: unknown): Buffer => Buffer.from(JSON.stringify(value));
const yaml = readFileSync(new URL('../../../gateway/alerts/mapping/sample.yaml', import.meta.url), 'utf8');
const parser = parserOfMapping(mappingOf(yaml, 'sample.yaml'));
const inThread = new Glancer({ inlineBytes: 0, withinMs: 30_000 });
afterAll(() => inThread.close());

describe('a body read in a thread', () => {
  it.each(FORMAT_NAMES)('of %s is what it is without one, also where it is of another format', async (format) => {
    for (const body of [sampleOf(format), [sampleOf(format), {}], { ...sampleOf('panther'), alertContext: {} }]) {
      const context = { source: 'siem', format, receivedAt };
      const there = await inThread.glance(bytes(body), context);
      expect(there).toEqual(glanceAt(bytes(body), context));
    }
    expect(await inThread.glance(bytes(sampleOf(format)), { source: 'siem', format, receivedAt })).toEqual({
      alerts: 1,
    });
  });

  it('of a mapping is read by the mapping', async () => {
    const context = { source: 'siem', format: 'mapping', parser, receivedAt };
    expect(await inThread.glance(bytes(sampleOf('mapping')), context)).toEqual({ alerts: 1 });
    expect(await inThread.glance(bytes({}), context)).toEqual(glanceAt(bytes({}), context));
  });

  it.each([
    ['no JSON', Buffer.from('{"a":')],
    ['no UTF-8', Buffer.from([0x7b, 0xff, 0x7d])],
    ['a bare value', Buffer.from('7')],
    ['nested deeply', Buffer.from(`${'['.repeat(400_000)}${']'.repeat(400_000)}`)],
    ['a list of very many', bytes(Array.from({ length: 200_000 }, () => ({})))],
    ['one long text', bytes({ id: 'x', subjects: [{ email: '@'.repeat(900_000) }] })],
  ])('that is hostile (%s) is refused in the same words', async (_, body) => {
    const context = { source: 'siem', format: 'quell', receivedAt };
    const there = await inThread.glance(body, context);
    expect(there).toEqual(glanceAt(body, context));
    expect(JSON.stringify(there)).toContain('ALERT_FORMAT');
  });
});
