import { describe, expect, it } from 'vitest';
import { abuseIpDb, IndicatorLists, urlHaus, virusTotal } from '../../../activities/analysis/index.js';
import {
  indicatorsOf,
  lookUp,
  type Intelligence,
  type IntelligenceProvider,
} from '../../../activities/analysis/intelligence/intelligence.js';
import { QuellError } from '../../../domain/errors.js';
import { event } from '../support/vendor.js';

const HASH = 'a'.repeat(64);
const never = new AbortController().signal;
const rows = [
  event('ip', { ip: '203.0.113.7' }),
  event('file', { kind: 'file_upload', sha256: HASH.toUpperCase() }),
  event('link', {
    kind: 'message',
    urls: [
      'hxxps://login.evil[.]example.org/a?b=c',
      'https://intranet.example.com/x',
      'https://203.0.113.8:8443/x',
      'not a link',
    ],
  }),
];
const lists = (text: string): IndicatorLists => {
  const made = new IndicatorLists();
  made.add('own.txt', text);
  return made;
};
const asking = (change: Partial<Intelligence> = {}): Intelligence => ({
  lists: new IndicatorLists(),
  providers: [],
  pap: 'amber',
  ownDomains: ['example.com'],
  ...change,
});

describe('indicators and lists', () => {
  it('takes addresses, hashes and hosts out of rows, defanged ones too', () => {
    expect(rows.flatMap(indicatorsOf)).toEqual([
      { type: 'ip', value: '203.0.113.7' },
      { type: 'sha256', value: HASH },
      { type: 'domain', value: 'login.evil.example.org' },
      { type: 'domain', value: 'intranet.example.com' },
      { type: 'ip', value: '203.0.113.8' },
    ]);
  });

  it('matches networks, subdomains and hashes, with the confidence and note of the line', async () => {
    const own = lists(
      `# ours\n203.0.113.7\n203.0.113.8/31,low,scanner\nevil.example.org,high,phishing, kit\n${HASH}\nExitNode ABC\nExitAddress 198.51.100.9 2026-03-01 00:00:00\n`,
    );
    const { hits } = await lookUp(asking({ lists: own }), rows, never);
    expect(hits.map((h) => [h.eventId, h.indicator.value, h.confidence, h.text])).toEqual([
      [event('ip').id, '203.0.113.7', 'medium', 'listed in own.txt'],
      [event('file').id, HASH, 'medium', 'listed in own.txt'],
      [event('link').id, 'login.evil.example.org', 'high', 'phishing, kit'],
      [event('link').id, '203.0.113.8', 'low', 'scanner'],
    ]);
    expect([...own.match({ type: 'ip', value: '198.51.100.9' })][0]?.text).toBe('Tor exit');
    expect([...own.match({ type: 'domain', value: 'notevil.example.org' })]).toEqual([]);
  });

  it.each(['nonsense', '203.0.113.7,certain', '203.0.113.0/99'])('names the line of "%s"', (line) => {
    expect(() => lists(`\n${line}`)).toThrow(/own\.txt, line 2/);
  });
});

describe('services', () => {
  const provider = (
    asked: string[],
    answer: () => Promise<undefined> = () => Promise.resolve(undefined),
  ): IntelligenceProvider => ({
    name: 'Service',
    types: ['ip', 'domain', 'sha256'],
    lookup: ({ value }) => {
      asked.push(value);
      return answer();
    },
  });

  it('asks nobody while PAP is red, and never about own domains', async () => {
    const asked: string[] = [];
    await lookUp(asking({ pap: 'red', providers: [provider(asked)] }), rows, never);
    expect(asked).toEqual([]);
    await lookUp(asking({ providers: [provider(asked)] }), rows, never);
    expect(asked).toEqual(['203.0.113.7', HASH, 'login.evil.example.org', '203.0.113.8']);
  });

  it('names a service that does not answer, and leaves it alone', async () => {
    const asked: string[] = [];
    const broken = provider(asked, () => Promise.reject(new QuellError('VENDOR_DOWN')));
    expect(await lookUp(asking({ providers: [broken] }), rows, never)).toEqual({ hits: [], unreachable: ['Service'] });
    expect(asked).toHaveLength(1);
  });

  it('asks about each indicator once, and not without a bound', async () => {
    const asked: string[] = [];
    const many = Array.from({ length: 300 }, (_, i) => event(`r${String(i)}`, { ip: `198.51.100.${String(i % 100)}` }));
    const { unreachable } = await lookUp(asking({ providers: [provider(asked)] }), many, never);
    expect(asked).toHaveLength(50);
    expect(unreachable).toEqual(['Service: more than 50 look-ups']);
  });

  const served = (status: number, body: unknown) => {
    const calls: { url: string; init: RequestInit }[] = [];
    const doFetch = ((url: string, init: RequestInit) => {
      calls.push({ url, init });
      return Promise.resolve(new Response(typeof body === 'string' ? body : JSON.stringify(body), { status }));
    }) as typeof fetch;
    return { calls, options: { key: 'k', fetch: doFetch } };
  };

  it('reads AbuseIPDB, URLhaus and VirusTotal as they document it', async () => {
    const abuse = served(200, { data: { abuseConfidenceScore: 90, totalReports: 7 } });
    expect(await abuseIpDb(abuse.options).lookup({ type: 'ip', value: '203.0.113.7' }, never)).toMatchObject({
      confidence: 'high',
      text: 'score 90 of 100 from 7 report(s)',
    });
    expect(abuse.calls[0]?.url).toBe('https://api.abuseipdb.com/api/v2/check?ipAddress=203.0.113.7&maxAgeInDays=90');
    const haus = served(200, { query_status: 'ok', url_count: '3' });
    expect(await urlHaus(haus.options).lookup({ type: 'domain', value: 'evil.example.org' }, never)).toMatchObject({
      text: '3 malware address(es) on this host',
    });
    expect(haus.calls[0]?.init.body).toBe('host=evil.example.org');
    const total = served(200, { data: { attributes: { last_analysis_stats: { malicious: 2 } } } });
    expect(await virusTotal(total.options).lookup({ type: 'sha256', value: HASH }, never)).toMatchObject({
      confidence: 'medium',
    });
    expect(total.calls[0]?.url).toBe(`https://www.virustotal.com/api/v3/files/${HASH}`);
  });

  it('knows nothing where the service knows nothing', async () => {
    expect(
      await abuseIpDb(served(200, { data: { abuseConfidenceScore: 0, totalReports: 0 } }).options).lookup(
        { type: 'ip', value: '203.0.113.7' },
        never,
      ),
    ).toBeUndefined();
    expect(
      await urlHaus(served(200, { query_status: 'no_results' }).options).lookup(
        { type: 'ip', value: '203.0.113.7' },
        never,
      ),
    ).toBeUndefined();
    expect(
      await virusTotal(served(404, { error: {} }).options).lookup({ type: 'sha256', value: HASH }, never),
    ).toBeUndefined();
  });

  it.each([
    [429, '', 'VENDOR_BUSY'],
    [503, '', 'VENDOR_DOWN'],
    [401, '', 'VENDOR_AUTH'],
    [400, '', 'VENDOR_REFUSED'],
    [200, '<html>', 'VENDOR_REPLY'],
    [200, { data: {} }, 'VENDOR_REPLY'],
  ])('maps %i %j to %s', async (status, body, code) => {
    await expect(
      abuseIpDb(served(status, body).options).lookup({ type: 'ip', value: '203.0.113.7' }, never),
    ).rejects.toMatchObject({ code });
  });
});
