import { answerWith } from '../../store/threads/answering.js';
import { glanceAt } from './glance.js';
import type { AlertContext } from './kit/parser.js';
import { mappingOf } from './mapping/file.js';
import { parserOfMapping } from './mapping/parser.js';

/** A body with what a thread needs to read it: of a format that a mapping teaches the mapping itself. */
export interface GlanceOrder extends Pick<AlertContext, 'source' | 'format' | 'receivedAt'> {
  readonly body: Uint8Array;
  readonly taught: string | undefined;
}

const parsers = new Map<string, ReturnType<typeof parserOfMapping>>();
/** Mappings are of the configuration, and few. */
function parserOf(taught: string): ReturnType<typeof parserOfMapping> {
  const parser = parsers.get(taught) ?? parserOfMapping(mappingOf(taught, 'mapping'));
  parsers.set(taught, parser);
  return parser;
}

answerWith(({ body, taught, ...context }: GlanceOrder) =>
  glanceAt(body, { ...context, parser: taught === undefined ? undefined : parserOf(taught) }),
);
