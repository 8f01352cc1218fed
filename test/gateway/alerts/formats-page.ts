import { readFileSync } from 'node:fs';
import { FORMATS, readAlerts } from '../../../gateway/alerts/index.js';
import type { AlertFormat } from '../../../gateway/alerts/kit/parser.js';
import { mappingOf } from '../../../gateway/alerts/mapping/file.js';
import { parserOfMapping } from '../../../gateway/alerts/mapping/parser.js';
import { explainAlerts } from '../../../gateway/alerts/explain.js';
import { sampleOf } from './samples.js';

const BEGIN = '<!-- Written by `npm run alert-formats` from the folders of gateway/alerts. -->';
const END = '<!-- End of what is written by `npm run alert-formats`. -->';
const CONTEXT = { source: 'siem', receivedAt: '2026-03-01T10:05:00.000Z' };
const folder = new URL('../../../gateway/alerts/', import.meta.url);
const textOf = (path: string): string => readFileSync(new URL(path, folder), 'utf8').trim();

/** `docs/alerts.md` with its part on the formats as the folders say it. */
export function withFormats(page: string): string {
  const [from, to] = [page.indexOf(BEGIN), page.indexOf(END)];
  if (from < 0 || to < from) throw new Error('the page has no place for the formats');
  const part = [BEGIN, '', ...table(), '', ...[...FORMATS.values()].flatMap(section), ...mapping(), ''].join('\n');
  return page.slice(0, from) + part + page.slice(to);
}

function table(): readonly string[] {
  const cell = (text: string): string => text.replaceAll('|', '\\|');
  return [
    '| `format` | from | identity | subjects | state | `auth`, the best first |',
    '|---|---|---|---|---|---|',
    ...[...FORMATS.values()]
      .map(({ about: a }) =>
        [
          `[\`${a.name}\`](#${anchor(a.name)})`,
          `${a.product}: ${a.sends}`,
          a.identity,
          a.subjects,
          a.states,
          a.auth.map((x) => `\`${x}\``).join(', '),
        ]
          .map(cell)
          .join(' | '),
      )
      .map((row) => `| ${row} |`),
    '| [`mapping`](#mapping) | a format that you teach by a file | `dedupeKey` of the file | `subjects` of the file | `state` of the file | what the tool can do |',
  ];
}

const anchor = (name: string): string => `format-${name}`;

function section({ about }: AlertFormat): readonly string[] {
  const sample = sampleOf(about.name);
  const [problem] = readAlerts(without(sample, about.nobodyWithout), { ...CONTEXT, format: about.name }).problems;
  return [
    `### Format ${about.name}`,
    '',
    `${about.setUp}`,
    '',
    '```json',
    textOf(`${about.name}/sample.json`),
    '```',
    '',
    `It is known by ${about.shape}. Without ${about.nobodyWithout.map((path) => `\`${path}\``).join(' and ')} the answer is:`,
    '',
    '```text',
    problem?.message ?? 'none',
    '```',
    '',
  ];
}

function mapping(): readonly string[] {
  const parser = parserOfMapping(mappingOf(textOf('mapping/sample.yaml'), 'sample.yaml'));
  const body = JSON.parse(textOf('mapping/sample.json')) as object;
  const [read] = explainAlerts(body, parser, { ...CONTEXT, format: 'mapping' });
  if (!read) throw new Error('the sample of the mapping is none');
  const lines = [...read.fields, ...read.subjects].map(
    ({ name, value, from }) => `  ${name.padEnd(11)} ${value}${from.length > 0 ? `  <- ${from.join(', ')}` : ''}`,
  );
  return [
    '### Mapping',
    '',
    'A tool that is not in the list is taught by a file: `{ name: dlp, format: mapping, mapping: acme-dlp.yaml, auth: bearer }`, the file beside the',
    'configuration. Paths are [JMESPath](https://jmespath.site), parsed when the process starts; a mistake is an error with its line and field. Required are',
    '`match` (what a body of this tool is known by), `dedupeKey` and `subjects`. `severity` and `state` may have a `table` from the tool’s words to ours,',
    '`platform` is a word or a table; a time without a zone is in `zone`. A subject has `email` (any form of a name, with `domain` where it lacks its suffix),',
    '`nativeId`, or both; `each` makes one of every element of a list. What costs more than the body is large cannot be used: `$`, `let`, functions that pad or',
    'replace; and the expressions of one body have a second. A body that an expression fails on is `ALERT_FORMAT` with the name of the field.',
    '',
    '```yaml',
    textOf('mapping/sample.yaml'),
    '```',
    '',
    '```json',
    textOf('mapping/sample.json'),
    '```',
    '',
    '`quell alert explain alert.json --mapping acme-dlp.yaml` shows what it makes of this:',
    '',
    '```text',
    ...lines,
    '```',
  ];
}

/** A copy of a body without some paths; a number is a place in a list, and in a line of text the last part is the name of a value. */
export function without(body: object, paths: readonly string[]): object {
  const copy = structuredClone(body);
  for (const path of paths) {
    const keys = path.split('.');
    const last = keys.pop() ?? '';
    let at: unknown = copy;
    let line: ((text: string) => void) | undefined;
    for (const key of keys) {
      const holder = at as Record<string, unknown> | undefined;
      line = (text) => Object.assign(holder ?? {}, { [key]: text });
      at = holder?.[key];
    }
    if (typeof at === 'string') line?.(at.replace(new RegExp(`"${last}":"[^"]*",?|\\b${last}=\\S+ ?`), ''));
    else if (Array.isArray(at)) at.splice(Number(last), 1);
    else if (typeof at === 'object' && at !== null) Reflect.deleteProperty(at, last);
  }
  return copy;
}
