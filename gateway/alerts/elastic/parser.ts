import type { Fields } from '../kit/fields.js';
import type { AlertParser } from '../kit/parser.js';
import { instantOf, platformOf, severityOf, techniques } from '../kit/values.js';

/**
 * Elastic Security alert document: flat with dots, nested, under `_source`, or in `fields` form (every value a list); one, or several
 * in `alerts` (docs/alerts.md gives a template for Kibana's webhook).
 */
export const elastic: AlertParser = {
  looksLike: (body) => split(body).some((f) => f.has('kibana.alert.uuid') || f.has('kibana.alert.rule.name')),
  split,
  read(f) {
    // A building block stands for nothing by itself: the rule that is built on it raises the alert.
    if (f.has('kibana.alert.building_block_type')) return undefined;
    const status = f.text('kibana.alert.workflow_status');
    return {
      dedupeKey: f.text('kibana.alert.uuid'),
      groupKey: f.text('kibana.alert.group.id', 'kibana.alert.rule.uuid'),
      state: status === 'closed' ? 'closed' : status === 'acknowledged' ? 'update' : 'new',
      platform: platformOf(f.text('event.dataset'), f.text('event.module'), f.text('data_stream.dataset')),
      subjects: [
        {
          email: f.text('user.email', 'source.user.email', 'o365.audit.UserId', 'slack.audit.actor.user.email'),
          nativeId: f.text('slack.audit.actor.user.id', 'azure.signinlogs.properties.user_id', 'user.id'),
        },
        // `user.id` of an Office 365 row is the address; `user.name` may be.
        { email: f.text('user.name') },
        { email: f.text('user.id') },
      ],
      title: f.text('kibana.alert.rule.name', 'kibana.alert.reason'),
      severity: severityOf(f.text('kibana.alert.severity')),
      severityRaw: f.text('kibana.alert.severity'),
      occurredAt: instantOf(f.text('kibana.alert.original_time', 'kibana.alert.start', '@timestamp')),
      detectedAt: instantOf(f.text('kibana.alert.start', '@timestamp')),
      ips: [...f.texts('source.ip', 'client.ip', 'Esql.source_ip_values')],
      userAgent: f.text('user_agent.original'),
      attack: techniques(threat(f)),
      evidence: [
        { type: 'file', value: f.text('file.name') },
        { type: 'url', value: f.text('url.original') },
        { type: 'query', value: f.text('kibana.alert.original_event.action', 'event.action') },
      ],
      link: f.text('kibana.alert.url'),
    };
  },
};

function split(body: Fields): readonly Fields[] {
  const many = body.list('alerts');
  return (many.length > 0 ? many : [body]).map(
    (f) => [f.at('_source'), f.at('fields')].find((inner) => inner.has('kibana.alert.uuid')) ?? f,
  );
}

/** The narrowest technique of each; `fields` form has flattened them to lists of ids. */
function threat(f: Fields): readonly string[] {
  const nested = f.list('kibana.alert.rule.threat').flatMap((t) =>
    t.list('technique').flatMap((q) => {
      const subs = q.list('subtechnique').flatMap((s) => s.text('id') ?? []);
      return subs.length > 0 ? subs : (q.text('id') ?? []);
    }),
  );
  const flat = f.texts('kibana.alert.rule.threat.technique.subtechnique.id', 'kibana.alert.rule.threat.technique.id');
  return nested.length > 0 ? nested : flat;
}
