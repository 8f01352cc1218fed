import type { EvidencePort, SourceQuery } from '../platforms/ports.js';
import * as google from '../test/platforms/google/fixture.js';
import * as microsoft from '../test/platforms/microsoft/fixture.js';
import * as slack from '../test/platforms/slack/fixture.js';
import type { Task } from './measure.js';

const ROWS = 2_000;
const by = { user: '@dana', ip: 'ip:attacker' };
const many = { at: '-PT5H', every: 'PT1S', repeat: ROWS };

/** A vendor's tenant with some thousand rows in each of its large lists, and the sources that read them. */
interface Filled {
  readonly port: EvidencePort;
  readonly query: SourceQuery;
  readonly sources: readonly string[];
  close(): Promise<void>;
}

async function filledSlack(): Promise<Filled> {
  const tenant = await slack.startTenant([
    { ...many, type: 'audit', action: 'file_downloaded', actor: '@dana', entity: 'file:{n}.txt' },
    { ...many, type: 'access', user: '@dana', ip: 'ip:attacker', ua: 'client {n}', country: 'NL' },
    { type: 'channel', at: '-P2D', name: 'general', members: ['@dana', '@eve'] },
    { ...many, type: 'message', channel: 'general', from: '@dana', text: 'plan {n} https://example.com/{n}' },
  ]);
  return {
    port: slack.evidenceOf(tenant, { timeoutMs: 30_000 }),
    query: tenant.query('dana', { readContent: true }),
    sources: ['slack.audit_logs.files', 'slack.access_logs', 'slack.messages'],
    close: tenant.close,
  };
}

async function filledMicrosoft(): Promise<Filled> {
  const tenant = await microsoft.startTenant([
    { ...many, type: 'sign_in', ...by, country: 'NL' },
    { ...many, type: 'directory_audit', user: '@ada', activity: 'Reset user password', target: '@dana' },
    { ...many, type: 'audit', ...by, operation: 'FileDownloaded', file: 'plan-{n}.docx', bytes: 9_000 },
    { ...many, type: 'message', chat: 'deal', from: '@dana', to: ['@max'], text: 'offer {n} https://example.com/{n}' },
  ]);
  return {
    port: microsoft.evidenceOf(tenant, { timeoutMs: 30_000 }),
    query: tenant.query('dana', { readContent: true }),
    sources: ['microsoft.sign_ins', 'microsoft.directory_audits', 'microsoft.audit_search', 'microsoft.messages'],
    close: tenant.close,
  };
}

async function filledGoogle(): Promise<Filled> {
  const tenant = await google.startTenant([
    { ...many, type: 'login', ...by, country: 'NL' },
    { ...many, type: 'drive', ...by, event: 'download', file: 'plan-{n}.pdf' },
    { ...many, type: 'chat', user: '@dana', event: 'conversation_read', space: 'finance' },
    { ...many, type: 'message', space: 'team', from: '@dana', text: 'to all {n} https://example.com/{n}' },
  ]);
  return {
    port: google.evidenceOf(tenant),
    query: tenant.query('dana', { readContent: true }),
    sources: ['google.login', 'google.drive', 'google.chat', 'google.messages'],
    close: tenant.close,
  };
}

/** Rows per second through each vendor's readers: from the bytes of an answer to events. What the simulated tenant answered once is answered from memory. */
export async function readerTasks(): Promise<{ readonly tasks: readonly Task[]; close(): Promise<void> }> {
  const memory = rememberAnswers();
  const tenants = [await filledSlack(), await filledMicrosoft(), await filledGoogle()];
  const tasks = [];
  for (const { port, query, sources } of tenants) {
    for (const id of sources) {
      const run = (): Promise<number> => walk(port, id, query);
      tasks.push({ name: `read ${id}`, unit: 'rows', count: await run(), run });
    }
  }
  return {
    tasks,
    close: async () => {
      memory.forget();
      await Promise.all(tenants.map((tenant) => tenant.close()));
    },
  };
}

async function walk(port: EvidencePort, id: string, query: SourceQuery): Promise<number> {
  const source = port.sources.find((s) => s.id === id);
  if (!source) throw new Error(`no source ${id}`);
  let [rows, cursor] = [0, undefined as string | undefined];
  do {
    const page = await source.read(query, cursor);
    rows += page.events.length;
    cursor = page.next;
  } while (cursor !== undefined);
  return rows;
}

/** Puts a `fetch` in place that asks once for each request. */
function rememberAnswers(): { forget(): void } {
  const asked = globalThis.fetch;
  const answers = new Map<string, { readonly text: string; readonly status: number; readonly headers: Headers }>();
  globalThis.fetch = async (input, init) => {
    const url = input instanceof Request ? input.url : String(input);
    const { method = 'GET', body } = init ?? {};
    const key = `${method} ${url} ${body instanceof URLSearchParams ? body.toString() : JSON.stringify(body)}`;
    let answer = answers.get(key);
    if (!answer) {
      const response = await asked(input, init);
      answer = { text: await response.text(), status: response.status, headers: response.headers };
      // Whether a search is done yet is asked anew.
      if (response.ok && !/\/queries\/[^/]+$/.test(url)) answers.set(key, answer);
    }
    const { text, status, headers } = answer;
    return new Response(status === 204 ? null : text, { status, headers });
  };
  return { forget: () => void (globalThis.fetch = asked) };
}
