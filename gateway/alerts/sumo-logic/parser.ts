import type { Fields } from '../kit/fields.js';
import type { AlertFormat } from '../kit/parser.js';
import { about } from './about.js';
import { isInsight, readInsight } from './insight.js';
import { isMonitorAlert, readMonitorAlert } from './monitor.js';

/**
 * Sumo Logic: the webhook of a monitor or scheduled search, whose body is a template of the operator's own, and a Cloud SIEM Insight as
 * its API and its automations give it (help.sumologic.com, "Playbook payloads", "Webhook connections").
 */
export const sumoLogic: AlertFormat = {
  about,
  looksLike: (body) => split(body).some((f) => isInsight(f) || isMonitorAlert(f)),
  split,
  read: (f) => (isInsight(f) ? readInsight(f) : readMonitorAlert(f)),
};

/** The API wraps one in `data`, several in `data.objects`; an automation in `insight`. */
function split(body: Fields): readonly Fields[] {
  const many = body.list('data.objects');
  if (many.length > 0) return many;
  return [['insight', 'data'].map((key) => body.at(key)).find(isInsight) ?? body];
}
