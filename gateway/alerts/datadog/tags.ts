import type { Fields } from '../kit/fields.js';

/** Tags (`usr.email:dana@example.com`) as fields; several of one name are a list. A tag's value may hold colons. */
export function tagsIn(f: Fields, ...paths: readonly string[]): Fields {
  const fields = new Map<string, string[]>();
  for (const tag of f
    .aside()
    .texts(...paths)
    .flatMap((text) => text.split(','))) {
    const at = tag.indexOf(':');
    const [name, value] = [tag.slice(0, at).trim().replace(/^@/, ''), tag.slice(at + 1).trim()];
    if (at < 1 || value === '') continue;
    const list = fields.get(name);
    if (list) list.push(value);
    else fields.set(name, [value]);
  }
  return f.at(paths[0] ?? '').holding(Object.fromEntries(fields));
}
