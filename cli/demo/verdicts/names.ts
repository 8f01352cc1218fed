import type { ActTarget } from '../../../domain/act-target.js';
import { idsOf } from '../../../domain/act-target.js';
import type { World } from '../../../simulator/core/world.js';

/** What people, apps and addresses of a scenario are called: at the vendors, and for people who read. */
export class Names {
  constructor(readonly world: World) {}

  /** Ids that a target may hold: native ids and address of `@key`, the id of `app:key`, the address of `ip:key`. */
  ids(about: string): readonly string[] {
    const { world } = this;
    const [, mark, key = ''] = /^(@|app:|ip:)(.+)$/.exec(about) ?? [];
    if (mark === 'ip:') return [world.ip(key)];
    if (mark === 'app:') return [world.appId(key)];
    const person = mark === '@' ? world.scenario.people[key] : undefined;
    if (!person) throw new Error(`the scenario has no ${about}`);
    return [...person.accounts.map((platform) => world.nativeId(platform, key)), person.email];
  }

  /** All that tells a reader who or what is meant; a text that is no reference stands for itself. */
  words(text: string): readonly string[] {
    const [, mark, key = ''] = /^(@|app:|ip:)([a-z0-9_-]+)$/.exec(text) ?? [];
    const { people, apps, ips } = this.world.scenario;
    const known = mark === '@' ? people[key] : mark === 'app:' ? apps[key] : mark === 'ip:' ? ips[key] : undefined;
    if (known === undefined) return [text];
    return [...this.ids(text), ...(typeof known === 'string' ? [] : [known.name])];
  }

  /** Key of the person who has one of these ids. */
  personOf(ids: readonly string[]): string | undefined {
    const given = new Set(ids);
    return Object.keys(this.world.scenario.people).find((key) => this.ids(`@${key}`).some((id) => given.has(id)));
  }
}

/**
 * Whether an act is about somebody or something: its target names it. A device names nobody, so that it is about those whom the act
 * affects or, unread, whom the plan is for: `owners`.
 */
export function isAbout(target: ActTarget, ids: readonly string[], owners: readonly string[]): boolean {
  const named = [...idsOf(target).map(withoutMask), ...(target.type === 'device' ? owners : [])];
  return named.some((id) => ids.some((wanted) => wanted.toLowerCase() === id.toLowerCase()));
}

/** One address as a network of one: `192.0.2.1/32`. */
const withoutMask = (id: string): string => id.replace(/^([\d.]+)\/32$|^([\da-f:]+)\/128$/i, '$1$2');
