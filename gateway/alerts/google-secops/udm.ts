import type { Platform } from '../../../domain/platform.js';
import type { Fields } from '../kit/fields.js';
import type { NamedSubject } from '../kit/parser.js';
import { platformOf } from '../kit/values.js';
import { accountIdOf, addressOfPerson, isNobody } from '../rows/people.js';

/** A field by its name in camel case, or as exports write it in snake case. */
export function field(
  f: Fields,
  path: string,
): { readonly text: string | undefined; readonly texts: readonly string[]; readonly list: readonly Fields[] } {
  const snake = path.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
  const name = f.has(path) ? path : snake;
  return { text: f.text(name), texts: f.texts(name), list: f.list(name) };
}

/** The UDM events that a detection rests on. */
export const eventsOf = (detection: Fields): readonly Fields[] =>
  field(detection, 'collectionElements').list.flatMap((element) =>
    element.list('references').flatMap((reference) => {
      const event = [reference.at('event'), reference.at('udm'), reference.at('event.udm')].find((e) =>
        e.has('metadata'),
      );
      return event ?? (reference.has('event') ? [reference.at('event')] : []);
    }),
  );

/** The platform that the events are of, when it is one. */
export function platformOfEvents(events: readonly Fields[]): Platform | undefined {
  const found = new Set(events.flatMap((event) => platformOfEvent(event) ?? []));
  return found.size === 1 ? [...found][0] : undefined;
}

const platformOfEvent = (event: Fields): Platform | undefined =>
  platformOf(
    field(event, 'metadata.productName').text ?? field(event, 'metadata.logType').text,
    field(event, 'metadata.logType').text,
    field(event, 'target.application').text,
  ) ?? platformOf(field(event, 'metadata.vendorName').text);

/** Events in which the account of `target` is the one that signs in, not one that something is done to. */
const SIGN_IN = /^USER_(?:LOGIN|LOGOUT)$/;

/**
 * Who acted in the events: `principal.user`; of a sign-in without one, who signed in. The account that something was done to
 * (`target.user`) counts only when no event names an actor.
 */
export function actorsOf(events: readonly Fields[]): readonly NamedSubject[] {
  const actors: NamedSubject[] = [];
  const targets: NamedSubject[] = [];
  let isNamed = false;
  for (const event of events) {
    const platform = platformOfEvent(event);
    const principal = [...event.list('principal.user'), ...event.list('src.user')].filter(isAnybody);
    const target = event.list('target.user').filter(isAnybody);
    const signedIn = principal.length === 0 && SIGN_IN.test(field(event, 'metadata.eventType').text ?? '');
    const acted = signedIn ? target : principal;
    isNamed ||= acted.length > 0;
    actors.push(...acted.flatMap((user) => personOf(user, platform) ?? []));
    if (!signedIn) targets.push(...target.flatMap((user) => personOf(user, platform) ?? []));
  }
  return isNamed ? actors : targets;
}

const idsOf = (user: Fields): readonly string[] => [
  ...field(user, 'userid').texts,
  ...field(user, 'emailAddresses').texts,
  ...field(user, 'productObjectId').texts,
  ...field(user, 'windowsSid').texts,
];

const isAnybody = (user: Fields): boolean => idsOf(user).some((id) => !isNobody(id));

/** One noun is one account: of several addresses (aliases) the first. */
function personOf(user: Fields, platform: Platform | undefined): NamedSubject | undefined {
  const ids = idsOf(user);
  const email = ids.flatMap((id) => addressOfPerson(id) ?? [])[0];
  const nativeId = ids.flatMap((id) => accountIdOf(platform, id) ?? [])[0];
  return email === undefined && nativeId === undefined ? undefined : { email, nativeId, platform };
}
