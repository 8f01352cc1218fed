import { cursorAt } from './replies.js';

/** What real answers now and then are, and what a reader must live with. Both by operation. */
export interface Strange {
  /** Rows that every page of a list has beside its own, as they are. */
  readonly odd: Map<string, readonly unknown[]>;
  /** Lists whose next page is the page itself. */
  readonly loops: Set<string>;
}

export const nothingStrange = (): Strange => ({ odd: new Map(), loops: new Set() });

/** The answer as it is when something is strange. */
export function strangely(
  { odd, loops }: Strange,
  operation: string,
  cursor: string | undefined,
  answer: Readonly<Record<string, unknown>>,
): Readonly<Record<string, unknown>> {
  const rows = odd.get(operation);
  const [list] = Object.entries(answer).filter(([, value]) => Array.isArray(value));
  return {
    ...answer,
    ...(rows && list ? { [list[0]]: [...(list[1] as readonly unknown[]), ...rows] } : {}),
    ...(loops.has(operation) ? { response_metadata: { next_cursor: cursor ?? cursorAt(0) } } : {}),
  };
}
