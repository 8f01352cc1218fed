import { describe, expect, it } from 'vitest';
import { about as datadog } from '../../../gateway/alerts/datadog/about.js';
import { about as sumoLogic } from '../../../gateway/alerts/sumo-logic/about.js';
import { reader } from './format-support.js';

/** The payload that the docs tell people to give to their tool, with its variables filled. */
function payload(setUp: string, values: Readonly<Record<string, string>>): object {
  const text = /`(\{.*?\})`/.exec(setUp)?.[1] ?? '';
  const filled = text.replace(/\{\{(\w+)\}\}|\$([A-Z_]+)/g, (_, a?: string, b?: string) => values[a ?? b ?? ''] ?? '');
  return JSON.parse(filled) as object;
}

describe('the payload that the docs give', () => {
  it('for Datadog is read', () => {
    const body = payload(datadog.setUp, {
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
    const body = payload(sumoLogic.setUp, {
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
