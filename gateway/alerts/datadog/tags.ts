import { Fields } from '../kit/fields.js';

/** Tags (`usr.email:dana@example.com`) as fields; several of one name are a list. A tag's value may hold colons. */
export function tagsIn(texts: readonly string[]): Fields {
  const fields = new Map<string, string[]>();
  for (const tag of texts.flatMap((text) => text.split(','))) {
    const at = tag.indexOf(':');
    const [name, value] = [tag.slice(0, at).trim().replace(/^@/, ''), tag.slice(at + 1).trim()];
    if (at < 1 || value === '') continue;
    const list = fields.get(name);
    if (list) list.push(value);
    else fields.set(name, [value]);
  }
  return new Fields(Object.fromEntries(fields));
}
