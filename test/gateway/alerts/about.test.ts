import { describe, expect, it } from 'vitest';
import { about as cef } from '../../../gateway/alerts/cef/about.js';
import { about as datadog } from '../../../gateway/alerts/datadog/about.js';
import { about as defenderIncident } from '../../../gateway/alerts/defender-incident/about.js';
import { about as googleSecops } from '../../../gateway/alerts/google-secops/about.js';
import { about as office365Alert } from '../../../gateway/alerts/office-365-alert/about.js';
import { about as sigma } from '../../../gateway/alerts/sigma/about.js';
import { about as sumoLogic } from '../../../gateway/alerts/sumo-logic/about.js';
import { about as syslog } from '../../../gateway/alerts/syslog/about.js';
import { reader } from './format-support.js';

/** The payload that the docs tell people to give to their tool, with its variables filled. */
function payload(sender: string, values: Readonly<Record<string, string>>): object {
  const text = /`(\{.*\})`/.exec(sender)?.[1] ?? '';
  const filled = text.replace(/\{\{(\w+)\}\}|\$([A-Z_]+)/g, (_, a?: string, b?: string) => values[a ?? b ?? ''] ?? '');
  return JSON.parse(filled) as object;
}

describe('the payload that the docs give', () => {
  it('for Datadog is read', () => {
    const body = payload(datadog.sender, {
      SECURITY_SIGNAL_ID: 'AAA',
      SECURITY_SIGNAL_SEVERITY: 'high',
      SECURITY_SIGNAL_ATTRIBUTES: '{"usr":{"email":"dana@example.com"}}',
    });
    expect(reader('datadog').one(body)).toMatchObject({
      dedupeKey: 'AAA',
      severity: 'high',
      subjects: [{ email: 'dana@example.com' }],
    });
  });
  it('for Sumo Logic is read', () => {
    const body = payload(sumoLogic.sender, {
      Id: '7',
      AlertName: 'Bulk reads',
      TriggerType: 'Critical',
      ResultsJson: '[]',
    });
    const results = '[{"user_email":"dana@example.com"}]';
    expect(reader('sumo-logic').one({ ...body, resultsJson: results })).toMatchObject({
      dedupeKey: '7',
      title: 'Bulk reads',
      subjects: [{ email: 'dana@example.com' }],
    });
  });
});

it.each(Object.entries({ cef, datadog, defenderIncident, googleSecops, office365Alert, sigma, sumoLogic, syslog }))(
  '%s names a way in which a sender proves itself',
  (_, { auth }) => {
    const named = auth.split(/[ ,;:]+/).filter((word) => /^(?:hmac|oidc|bearer|basic|url-secret)$/.test(word));
    expect(named.length).toBeGreaterThan(0);
  },
);
