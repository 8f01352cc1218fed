import { createHash } from 'node:crypto';
import { appendFileSync, mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { canonicalJson } from '../../../domain/canonical.js';
import type { AuditEntry } from '../../../store/audit/entry.js';
import { CaseVault, fileKeys, folderStorage } from '../../../store/case-vault.js';
import type { KeyRing, SigningKey } from '../../../store/key-ring.js';
import { PolicyStore } from '../../../store/policy-file.js';
import { encrypt } from '../../../store/seal.js';
import { signatureOf } from '../../../store/signing.js';
import { statePaths } from '../../../store/state-paths.js';
import { OldInbox } from './old-inbox.js';

export const AT = '2026-01-01T00:00:00.000Z';
export const CASE = 'case-s-a';
export const PLAN = 'd'.repeat(64);
const POLICY = new URL('../../../policy/default.yaml', import.meta.url).pathname;

/** A state folder byte by byte as the roles of 0.2.0 wrote it. */
export class OldState {
  readonly inbox: OldInbox;
  #lines: { readonly seq: number; readonly prev: string; readonly entry: AuditEntry; readonly hash: string }[] = [];

  constructor(
    readonly root: string,
    readonly ring: KeyRing,
  ) {
    this.inbox = new OldInbox(join(root, 'inbox'), ring);
  }

  /** One closed case with a file, a policy, a report and a step that was done. */
  static async build(root: string, ring: KeyRing): Promise<OldState> {
    const state = new OldState(root, ring);
    const paths = statePaths(root);
    const policyDigest = (await new PolicyStore(paths.policies, POLICY).current()).digest;
    const dossier = await new CaseVault(folderStorage(root), fileKeys(ring, 'records'))
      .writer('dossier')
      .writeJson(CASE, 'assessment', { findings: [] });
    const [html, json] = [`${CASE}.html`, `${CASE}.json`];
    state.put(`reports/${json}`, 'report');
    state.put(`reports/${html}`, 'page');
    const digestOf = (text: string): string => createHash('sha256').update(text).digest('hex');
    const files = [
      { name: json, sha256: digestOf('report') },
      { name: html, sha256: digestOf('page') },
    ];
    const of = (kind: string, data: AuditEntry['data']): AuditEntry => ({
      ...{ key: kind, at: AT, kind, by: 'records', caseId: CASE },
      ...(data ? { data } : {}),
    });
    state.chain(of('case.opened', { policyDigest }));
    state.checkpoint();
    state.chain(
      { ...of('case.reported', { files }), evidence: [{ key: dossier.key, compartment: 'dossier' }] },
      of('action.act.done', { planId: 'p', planDigest: PLAN, step: 1 }),
    );
    state.checkpoint();
    state.chain(of('case.closed', undefined));
    state.cases({ report: { html, json, sha256: digestOf('report') } });
    state.ledger({ type: 'result', key: `${PLAN}:1`, result: { at: AT } });
    return state;
  }

  chain(...entries: readonly AuditEntry[]): void {
    for (const entry of entries) {
      const body = { entry, prev: this.#lines.at(-1)?.hash ?? '0'.repeat(64), seq: this.#lines.length + 1 };
      const hash = createHash('sha256').update(canonicalJson(body)).digest('hex');
      this.#lines.push({ ...body, hash });
      this.append('audit/chain.jsonl', `${canonicalJson({ ...body, hash })}\n`);
    }
  }

  checkpoint(key: SigningKey = this.ring.signing('audit')): void {
    const point = { lines: this.#lines.length, head: this.head, at: AT };
    const signature = signatureOf({ type: 'audit-checkpoint', ...point }, key);
    this.append('audit/checkpoints.jsonl', `${canonicalJson({ ...point, keyId: key.keyId, signature })}\n`);
  }

  get head(): string {
    return this.#lines.at(-1)?.hash ?? '';
  }

  get lines() {
    return this.#lines;
  }

  spool(entry: AuditEntry): void {
    this.put(`audit-spool/20260101000000000-${entry.key}.json`, JSON.stringify(entry));
  }

  registry(...records: readonly object[]): void {
    const { keyId, bytes } = this.ring.secret('registry');
    for (const record of records) {
      const line = encrypt(bytes, Buffer.from(JSON.stringify(record)), 'quell registry v1').toString('base64');
      this.append('registry/subjects.log', `\n${keyId} ${line} .\n`);
    }
  }

  ledger(...entries: readonly object[]): void {
    for (const entry of entries) this.append('containment/ledger.jsonl', `${JSON.stringify(entry)}\n`);
  }

  /** A line of the case index; without more said the closed case. */
  cases(given: object, ...alertIds: readonly string[]): void {
    const entry = {
      ...{ caseId: CASE, subjectId: 's-a', openedAt: AT, updatedAt: AT, stage: 'closed', severity: 'high' },
      ...{ verdict: 'compromised', platforms: ['slack'], alertCount: 1, openTasks: 0, openPlans: 0 },
      ...given,
    };
    this.append('cases/cases.jsonl', `${JSON.stringify({ entry, alertIds })}\n`);
  }

  links(...lines: readonly object[]): void {
    for (const line of lines) this.append('cases/incident-links.jsonl', `${JSON.stringify(line)}\n`);
  }

  put(name: string, text: string): void {
    mkdirSync(dirname(join(this.root, name)), { recursive: true });
    writeFileSync(join(this.root, name), text);
  }

  append(name: string, text: string): void {
    mkdirSync(dirname(join(this.root, name)), { recursive: true });
    appendFileSync(join(this.root, name), text);
  }
}
