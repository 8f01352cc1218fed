import type { z } from 'zod';
import type { EventKind, EvidenceEvent } from '../../../domain/evidence.js';
import { compact } from '../../kit/compact.js';
import { readAs, someText } from '../../kit/rows.js';
import { named, personIn, type AuditEntry } from './audit-entry.js';

/** What an entry is about, in the words of the evidence. */
export function targetOf(kind: EventKind, entry: AuditEntry): EvidenceEvent['target'] {
  const { action, entity } = entry;
  const holder = kind === 'role_change' ? holderOf(entry) : undefined;
  if (holder !== undefined) return holder;
  if (kind === 'export') return { type: 'export', id: exportId(entry) };
  if (kind === 'config_change' && !entity?.app)
    return compact({ type: 'setting' as const, id: action, name: settingName(entry) });
  if (!entity) return undefined;
  for (const type of ['file', 'app', 'channel'] as const) {
    const thing = entity[type];
    if (thing) return compact({ type, id: thing.id, name: thing.name });
  }
  if (entity.user) return { type: 'user', id: entity.user.id };
  const other = thingOf(entry);
  if (!other) return undefined;
  if (entity.type === 'message') return { type: 'message', id: other.id };
  if (entity.type !== 'canvas' && entity.type !== 'list') return undefined;
  return compact({ type: 'file' as const, id: other.id, name: other.name ?? other.title });
}

/** Canvases and lists are files of their own kind; their sibling key has the type's name. */
const thingOf = ({ entity }: AuditEntry): z.infer<typeof named> => readAs(named, entity?.[entity.type ?? '']);

/** Who has the role now: the entity of a change of the account's own role, a detail where the entity is the role. */
function holderOf({ entity, details }: AuditEntry): EvidenceEvent['target'] {
  const id = entity?.user?.id ?? personIn(details?.['target_user'] ?? details?.['target_entity_id']);
  return id === undefined ? undefined : { type: 'user', id };
}

/** Of a hold, a rule, a provider: its name, where the entry has one. */
function settingName(entry: AuditEntry): string | undefined {
  if (['enterprise', 'workspace', 'user'].includes(entry.entity?.type ?? '')) return undefined;
  const thing = thingOf(entry);
  return thing?.name ?? thing?.title;
}

/** Started, completed and downloaded are steps of one export, told apart by the time it covers. */
function exportId({ id, action, details }: AuditEntry): string {
  const start = readAs(someText, details?.['export_start_ts']) ?? id;
  return `${action.replace(/_(started|completed|downloaded)$/, '')}:${start}`;
}
