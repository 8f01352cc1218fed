import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join, relative, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gunzipSync, gzipSync } from 'node:zlib';

/** `<release>/<scenario>/<workflow>.json.gz` below it. */
const FOLDER = fileURLToPath(new URL('./histories', import.meta.url));
const ENDING = '.json.gz';

/** A value of the histories' JSON. */
export type Json = string | number | boolean | null | readonly Json[] | { readonly [name: string]: Json };

/** A history as the Temporal CLI writes it (protobuf JSON, payloads in base64), as far as anybody looks into it here. */
export interface History {
  readonly events: readonly HistoryEvent[];
}
export interface HistoryEvent {
  readonly eventId: string;
  readonly eventType: string;
  readonly [attributes: string]: Json;
}

/** Where a recorded history lies: the release that recorded it, the scenario that was played, and which workflow of the run it is. */
export interface HistoryName {
  readonly release: string;
  readonly scenario: string;
  /** `case`, `containment-2`, … */
  readonly workflow: string;
}

export function listHistories(): readonly HistoryName[] {
  if (!existsSync(FOLDER)) return [];
  return readdirSync(FOLDER, { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith(ENDING))
    .sort()
    .map((path) => {
      const [release = '', scenario = '', file = ''] = path.split(sep);
      return { release, scenario, workflow: file.slice(0, -ENDING.length) };
    });
}

/** The folder of one scenario's histories. */
export const historyFolder = ({ release, scenario }: Omit<HistoryName, 'workflow'>): string =>
  join(FOLDER, release, scenario);

const pathOf = (name: HistoryName): string => join(historyFolder(name), `${name.workflow}${ENDING}`);

/** For messages: where a history lies, seen from the repository. */
export const shownPath = (name: HistoryName): string => join('test/replay/histories', relative(FOLDER, pathOf(name)));

/** The text that is kept: payloads written out, for people who look into it and for a small file. */
export const readText = (name: HistoryName): string => gunzipSync(readFileSync(pathOf(name))).toString('utf8');

export const readHistory = (name: HistoryName): History =>
  mapObjects(JSON.parse(readText(name)) as Json, fold) as never;

export function writeHistory(name: HistoryName, text: string): void {
  mkdirSync(dirname(pathOf(name)), { recursive: true });
  writeFileSync(pathOf(name), gzipSync(text, { level: 9 }));
}

/** The text of a history with plain payloads. */
export const textOf = (history: History): string => JSON.stringify(mapObjects(history as never, unfold), null, 1);

/** Rewrites every object of a value, the inner ones first. */
export function mapObjects(value: Json, change: (object: { readonly [name: string]: Json }) => Json): Json {
  if (Array.isArray(value)) return (value as readonly Json[]).map((item) => mapObjects(item, change));
  if (typeof value !== 'object' || value === null) return value;
  return change(Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, mapObjects(inner, change)])));
}

const PLAIN = base64('json/plain');

/** `{"metadata": {"encoding": …}, "data": …}` becomes `{"$plain": …}`; what carries more (a search attribute's type) stays. */
function unfold(object: { readonly [name: string]: Json }): Json {
  const { metadata, data, ...rest } = object as { readonly metadata?: object; readonly data?: Json };
  const isPlain = JSON.stringify(metadata) === JSON.stringify({ encoding: PLAIN }) && typeof data === 'string';
  if (!isPlain || Object.keys(rest).length > 0) return object;
  return { $plain: JSON.parse(Buffer.from(data, 'base64').toString('utf8')) as Json };
}

/** The way back. A payload is the only object of a history with this one name. */
function fold(object: { readonly [name: string]: Json }): Json {
  if (Object.keys(object).join() !== '$plain') return object;
  return { metadata: { encoding: PLAIN }, data: base64(JSON.stringify(object['$plain'])) };
}

function base64(text: string): string {
  return Buffer.from(text, 'utf8').toString('base64');
}
