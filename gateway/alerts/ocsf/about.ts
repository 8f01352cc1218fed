import type { AboutFormat } from '../kit/parser.js';

export const about: AboutFormat = {
  name: 'ocsf',
  product: 'OCSF',
  sends: 'a Detection Finding (class 2004) of 1.0 to 1.8, or a Security Finding (2001), by whatever speaks OCSF',
  auth: ['hmac', 'bearer', 'oidc'],
  shape: '`class_uid` 2004 or 2001 with `finding_info` or `finding`',
  identity: 'product and `finding_info.uid`',
  subjects:
    '`actor.user` of `evidences[]` and of the finding; when nobody acts, `user` and `resources[]` of a user’s kind; else observables of the types email, user name and user id, by `type_id`, `type` or name: those named as actor or sender, else all but targets and recipients. The system itself is none',
  states: '`activity_id`, `status_id`',
  setUp: 'Send each finding as it is. `metadata.product.vendor_name` must say whose platform it is for ids to count.',
  nobodyWithout: ['evidences.0.actor', 'observables.0'],
};
