import type { AboutFormat } from '../kit/parser.js';

export const about: AboutFormat = {
  name: 'slack-anomaly',
  product: 'Slack anomaly events',
  sends: 'an entry of the audit log, or a page of it in `entries[]`, by a forwarder that reads the Audit Logs API',
  auth: ['hmac', 'slack'],
  shape: '`action`, `actor` and `date_create`',
  identity: '`id`',
  subjects: '`actor.user`; the entity when Slack itself acts; the app that an entry is about',
  states: 'always new',
  setUp:
    'Forward the entries whose action is `anomaly`, `audit_logs_records_searched_anomaly` or `user_sessions_reset_by_anomaly_event_response`; other actions are log rows that Quell reads by itself.',
  nobodyWithout: ['actor.user.id', 'actor.user.email', 'entity.user'],
};
