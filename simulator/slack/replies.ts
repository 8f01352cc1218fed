/** Slack's answer to a call it refuses, by typed code. */
export class Refusal extends Error {
  constructor(
    readonly code: string,
    readonly extra: Readonly<Record<string, unknown>> = {},
  ) {
    super(code);
  }
}

/** A page of a list by an opaque cursor that is a position and nothing more. */
export function cursorPage<T>(
  rows: readonly T[],
  cursor: string | undefined,
  limit: number,
): { readonly page: readonly T[]; readonly next: string } {
  const offset = cursor === undefined || cursor === '' ? 0 : positionOf(cursor);
  const page = rows.slice(offset, offset + limit);
  return { page, next: offset + limit < rows.length ? cursorAt(offset + limit) : '' };
}

export function cursorAt(offset: number): string {
  return Buffer.from(`next:${String(offset)}`).toString('base64');
}

export function positionOf(cursor: string): number {
  const position = /^next:(\d+)$/.exec(Buffer.from(cursor, 'base64').toString())?.[1];
  if (position === undefined) throw new Refusal('invalid_cursor');
  return Number(position);
}
