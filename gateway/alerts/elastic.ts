import type { Alert } from '../../domain/alert.js';
import { QuellError } from '../../domain/errors.js';
import { alertOf, Fields, instantOf, severityOf, subjectsOf, type AlertContext } from './read.js';

/** Elastic Security alert document: flat with dots, nested, `_source`, or `fields` (every value a list). */
export function parseElastic(value: unknown, context: AlertContext): readonly Alert[] {
  const body = new Fields(value);
  const f =
    [body.at('_source'), body.at('fields'), body].find((x) => x.text('kibana.alert.uuid') !== undefined) ?? body;
  if (f.text('kibana.alert.building_block_type') !== undefined)
    throw new QuellError('ALERT_FORMAT', 'elastic: a building-block alert stands for nothing by itself');
  const status = f.text('kibana.alert.workflow_status');
  return [
    alertOf(context, {
      dedupeKey: f.text('kibana.alert.uuid'),
      groupKey: f.text('kibana.alert.group.id', 'kibana.alert.rule.uuid'),
      state: status === 'closed' ? 'closed' : status === 'acknowledged' ? 'update' : 'new',
      subjects: subjectsOf([
        {
          email: f.text(
            'user.email',
            'source.user.email',
            'o365.audit.UserId',
            'slack.audit.actor.user.email',
            'user.name',
          ),
          nativeId: f.text('user.id', 'slack.audit.actor.user.id'),
        },
      ]),
      title: f.text('kibana.alert.rule.name', 'kibana.alert.reason'),
      severity: severityOf(f.text('kibana.alert.severity')),
      severityRaw: f.text('kibana.alert.severity'),
      occurredAt: instantOf(f.text('kibana.alert.original_time', 'kibana.alert.start', '@timestamp')),
      detectedAt: instantOf(f.text('@timestamp')),
      ips: [...f.texts('source.ip'), ...f.texts('client.ip')],
      attack: f
        .list('kibana.alert.rule.threat')
        .flatMap((t) =>
          t
            .list('technique')
            .flatMap((q) => [
              ...q.list('subtechnique').flatMap((s) => s.text('id') ?? []),
              ...[q.text('id')].filter((id) => id !== undefined),
            ]),
        ),
      link: f.text('kibana.alert.url'),
    }),
  ];
}
