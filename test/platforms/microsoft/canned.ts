import { createMicrosoftClient, type MicrosoftClient } from '../../../platforms/microsoft/client.js';
import { createMicrosoftEvidence } from '../../../platforms/microsoft/evidence.js';
import { OPERATIONS } from '../../../platforms/microsoft/operations.js';
import { microsoftBases, type MicrosoftSettings } from '../../../platforms/microsoft/settings.js';
import type { EvidenceEvent } from '../../../domain/evidence.js';
import type { EvidencePort, SourcePage, SourceQuery } from '../../../platforms/ports.js';
import type { Odd } from '../../../platforms/kit/rows.js';
import { createWire } from '../../../platforms/wire.js';
import { PLATFORMS } from '../../../platforms/registry.js';

export const DANA = '11111111-1111-4111-8111-111111111111';
export const QUERY: SourceQuery = {
  nativeId: DANA,
  emails: ['dana@example.com'],
  from: '2026-02-08T12:00:00.000Z',
  to: '2026-03-10T12:00:00.000Z',
  readContent: true,
};

/** What the vendor answers to an operation: a body, or one that depends on the address asked. */
export type Answers = Partial<Record<keyof typeof OPERATIONS, unknown>>;
type Answer = (url: URL) => unknown;

/** A vendor that answers exactly this; an operation that is not named is 404. */
function settingsOver(answers: Answers): MicrosoftSettings & { readonly asked: readonly string[] } {
  const asked: string[] = [];
  const wire = createWire({
    bases: microsoftBases(),
    fetch: (input) => {
      const url = new URL(input instanceof Request ? input.url : input);
      asked.push(decodeURIComponent(url.pathname + url.search));
      if (url.pathname.endsWith('/token'))
        return Promise.resolve(Response.json({ access_token: 'made-up', token_type: 'Bearer', expires_in: 3600 }));
      const body = answerOf(answers, url);
      return Promise.resolve(
        body === undefined
          ? Response.json({ error: { code: 'Request_ResourceNotFound', message: '' } }, { status: 404 })
          : Response.json(body),
      );
    },
  });
  return {
    asked,
    tenant: 'main',
    tenantId: '22222222-2222-4222-8222-222222222222',
    credential: { clientId: '00000000-0000-4000-8000-00000000cccc', clientSecret: ['made', 'up'].join('-') },
    timeoutMs: 5_000,
    notices: PLATFORMS.notices,
    wire,
  };
}

export const clientOver = (answers: Answers): MicrosoftClient => createMicrosoftClient(settingsOver(answers));

/** An evidence port over such a vendor. */
export function portOver(answers: Answers): EvidencePort & { readonly asked: readonly string[] } {
  const { asked, ...settings } = settingsOver(answers);
  const now = (): Date => new Date(QUERY.to);
  return { ...createMicrosoftEvidence({ ...settings, auditSearch: { pollMs: 1 }, now }), asked };
}

function answerOf(answers: Answers, url: URL): unknown {
  for (const [name, answer] of Object.entries(answers)) {
    const { path, version, api } = OPERATIONS[name as keyof typeof OPERATIONS];
    const route = `${api === 'graph' ? `/${version}` : ''}${path}`.replace(/\{\w+\}/g, '[^/]+').replaceAll('$', '\\$');
    if (new RegExp(`^${route}$`).test(url.pathname))
      return typeof answer === 'function' ? (answer as Answer)(url) : answer;
  }
  return undefined;
}

export const list = (...rows: readonly unknown[]): object => ({ value: rows });

/** Everything that a source gives, walked to its end. */
export async function readSource(
  port: EvidencePort,
  id: string,
  query: SourceQuery = QUERY,
): Promise<{
  readonly events: readonly EvidenceEvent[];
  readonly odd: readonly Odd[];
  readonly gaps: readonly SourcePage['gap'][];
}> {
  const source = port.sources.find((s) => s.id === id);
  if (!source) throw new Error(`no source ${id}`);
  const events: EvidenceEvent[] = [];
  const odd: Odd[] = [];
  const gaps: SourcePage['gap'][] = [];
  let cursor: string | undefined;
  for (let n = 0; n < 300; n++) {
    const page = await source.read(query, cursor);
    events.push(...page.events);
    odd.push(...(page.odd ?? []));
    if (page.gap) gaps.push(page.gap);
    cursor = page.next;
    if (cursor === undefined) return { events, odd, gaps };
  }
  throw new Error('paging does not end');
}

/** Answers with which an audit search runs at once and gives these records of the services. */
export const auditSearch = (...records: readonly unknown[]): Answers => ({
  user: { id: DANA, userPrincipalName: 'dana@example.com' },
  auditQueries: (url: URL) =>
    url.pathname.endsWith('queries') ? { ...list(), id: 'q1', status: 'succeeded' } : undefined,
  auditQuery: { id: 'q1', status: 'succeeded' },
  auditRecords: list(
    ...records.map((auditData) => ({
      id: (auditData as { Id?: unknown } | null)?.Id,
      createdDateTime: '2026-03-10T10:00:00Z',
      operation: (auditData as { Operation?: unknown } | null)?.Operation,
      auditData,
    })),
  ),
});
