import { createEvidenceActivities } from '../../../activities/evidence/index.js';
import type { EvidenceActivities } from '../../../activities/contract.js';
import type { Collection, EvidenceEvent } from '../../../domain/evidence.js';
import type { EvidenceSource } from '../../../platforms/ports.js';
import type { AuditEntry } from '../../../store/audit/entry.js';
import { House, perform } from './house.js';
import { event, port } from './vendor.js';

type Input = Parameters<EvidenceActivities['collectEvidence']>[0];

export class Bench {
  readonly house: House;
  readonly subjectId: string;
  private constructor(house: House, subjectId: string) {
    this.house = house;
    this.subjectId = subjectId;
  }
  static async build(): Promise<Bench> {
    const house = await House.build();
    const accounts = [{ platform: 'slack', tenant: 'main', nativeId: 'U1' }] as const;
    return new Bench(house, await house.person({ accounts, mails: ['ada@example.com'], name: 'Ada Example' }));
  }
  /** A worker of its own: what it knows of earlier attempts is in the store. */
  activities(
    sources: readonly EvidenceSource[],
    maxRowsPerSource = 1000,
    spool = this.house.spool,
  ): EvidenceActivities {
    const { house } = this;
    return createEvidenceActivities({
      ports: [port(sources)],
      registry: house.registry,
      evidence: house.evidence.writer,
      grounds: house.grounds.writer,
      policies: house.policies,
      manifestKey: house.keys.signing('manifest'),
      audit: house.audit,
      spool,
      geo: (ip) => (ip === '203.0.113.9' ? { country: 'NL', asn: 64500, asName: 'Example Net' } : {}),
      maxRowsPerSource,
    });
  }
  input(change: Partial<Input> = {}): Input {
    return {
      caseId: `case-${this.subjectId}`,
      subjectId: this.subjectId,
      tenant: { platform: 'slack', tenant: 'main' },
      depth: 'narrow',
      from: '2026-02-16T00:00:00.000Z',
      to: '2026-03-02T12:00:00.000Z',
      readContent: false,
      ...change,
    };
  }
  run(sources: readonly EvidenceSource[], change: Partial<Input> = {}, spool = this.house.spool): Promise<Collection> {
    return perform(this.activities(sources, 1000, spool), 'collectEvidence', this.input(change));
  }
  async rows(collection: Collection): Promise<readonly EvidenceEvent[]> {
    const rows: EvidenceEvent[] = [];
    for await (const row of this.house.evidence.reader.readRows<EvidenceEvent>(
      `case-${this.subjectId}`,
      collection.file,
    ))
      rows.push(row);
    return rows;
  }
}

export const pages = (of: readonly number[], prefix = 'r'): EvidenceEvent[][] => {
  let n = 0;
  return of.map((size) => Array.from({ length: size }, () => event(`${prefix}${String(n++)}`)));
};

export const audits = (bench: Bench, kind?: string): Promise<readonly AuditEntry[]> => bench.house.audited(kind);
