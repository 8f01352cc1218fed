import { NOBODY } from '../nobody.js';
import { z } from 'zod';
import { mailOf } from '../../../domain/account-names.js';
import type { EvidenceEvent } from '../../../domain/evidence.js';
import { countryOf } from '../../../domain/places.js';
import { maybe, someAsn, someFlag, someList, someText } from '../../kit/rows.js';
import { namedParameter } from './parameters.js';

/**
 * An activity of the Reports API (developers.google.com, Reports API, activities.list) with one of its events: an activity holds several,
 * and an odd one must not cost the others. Time and qualifier together identify the activity.
 */
export const activityShape = z.looseObject({
  id: z.looseObject({
    time: z.union([z.string(), z.number()]),
    uniqueQualifier: z.union([z.string().min(1), z.number().transform(String)]),
  }),
  actor: maybe(
    z.looseObject({
      callerType: someText,
      email: someText,
      profileId: someText,
      key: someText,
      applicationInfo: maybe(
        z.looseObject({ oauthClientId: someText, applicationName: someText, impersonation: someFlag }),
      ),
    }),
  ),
  ipAddress: z.unknown().optional(),
  networkInfo: maybe(z.looseObject({ ipAsn: someList(someAsn), regionCode: someText, subdivisionCode: someText })),
  events: z.looseObject({ type: someText, name: z.string().min(1), parameters: someList(namedParameter) }),
});
export type Activity = z.output<typeof activityShape>;
export const activitiesPage = z.looseObject({ items: someList(z.unknown()), nextPageToken: someText });
/** With the event's place in the activity, which is part of its id. */
export const eventShape = activityShape.extend({ index: z.int() });

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** The rows of a page: one for each event of each activity; an activity without events stays as it came. */
export function eventRows(activities: readonly unknown[]): readonly unknown[] {
  return activities.flatMap((activity): readonly unknown[] => {
    const events = isObject(activity) ? activity['events'] : undefined;
    const list: readonly unknown[] = Array.isArray(events) ? events : isObject(events) ? [events] : [];
    if (!isObject(activity) || list.length === 0) return [activity];
    return list.map((event, index) => ({ ...activity, events: event, index }));
  });
}

/** A person's id as rows give it; undefined for the placeholder. */
export const personIn = (profileId: string | undefined): string | undefined =>
  profileId === NOBODY ? undefined : profileId;

/**
 * Who acted: the person by id, or by address where the row has no id (who is not of the organisation). A service, robot or delegated app
 * is no person: it stands as the app.
 */
export function whoActed(
  { actor }: Activity,
  subject: { readonly nativeId: string; readonly emails: readonly string[] },
): Pick<EvidenceEvent, 'actor' | 'app'> {
  if (actor === undefined) return {};
  const { callerType, key, applicationInfo } = actor;
  const client = applicationInfo?.impersonation === true ? applicationInfo.oauthClientId : undefined;
  const app =
    callerType === 'KEY'
      ? { id: key ?? 'SYSTEM' }
      : client === undefined
        ? undefined
        : { id: client, ...(applicationInfo?.applicationName ? { name: applicationInfo.applicationName } : {}) };
  const mail = mailOf(actor.email);
  const byMail = mail !== undefined && subject.emails.includes(mail) ? subject.nativeId : mail;
  const who = callerType === 'KEY' ? undefined : (personIn(actor.profileId) ?? byMail);
  return { ...(who === undefined ? {} : { actor: who }), ...(app === undefined ? {} : { app }) };
}

/** Network of the caller as Google knows it; `subdivisionCode` is ISO 3166-2 and begins with the country. */
export function networkOf({ networkInfo }: Activity): Pick<EvidenceEvent, 'asn' | 'country'> {
  const asn = networkInfo?.ipAsn.find((n) => n !== undefined);
  const country = countryOf(networkInfo?.regionCode) ?? countryOf(networkInfo?.subdivisionCode?.slice(0, 2));
  return { ...(asn === undefined ? {} : { asn }), ...(country === undefined ? {} : { country }) };
}
