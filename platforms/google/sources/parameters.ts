import { z } from 'zod';
import { instantOf } from '../../../domain/instants.js';
import type { Instant } from '../../../domain/platform.js';
import { maybe, readAs, someFlag, someList, someNumber, someText } from '../../kit/rows.js';

/**
 * A parameter of an event in the Reports API: a name and one of these. Numbers of 64 bits come as text, flags as text too, and a value that
 * is documented as one may come as a list, or the other way round.
 */
interface Parameter {
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
  readonly parameter: readonly NamedParameter[];
}

const text = z.union([z.string().min(1), z.number().transform(String)]);
/** What it holds is read when it is asked for: an event has a dozen, and few are. */
export const namedParameter = z.looseObject({ name: text });
type NamedParameter = z.output<typeof namedParameter>;
const message: z.ZodType<Message> = z.looseObject({ parameter: someList(namedParameter) });
export const parameterShape: z.ZodType<Parameter> = z.looseObject({
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
export class Said {
  readonly #read = new Map<string, Parameter | undefined>();
  readonly #parameters: readonly NamedParameter[];

  constructor(parameters: readonly NamedParameter[]) {
    this.#parameters = parameters;
  }

  /** Of the first value where there are several. */
  text(name: string): string | undefined {
    return this.#find(name)?.value ?? this.list(name)[0];
  }

  list(name: string): readonly string[] {
    const p = this.#find(name);
    if (p === undefined) return [];
    const several = [...p.multiValue, ...p.multiIntValue];
    const single = p.value ?? p.intValue;
    return several.length > 0 || single === undefined ? several : [single];
  }

  flag(name: string): boolean | undefined {
    const p = this.#find(name);
    return p?.boolValue ?? p?.multiBoolValue[0] ?? readAs(someFlag, p?.value);
  }

  number(name: string): number | undefined {
    return readAs(someNumber, this.#find(name)?.intValue ?? this.text(name));
  }

  instant(name: string): Instant | undefined {
    return instantOf(this.#find(name)?.intValue ?? this.text(name));
  }

  /** The messages of a parameter that holds one or several, each with parameters of its own. */
  inside(name: string): readonly Said[] {
    const p = this.#find(name);
    const messages = [...(p?.messageValue ? [p.messageValue] : []), ...(p?.multiMessageValue ?? [])];
    return messages.map((m) => new Said(m.parameter));
  }

  #find(name: string): Parameter | undefined {
    if (!this.#read.has(name)) {
      const named = this.#parameters.find((p) => p.name === name);
      this.#read.set(name, named && readAs(parameterShape, named));
    }
    return this.#read.get(name);
  }
}
