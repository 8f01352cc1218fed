import { z } from 'zod';

/** Reads a value as what it is, or says that it does not fit. */
export type Reader<T> = (value: unknown) => T | Misfit;

/** Where a value does not fit its shape: a path of fields, empty for the value itself. */
export class Misfit {
  constructor(readonly path: string) {}
}
const HERE = new Misfit('');
const AS_IT_CAME: Reader<unknown> = (value) => value;

const READERS = new WeakMap<z.ZodType, Reader<unknown>>();

/**
 * The reader of a shape, made once. A page has thousands of rows and a row dozens of fields, most of which may be anything: zod keeps a
 * record of each step in each of them, which costs several times what the field does. What rows are made of is read directly, with the
 * same result; whatever else a shape holds is zod's to read.
 */
export function readerOf<T>(shape: z.ZodType<T>): Reader<T> {
  let reader = READERS.get(shape);
  if (!reader) READERS.set(shape, (reader = direct(shape) ?? byZod(shape)));
  return reader as Reader<T>;
}

function direct(shape: z.ZodType): Reader<unknown> | undefined {
  if (shape instanceof z.ZodString) return text(shape);
  if (hasChecks(shape)) return undefined;
  if (shape instanceof z.ZodUnknown) return AS_IT_CAME;
  if (shape instanceof z.ZodOptional) return optional(shape.unwrap() as z.ZodType);
  if (shape instanceof z.ZodUnion) return firstOf(shape.options as readonly z.ZodType[]);
  if (shape instanceof z.ZodTransform) return transformed(shape);
  if (shape instanceof z.ZodPipe) return inTurn(shape);
  if (shape instanceof z.ZodLazy) return (value) => readerOf(shape.unwrap() as z.ZodType)(value);
  if (shape instanceof z.ZodNumber && isPlain(shape)) return (value) => (Number.isFinite(value) ? value : HERE);
  return shape instanceof z.ZodObject && isLoose(shape) ? looseObject(shape) : undefined;
}
/** Taken as it is: no text is made a number, and no number a text. */
const isPlain = ({ format, def }: z.ZodString | z.ZodNumber): boolean =>
  format === null && !('coerce' in def && def.coerce);
/** What must be there, whatever it is, only zod tells from what is not. */
const isLoose = ({ shape, def }: z.ZodObject): boolean =>
  def.catchall instanceof z.ZodUnknown && !Object.values(shape).some((field) => field instanceof z.ZodUnknown);
const hasChecks = ({ def }: z.ZodType): boolean => (def.checks?.length ?? 0) > 0;

const byZod =
  (shape: z.ZodType): Reader<unknown> =>
  (value) => {
    const parsed = shape.safeParse(value);
    return parsed.success ? parsed.data : new Misfit(parsed.error.issues[0]?.path.map(String).join('.') ?? '');
  };

/** With a least length at most: it is then the only check. */
function text(shape: z.ZodString): Reader<unknown> | undefined {
  const { minLength, maxLength, def } = shape;
  if (!isPlain(shape) || (def.checks?.length ?? 0) !== (minLength === null ? 0 : 1) || maxLength !== null)
    return undefined;
  const least = minLength ?? 0;
  return (value) => (typeof value === 'string' && value.length >= least ? value : HERE);
}

/** Undefined for what makes something of nothing (a default). */
function optional(inner: z.ZodType): Reader<unknown> | undefined {
  const read = direct(inner);
  if (read === undefined || read === AS_IT_CAME) return read;
  return (value) => (value === undefined ? undefined : read(value));
}

function firstOf(options: readonly z.ZodType[]): Reader<unknown> {
  const readers = options.map((option) => readerOf(option));
  return (value) => {
    for (const read of readers) {
      const got = read(value);
      if (!(got instanceof Misfit)) return got;
    }
    return HERE;
  };
}

/** By a function of the value alone: one that takes zod's context as well may refuse. */
function transformed({ def }: z.ZodTransform): Reader<unknown> | undefined {
  return def.transform.length > 1 ? undefined : (def.transform as (value: unknown) => unknown);
}

function inTurn({ in: first, out: second }: z.ZodPipe): Reader<unknown> {
  const [before, after] = [readerOf(first as z.ZodType), readerOf(second as z.ZodType)];
  if (before === AS_IT_CAME) return after;
  return (value) => {
    const got = before(value);
    return got instanceof Misfit ? got : after(got);
  };
}

/** What is not in the shape stays as it came. */
function looseObject({ shape }: z.ZodObject): Reader<unknown> {
  const fields = Object.entries(shape).map(([name, field]) => ({ name, read: readerOf(field as z.ZodType) }));
  return (value) => {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return HERE;
    const came = value as Readonly<Record<string, unknown>>;
    let row: Record<string, unknown> | undefined;
    let misfit: Misfit | undefined;
    for (const { name, read } of fields) {
      const had = came[name];
      const got = read(had);
      if (got instanceof Misfit) misfit ??= new Misfit(got.path === '' ? name : `${name}.${got.path}`);
      else if (got !== had) (row ??= { ...came })[name] = got;
    }
    return misfit ?? row ?? came;
  };
}
