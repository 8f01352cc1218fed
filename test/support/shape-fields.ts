import type { z } from 'zod';

type Form = 'leaf' | 'object' | 'list';

/**
 * The fields that a shape reads of an answer, as paths with `[]` for the elements of a list; found out by giving it answers that tell what is
 * asked of them, so that it holds for shapes however they are made. `opaque`: names below which nothing is looked for (shapes of themselves).
 */
export function fieldsOf(shape: z.ZodType, opaque: readonly string[] = []): readonly string[] {
  const forms = new Map<string, Form>([['', 'object']]);
  const below = (path: string): string => (path === '' ? '' : `${path}.`);
  const parse = (): Set<string> => {
    const read = new Set<string>();
    const answer = (path: string): unknown => {
      const form = forms.get(path) ?? 'leaf';
      if (form === 'leaf') return undefined;
      if (form === 'list') {
        return new Proxy([0], {
          get: (target, key) => {
            if (key !== '0') return Reflect.get(target, key) as unknown;
            read.add(`${path}[]`);
            return answer(`${path}[]`);
          },
        });
      }
      return new Proxy(
        {},
        {
          has: () => true,
          get: (target, key) => {
            // Asked of anything that a text may be in the place of.
            if (key === 'length') return undefined;
            if (typeof key !== 'string' || key in target) return Reflect.get(target, key) as unknown;
            read.add(`${below(path)}${key}`);
            return answer(`${below(path)}${key}`);
          },
        },
      );
    };
    shape.safeParse(answer(''));
    return read;
  };
  const isOpaque = (path: string): boolean => opaque.includes(path.split('.').at(-1) ?? '');
  const isBelow = (inner: string, path = ''): boolean => inner.startsWith(`${path}.`) || inner.startsWith(`${path}[]`);
  const todo = [...parse()];
  for (let path = todo.shift(); path !== undefined; path = todo.shift()) {
    if (forms.has(path) || isOpaque(path)) continue;
    for (const form of ['list', 'object', 'leaf'] as const) {
      forms.set(path, form);
      const inner = [...parse()].filter((p) => isBelow(p, path));
      if (form === 'leaf' || inner.length > 0) {
        todo.push(...inner.filter((p) => !forms.has(p)));
        break;
      }
    }
  }
  const all = parse();
  return [...all].filter((p) => ![...all].some((q) => isBelow(q, p))).sort();
}
