import { describe, expect, it } from 'vitest';
import { bodyOfFile } from '../../../gateway/alerts/file-body.js';
import { detectFormat } from '../../../gateway/alerts/index.js';

describe('the body of a file', () => {
  it.each([
    ['{ "id": "1" }\n', '{ "id": "1" }\n'],
    ['[\n {"a":1}\n]', '[\n {"a":1}\n]'],
    ['{"a":1}\n{"a":2}\n', '[{"a":1},{"a":2}]'],
    ['CEF:0|A\r\n\r\nCEF:0|B\n', '{"lines":["CEF:0|A","CEF:0|B"]}'],
    ['{"a":1', '{"a":1'],
    ['', ''],
  ])('%j is %j', (text, body) => {
    expect(bodyOfFile(text)).toBe(body);
  });
  it.each([
    ['CEF:0|A|B|1|1|n|5|suser=dana@example.com', 'cef'],
    ['<134>Mar 10 09:00:00 host CEF:0|A|B|1|1|n|5|suser=dana@example.com', 'cef'],
    ['<134>1 2026-03-10T09:00:00Z host app - - - user=dana@example.com', 'syslog'],
    [
      '{"rule":{"title":"t","level":"high"},"event":{"user":"dana@example.com"}}\n{"rule":{"title":"t","level":"high"},"event":{}}',
      'sigma',
    ],
    ['dana did it', undefined],
  ])('%s is of the format %s', (text, format) => {
    expect(detectFormat(JSON.parse(bodyOfFile(text)))).toBe(format);
  });
});
