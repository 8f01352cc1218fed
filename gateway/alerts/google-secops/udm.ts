import type { Platform } from '../../../domain/platform.js';
import { remembered } from '../../../domain/remembered.js';
import type { Fields } from '../kit/fields.js';
import type { NamedSubject } from '../kit/parser.js';
import { platformOf } from '../kit/values.js';
import { accountIdOf, addressOfPerson, isNobody } from '../kit/rows/people.js';

/** A field by its name in camel case, or as exports write it in snake case. */
export const field = (f: Fields, path: string): Fields => f.at(f.has(path) ? path : snakeOf(path));

const snakeOf = remembered((path) => path.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`));

/** The UDM events that a detection rests on. */
export const eventsOf = (detection: Fields): readonly Fields[] =>
  field(detection, 'collectionElements')
    .list('')
    .flatMap((element) =>
      element.list('references').flatMap((reference) => {
        const event = [reference.at('event'), reference.at('udm'), reference.at('event.udm')].find((e) =>
          e.has('metadata'),
        );
        return event ?? (reference.has('event') ? [reference.at('event')] : []);
      }),
    );

/** An event with what is read of it more than once. */
interface Event {
  readonly platform: Platform | undefined;
  readonly isSignIn: boolean;
  readonly principal: readonly Fields[];
  readonly target: readonly Fields[];
}

/** Events in which the account of `target` is the one that signs in, not one that something is done to. */
const SIGN_IN = /^USER_(?:LOGIN|LOGOUT)$/;

/** The platform that the events are of, when it is one, and who acted in them. */
export function readEvents(events: readonly Fields[]): {
  readonly platform: Platform | undefined;
  readonly actors: readonly NamedSubject[];
} {
  const read = events.map((event): Event => {
    const metadata = event.aside().at('metadata');
    return {
      platform:
        platformOf(
          ...['productName', 'logType'].map((name) => field(metadata, name).text('')),
          event.aside().text('target.application'),
        ) ?? platformOf(field(metadata, 'vendorName').text('')),
      isSignIn: SIGN_IN.test(field(metadata, 'eventType').text('') ?? ''),
      principal: usersOf(event, 'principal.user', 'src.user'),
      target: usersOf(event, 'target.user'),
    };
  });
  const platforms = new Set(read.flatMap((event) => event.platform ?? []));
  return { platform: platforms.size === 1 ? [...platforms][0] : undefined, actors: actorsOf(read) };
}

function usersOf(event: Fields, ...paths: readonly string[]): readonly Fields[] {
  const users = paths.flatMap((path) => event.list(path));
  if (users.length === 0) for (const path of paths) event.note(path, undefined);
  return users;
}

/**
 * Who acted: `principal.user`; of a sign-in without one, who signed in. The account that something was done to (`target.user`) counts
 * only when no event names an actor.
 */
function actorsOf(events: readonly Event[]): readonly NamedSubject[] {
  const actors: NamedSubject[] = [];
  const targets: NamedSubject[] = [];
  let isNamed = false;
  for (const { platform, isSignIn, ...event } of events) {
    const principal = namedOf(event.principal);
    const target = namedOf(event.target);
    const signedIn = isSignIn && principal.length === 0;
    const acted = signedIn ? target : principal;
    isNamed ||= acted.length > 0;
    actors.push(...acted.flatMap((ids) => personOf(ids, platform) ?? []));
    if (!signedIn) targets.push(...target.flatMap((ids) => personOf(ids, platform) ?? []));
  }
  return isNamed ? actors : targets;
}

/** The names and ids of each user that has any. */
function namedOf(users: readonly Fields[]): readonly (readonly string[])[] {
  const named: (readonly string[])[] = [];
  for (const user of users) {
    const ids: string[] = [];
    for (const name of NAMES) for (const id of field(user, name).texts('')) if (!isNobody(id)) ids.push(id);
    if (ids.length > 0) named.push(ids);
  }
  return named;
}
const NAMES = ['userid', 'emailAddresses', 'productObjectId', 'windowsSid'];

/** One noun is one account: of several addresses (aliases) the first. */
function personOf(ids: readonly string[], platform: Platform | undefined): NamedSubject | undefined {
  const email = ids.flatMap((id) => addressOfPerson(id) ?? [])[0];
  const nativeId = ids.flatMap((id) => accountIdOf(platform, id) ?? [])[0];
  return email === undefined && nativeId === undefined ? undefined : { email, nativeId, platform };
}
