import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { readAlertFile } from '../../../cli/demo/alerts.js';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'quell-alerts-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function file(text: string): string {
  const path = join(folder, 'alert.json');
  writeFileSync(path, text);
  return path;
}

it('raises a file as the source of its format, as the named one, and else as the siem', () => {
  const anomaly = file(JSON.stringify({ entries: [], action: 'anomaly' }));
  expect(readAlertFile(anomaly, 'splunk')).toMatchObject({
    source: 'splunk',
    body: '{"entries":[],"action":"anomaly"}',
  });
  const ocsf = file(JSON.stringify({ class_uid: 2004, metadata: { version: '1.5.0' }, finding_info: { uid: 'f-1' } }));
  expect(readAlertFile(ocsf).source).toBe('ocsf');
  expect(readAlertFile(file('{"what":"ever"}')).source).toBe('siem');
});

it.each([
  ['a missing file', () => join(folder, 'none.json'), 'cannot be read'],
  ['a broken file', () => file('{"a":'), 'not JSON'],
  ['a bare value', () => file('7'), 'not a JSON object'],
])('says what is the matter with %s', (_, path, why) => {
  expect(() => readAlertFile(path())).toThrow(why);
});

it('knows its sources', () => {
  expect(() => readAlertFile(file('{}'), 'nobody')).toThrow('There is no source nobody');
});
