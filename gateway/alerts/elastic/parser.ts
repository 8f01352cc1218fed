import { partsOfEvidence } from '../graph-alerts-v2/parser.js';
import { nearest } from '../kit/accounts.js';
import type { Fields } from '../kit/fields.js';
import { lookingFor, type AlertFormat, type NamedSubject } from '../kit/parser.js';
import { instantOf, mailOf, platformOf, severalOf, severityOf, techniques } from '../kit/values.js';
import { about } from './about.js';

/**
 * Elastic Security alert document: flat with dots, nested, under `_source`, or in `fields` form (every value a list); one, or several
 * in `alerts` (docs/alerts.md gives a template for Kibana's webhook). Fields of the rows are those of elastic/integrations (o365,
 * google_workspace, slack, azure, m365_defender).
 */
export const elastic: AlertFormat = {
  about,
  looksLike: (body) => split(body).some((f) => f.has('kibana.alert.uuid') || f.has('kibana.alert.rule.name')),
  split,
  read(f) {
    // A building block stands for nothing by itself: the rule that is built on it raises the alert.
    if (f.has('kibana.alert.building_block_type')) return undefined;
    const status = f.text('kibana.alert.workflow_status');
    const platform = platformOf(f.text('event.dataset'), f.text('event.module'), f.text('data_stream.dataset'));
    return {
      dedupeKey: f.text('kibana.alert.uuid'),
      groupKey: f.text('kibana.alert.group.id', 'kibana.alert.rule.uuid'),
      state: status === 'closed' ? 'closed' : status === 'acknowledged' ? 'update' : 'new',
      platform,
      ...lookingFor(f, (inner) => nearest(groups(inner), platform)),
      noSubject: `elastic: no user of the alert has a mail address, a name with its domain, or an id of its platform${
        f.has('related.user') ? '; `related.user` says of nobody which part they have in it' : ''
      }`,
      title: f.text('kibana.alert.rule.name', 'kibana.alert.reason'),
      severity: severityOf(f.text('kibana.alert.severity')),
      severityRaw: f.text('kibana.alert.severity'),
      occurredAt: instantOf(f.text('kibana.alert.original_time', 'kibana.alert.start', '@timestamp')),
      detectedAt: instantOf(f.text('kibana.alert.start', '@timestamp')),
      ips: f.texts('source.ip', 'client.ip', 'Esql.source_ip_values', 'm365_defender.event.ip_address'),
      userAgent: f.text('user_agent.original'),
      sessionId: f.text(
        'slack.audit.context.session_id',
        'o365.audit.AppAccessContext.AADSessionId',
        'o365.audit.SessionId',
      ),
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

/** Who acted; else whom a vendor's alert, which one of its services wrote, is about. `user.target` and `user.changes` are whom it was done to. */
function groups(f: Fields): readonly (readonly NamedSubject[])[] {
  const { suspected, bystanders } = evidence(f);
  const aside = new Set(bystanders.flatMap(({ email }) => mailOf(email) ?? []));
  // Defender writes everybody whom its evidence names into `user`.
  const isAside = ({ email }: NamedSubject): boolean => aside.has(mailOf(email) ?? '');
  const named = [...['user', 'source.user', 'client.user'].flatMap((path) => users(f, path)), ...vendors(f)];
  return [suspected, named.filter((one) => !isAside(one)), [...entities(f), ...thresholds(f)], bystanders];
}

/** ECS user: `id` of an Office 365 row is the address, `name` may be, or stands apart from its `domain`. In `fields` form each is a list. */
function users(f: Fields, path: string): readonly NamedSubject[] {
  const of = (name: string): readonly string[] => f.texts(`${path}.${name}`);
  const [mails, names, domains, ids] = [of('email'), of('name'), of('domain'), of('id')];
  const several = Math.max(mails.length, names.length, ids.length);
  return Array.from({ length: several }, (_, n) => {
    const domain = domains.length === 1 ? domains[0] : domains[n];
    const name = mails[n] ?? names[n];
    // Lists of different lengths are not of the same people in the same order.
    const aligned = [mails, names, ids].every((list) => list.length === 0 || list.length === several);
    return aligned
      ? [{ email: name, domain, nativeId: ids[n] }]
      : [{ email: mails[n] }, { email: names[n], domain }, { nativeId: ids[n] }];
  }).flat();
}

/** What Defender's alerts name, with the part that it has in them, of all of them together. */
function evidence(f: Fields): ReturnType<typeof partsOfEvidence> {
  const alerts = ['m365_defender.alert', 'm365_defender.incident.alert', 'm365_defender.incident.alerts'];
  const pieces = alerts.flatMap((path) => {
    const inLists = f.list(path).flatMap((alert) => alert.list('evidence'));
    return (inLists.length > 0 ? inLists : f.list(`${path}.evidence`)).map((piece) => piece.loose());
  });
  const parts = partsOfEvidence(pieces);
  if (parts.suspected.length + parts.bystanders.length > 0) return parts;
  // In the `fields` form the texts of all evidence are lists, and nothing says which go together.
  const names = alerts.flatMap((path) =>
    f.texts(...['user_account.user_principal_name', 'primary_address'].map((name) => `${path}.evidence.${name}`)),
  );
  return { suspected: severalOf(names).map((email) => ({ email })), bystanders: [] };
}

function vendors(f: Fields): readonly NamedSubject[] {
  return [
    { email: f.text('o365.audit.UserId') },
    { email: f.text('slack.audit.actor.user.email'), nativeId: f.text('slack.audit.actor.user.id') },
    { email: f.text('google_workspace.actor.email'), nativeId: f.text('google_workspace.actor.profile.id') },
    ...['azure.signinlogs.properties', 'azure.identityprotection.properties'].map((path) => ({
      email: f.text(`${path}.user_principal_name`),
      nativeId: f.text(`${path}.user_id`),
    })),
    {
      email: f.text('azure.auditlogs.properties.initiated_by.user.userPrincipalName'),
      nativeId: f.text('azure.auditlogs.properties.initiated_by.user.id'),
    },
    // Rows of Defender's advanced hunting.
    ...['account.', 'initiating_process.account_', 'initiating_process_account_'].map((at) => ({
      email: f.text(`m365_defender.event.${at}upn`),
      nativeId: f.text(`m365_defender.event.${at}object_id`),
      sid: f.text(`m365_defender.event.${at}sid`),
    })),
    { email: f.text('Esql.user_email_values', 'Esql.o365_audit_UserId_values') },
  ];
}

/** `AlertTriggered` of the compliance centre: the entity, and the user in its `Data`, a text of JSON (`f3u`). */
function entities(f: Fields): readonly NamedSubject[] {
  const data = f.text('o365.audit.Data');
  let inner: unknown = f.at('o365.audit.Data').value;
  try {
    if (data !== undefined) inner = JSON.parse(data);
  } catch {
    inner = undefined;
  }
  const d = f.at('o365.audit.Data').holding(inner);
  return [{ email: f.text('o365.audit.AlertEntityId') }, { email: d.text('f3u', 'tsu', 'eid') }];
}

/** What a threshold rule counted by. */
const thresholds = (f: Fields): readonly NamedSubject[] =>
  f
    .list('kibana.alert.threshold_result.terms')
    .filter((term) =>
      /^(?:source\.|client\.)?user\.(?:email|name|id)$|o365\.audit\.UserId$/.test(term.text('field') ?? ''),
    )
    .map((term) => ({ email: term.text('value') }));

function split(body: Fields): readonly Fields[] {
  const lists = ['alerts', 'hits.hits', 'hits'].map((key) => body.list(key));
  const many = isOne(body) ? [] : (lists.find((list) => list.some(isObject)) ?? []);
  return (many.length > 0 ? many : [body]).map(
    (f) => [f.at('_source'), f.at('fields')].find((inner) => inner.has('kibana.alert.uuid')) ?? f,
  );
}

/** An alert itself, whatever else it holds. */
const isOne = (body: Fields): boolean => body.has('kibana.alert.uuid');
/** A document; the `hits` of a search hold the list and are none. */
const isObject = ({ value }: Fields): boolean => typeof value === 'object' && value !== null && !('hits' in value);

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
