import type { Activity, Value } from './activities.js';
import { hexId, qualifier } from './rows.js';
import type { User } from './entities.js';
import type { TenantState } from './state.js';

/** As the Reports API words it: one activity with one event. */
export function wording(activity: Activity, state: TenantState, customerId: string): object {
  const user = state.users.get(activity.actor ?? '');
  const parameters = Object.entries(activity.parameters).flatMap(([name, value]) =>
    value === undefined ? [] : [{ name, ...worded(value) }],
  );
  return {
    kind: 'admin#reports#activity',
    etag: `"${hexId(`etag:${activity.seed}`)}"`,
    id: {
      time: activity.at.toISOString(),
      uniqueQualifier: qualifier(activity.seed),
      applicationName: activity.application,
      customerId,
    },
    actor: actorOf(activity, user),
    ownerDomain: 'example.com',
    ...(activity.ip === undefined ? {} : { ipAddress: activity.ip }),
    ...(activity.country === undefined && activity.asn === undefined
      ? {}
      : {
          networkInfo: {
            ...(activity.asn === undefined ? {} : { ipAsn: [activity.asn] }),
            ...(activity.country === undefined ? {} : { regionCode: activity.country }),
          },
        }),
    events: [{ type: activity.type, name: activity.name, ...(parameters.length === 0 ? {} : { parameters }) }],
  };
}

function actorOf({ key, client }: Activity, user: User | undefined): object {
  if (key !== undefined) return { callerType: 'KEY', key };
  return {
    callerType: 'USER',
    ...(user ? { email: user.email, profileId: user.id } : {}),
    ...(client === undefined ? {} : { applicationInfo: { oauthClientId: client } }),
  };
}

function worded(value: Value): object {
  if (typeof value === 'string') return { value };
  if (typeof value === 'number') return { intValue: String(value) };
  if (typeof value === 'boolean') return { boolValue: value };
  return { multiValue: value };
}
