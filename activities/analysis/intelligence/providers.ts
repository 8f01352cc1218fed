import { z } from 'zod';
import { QuellError } from '../../../domain/errors.js';
import { inTime } from '../../../platforms/kit/in-time.js';
import { outgoing } from '../../../platforms/wire/outgoing.js';
import type { IntelligenceProvider } from './intelligence.js';

const TIMEOUT_MS = 10_000;

export interface ProviderOptions {
  readonly key: string;
  readonly fetch?: typeof fetch;
  /** Other base address. */
  readonly base?: string;
}

/** https://docs.abuseipdb.com/#check-endpoint */
export function abuseIpDb({
  key,
  base = 'https://api.abuseipdb.com',
  ...options
}: ProviderOptions): IntelligenceProvider {
  const answer = z.object({ data: z.object({ abuseConfidenceScore: z.number(), totalReports: z.number() }) });
  return {
    name: 'AbuseIPDB',
    types: ['ip'],
    lookup: async ({ value }, signal) => {
      const url = `${base}/api/v2/check?${new URLSearchParams({ ipAddress: value, maxAgeInDays: '90' }).toString()}`;
      const { data } = await ask(options.fetch, url, { headers: { key, accept: 'application/json' } }, answer, signal);
      if (data.abuseConfidenceScore < 25) return undefined;
      return {
        source: 'AbuseIPDB',
        confidence: data.abuseConfidenceScore >= 75 ? 'high' : 'medium',
        text: `score ${String(data.abuseConfidenceScore)} of 100 from ${String(data.totalReports)} report(s)`,
      };
    },
  };
}

/** https://urlhaus-api.abuse.ch/#hostinfo */
export function urlHaus({
  key,
  base = 'https://urlhaus-api.abuse.ch',
  ...options
}: ProviderOptions): IntelligenceProvider {
  const answer = z.object({ query_status: z.string(), url_count: z.coerce.number().optional() });
  return {
    name: 'URLhaus',
    types: ['domain', 'ip'],
    lookup: async ({ value }, signal) => {
      const request = {
        method: 'POST',
        headers: { 'auth-key': key, 'content-type': 'application/x-www-form-urlencoded' },
        body: new URLSearchParams({ host: value }).toString(),
      };
      const { query_status: status, url_count: count } = await ask(
        options.fetch,
        `${base}/v1/host/`,
        request,
        answer,
        signal,
      );
      if (status === 'no_results' || status === 'invalid_host') return undefined;
      if (status !== 'ok') throw new QuellError('VENDOR_REPLY', 'URLhaus');
      return { source: 'URLhaus', confidence: 'high', text: `${String(count ?? 0)} malware address(es) on this host` };
    },
  };
}

/** https://docs.virustotal.com/reference/file-info */
export function virusTotal({
  key,
  base = 'https://www.virustotal.com',
  ...options
}: ProviderOptions): IntelligenceProvider {
  const answer = z.object({
    data: z.object({ attributes: z.object({ last_analysis_stats: z.object({ malicious: z.number() }) }) }).optional(),
  });
  const path = { sha256: 'files', domain: 'domains', ip: 'ip_addresses' } as const;
  return {
    name: 'VirusTotal',
    types: ['sha256', 'domain', 'ip'],
    lookup: async ({ type, value }, signal) => {
      const { data } = await ask(
        options.fetch,
        `${base}/api/v3/${path[type]}/${encodeURIComponent(value)}`,
        { headers: { 'x-apikey': key } },
        answer,
        signal,
        { data: undefined },
      );
      const malicious = data?.attributes.last_analysis_stats.malicious ?? 0;
      return malicious === 0
        ? undefined
        : {
            source: 'VirusTotal',
            confidence: malicious >= 5 ? 'high' : 'medium',
            text: `${String(malicious)} engine(s) call it malicious`,
          };
    },
  };
}

/** One request; `missing` is the answer to 404. */
async function ask<T>(
  doFetch: typeof fetch = outgoing,
  url: string,
  init: RequestInit,
  answer: z.ZodType<T>,
  signal: AbortSignal,
  missing?: T,
): Promise<T> {
  const { status, body } = await inTime(TIMEOUT_MS, signal, async (limit) => {
    const response = await doFetch(url, { ...init, redirect: 'error', signal: limit });
    return { status: response.status, body: response.ok ? await response.json().catch(() => undefined) : undefined };
  }).catch((error: unknown) => {
    signal.throwIfAborted();
    throw new QuellError('VENDOR_DOWN', new URL(url).host, { cause: error });
  });
  if (status === 404 && missing !== undefined) return missing;
  if (status < 200 || status > 299)
    throw new QuellError(
      status === 429
        ? 'VENDOR_BUSY'
        : status >= 500
          ? 'VENDOR_DOWN'
          : status === 401 || status === 403
            ? 'VENDOR_AUTH'
            : 'VENDOR_REFUSED',
      String(status),
    );
  const parsed = answer.safeParse(body);
  if (!parsed.success) throw new QuellError('VENDOR_REPLY', new URL(url).host);
  return parsed.data;
}
