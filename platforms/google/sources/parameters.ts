import { z } from 'zod';
import { instantOf } from '../../../domain/instants.js';
import type { Instant } from '../../../domain/platform.js';
import { someFlag, someList, someNumber, someText, maybe } from '../../kit/rows.js';

/**
 * A parameter of an event in the Reports API: a name and one of these. Numbers of 64 bits come as text, flags as text too, and a value that
 * is documented as one may come as a list, or the other way round.
 */
interface Parameter {
  readonly name: string;
  readonly value?: string | undefined;
  readonly intValue?: string | undefined;
  readonly boolValue?: boolean | undefined;
  readonly multiValue: readonly string[];
  readonly multiIntValue: readonly string[];
  readonly multiBoolValue: readonly boolean[];
  readonly messageValue?: Message | undefined;
  readonly multiMessageValue: readonly Message[];
}
interface Message {
  readonly parameter: readonly Parameter[];
}

const text = z.union([z.string().min(1), z.number().transform(String)]);
const message: z.ZodType<Message> = z.looseObject({ parameter: z.lazy(() => someList(parameterShape)) });
export const parameterShape: z.ZodType<Parameter> = z.looseObject({
  name: text,
  value: someText,
  intValue: someText,
  boolValue: someFlag,
  multiValue: someList(text),
  multiIntValue: someList(text),
  multiBoolValue: someList(someFlag).transform((flags) => flags.filter((flag) => flag !== undefined)),
  messageValue: maybe(message),
  multiMessageValue: someList(message),
});

/** What an event's parameters say, by name. What is not there, or not of the form that is asked for, is unknown. */
export interface Said {
  /** Of the first value where there are several. */
  text(name: string): string | undefined;
  list(name: string): readonly string[];
  flag(name: string): boolean | undefined;
  number(name: string): number | undefined;
  instant(name: string): Instant | undefined;
  /** The messages of a parameter that holds one or several, each with parameters of its own. */
  inside(name: string): readonly Said[];
}

export function saidBy(parameters: readonly Parameter[]): Said {
  const find = (wanted: string): Parameter | undefined => parameters.find((p) => p.name === wanted);
  const list = (wanted: string): readonly string[] => {
    const p = find(wanted);
    if (p === undefined) return [];
    const several = [...p.multiValue, ...p.multiIntValue];
    const single = p.value ?? p.intValue;
    return several.length > 0 || single === undefined ? several : [single];
  };
  const text = (wanted: string): string | undefined => find(wanted)?.value ?? list(wanted)[0];
  return {
    text,
    list,
    flag: (wanted) => {
      const p = find(wanted);
      return p?.boolValue ?? p?.multiBoolValue[0] ?? someFlag.safeParse(p?.value).data;
    },
    number: (wanted) => someNumber.safeParse(find(wanted)?.intValue ?? text(wanted)).data,
    instant: (wanted) => instantOf(find(wanted)?.intValue ?? text(wanted)),
    inside: (wanted) => {
      const p = find(wanted);
      const messages = [...(p?.messageValue ? [p.messageValue] : []), ...(p?.multiMessageValue ?? [])];
      return messages.map((m) => saidBy(m.parameter));
    },
  };
}
