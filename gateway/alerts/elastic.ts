import type { Alert } from '../../domain/alert.js';
import { QuellError } from '../../domain/errors.js';
import type { Fields } from './fields.js';
import { alertOf, assertIs, subjectsOf, type AlertContext } from './read.js';
import { evidenceOf, instantOf, nativeIdOf, platformOf, severityOf } from './values.js';

const EMAILS = [
  'user.email',
  'source.user.email',
  'slack.audit.actor.user.email',
  'google_workspace.actor.email',
  'o365.audit.UserId',
  'azure.signinlogs.properties.user_principal_name',
  'user.name',
] as const;
const IDS = ['user.id', 'source.user.id', 'slack.audit.actor.user.id', 'azure.signinlogs.properties.user_id'] as const;

/** Elastic Security alert document: flat with dots, nested, `_source`, or `fields` (every value a list). */
export function parseElastic(body: Fields, context: AlertContext): Alert {
  const f =
    [body.at('_source'), body.at('fields'), body].find((x) => x.text('kibana.alert.uuid') !== undefined) ?? body;
  assertIs(context, f.has('kibana.alert.uuid'), 'kibana.alert.uuid');
  if (f.text('kibana.alert.building_block_type') !== undefined)
    throw new QuellError('ALERT_FORMAT', 'elastic: a building-block alert stands for nothing by itself');
  const platform = platformOf(f.texts('event.dataset', 'event.module', 'data_stream.dataset'));
  const status = f.text('kibana.alert.workflow_status');
  const threats = f.list('kibana.alert.rule.threat').flatMap((t) => t.list('technique'));
  return alertOf(context, {
    id: f.text('kibana.alert.uuid'),
    groupKey: f.text('kibana.alert.group.id', 'kibana.alert.rule.uuid'),
    state: status === 'closed' ? 'closed' : status === 'acknowledged' ? 'update' : 'new',
    platform,
    subjects: subjectsOf([
      // One account said in two ways stays one subject; lists name several.
      { email: f.text(...EMAILS), nativeId: nativeIdOf(platform, f.text(...IDS)), platform },
      ...f.texts('user.email', 'user.name').map((email) => ({ email, platform })),
    ]),
    title: f.text('kibana.alert.rule.name', 'kibana.alert.reason'),
    severity: severityOf(f.text('kibana.alert.severity')),
    severityRaw: f.text('kibana.alert.severity'),
    occurredAt: instantOf(f.text('kibana.alert.original_time', 'kibana.alert.start', '@timestamp')),
    detectedAt: instantOf(f.text('@timestamp')),
    ips: f.texts('source.ip', 'client.ip', 'Esql.source_ip_values'),
    userAgent: f.text('user_agent.original'),
    attack: threats.flatMap((t) => [...t.list('subtechnique').flatMap((s) => s.texts('id')), ...t.texts('id')]),
    evidence: [
      ...evidenceOf('file', f.texts('file.name')),
      ...evidenceOf('query', f.texts('kibana.alert.original_event.action', 'event.action')),
    ],
    link: f.text('kibana.alert.url'),
  });
}
