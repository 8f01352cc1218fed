import { randomUUID } from 'node:crypto';
import type { CaseSummary } from '../../domain/case-summary.js';
import type { EvidenceManifest, EvidenceRef } from '../../domain/evidence.js';
import type { ActionResult, VendorWrite } from '../../domain/plan.js';
import { AuditChain } from '../../store/audit/chain.js';
import type { AuditEntry } from '../../store/audit/entry.js';
import { ActionLedger } from '../../store/containment/ledger.js';
import { CaseWriter } from '../../store/cases/case-writer.js';
import { query } from '../../store/postgres/connection.js';
import { CaseVault, fileKeys, folderStorage } from '../../store/case-vault.js';
import type { KeyRing, SigningKey } from '../../store/key-ring.js';
import { PolicyStore } from '../../store/policy-file.js';
import { signManifest } from '../../store/signing.js';
import { statePaths, type StatePaths } from '../../store/state-paths.js';
import { noteBoxes } from './support.js';
import type { TestDatabase } from '../support/database.js';

export const AT = '2026-01-01T00:00:00.000Z';
export const CASE = 'case-s-a';
export const STEP = `${'d'.repeat(64)}:1`;
const WRITE: VendorWrite = { platform: 'slack', operation: 'users.deactivate', targetId: 'U1' };
const RESULT: ActionResult = {
  ...{
    planId: 'p',
    step: 1,
    status: 'done',
    at: AT,
    text: 'Written.',
    verified: true,
    writes: [WRITE],
    allowedBy: ['k'],
  },
};
const POLICY = new URL('../../policy/default.yaml', import.meta.url).pathname;

/** A state folder with one closed case, with everything that the roles write of one. */
export class WholeState {
  readonly paths: StatePaths;
  private readonly vault: CaseVault;
  raw!: EvidenceRef;
  manifest!: EvidenceRef;
  dossier!: EvidenceRef;
  report!: EvidenceRef;
  policy = '';

  private constructor(
    readonly root: string,
    readonly ring: KeyRing,
    private readonly database: Pick<TestDatabase, 'pool' | 'as'>,
  ) {
    this.paths = statePaths(root);
    this.vault = new CaseVault(folderStorage(root), fileKeys(ring, 'records'));
  }

  static async build(root: string, ring: KeyRing, database: Pick<TestDatabase, 'pool' | 'as'>): Promise<WholeState> {
    const state = new WholeState(root, ring, database);
    const { paths } = state;
    state.policy = (await new PolicyStore(paths.policies, POLICY).current()).digest;
    await state.open(CASE);
    await state.collect();
    state.dossier = await state.vault.writer('dossier').writeJson(CASE, 'assessment', { findings: [] });
    await state.act();
    await state.writeReport();
    return state;
  }

  /** Lines of the records role; the last is signed. */
  async append(...entries: AuditEntry[]): Promise<void> {
    const chain = new AuditChain(this.database.as('records'), this.ring.signing('audit'));
    await chain.append(entries);
    await chain.checkpoint();
  }

  async open(caseId: string): Promise<void> {
    const data = { policyDigest: this.policy };
    await this.append({ key: `${caseId}:opened`, at: AT, kind: 'case.opened', by: 'records', caseId, data });
    await this.index(caseId);
  }

  async index(caseId: string): Promise<void> {
    const summary: CaseSummary = {
      ...{ caseId, subjectId: 's-a', openedAt: AT, stage: 'closed', severity: 'high', verdict: 'compromised' },
      ...{ platforms: ['slack'], alertIds: ['al-1'], alertCount: 1, openTasks: 0, openPlans: 0, links: [] },
    };
    await new CaseWriter(this.database.as('records')).put(summary, AT);
  }

  async writeManifest(
    file: EvidenceRef,
    key: SigningKey = this.ring.signing('manifest'),
    given: Partial<EvidenceManifest> = {},
  ): Promise<EvidenceRef> {
    const body: EvidenceManifest = {
      ...{ platform: 'slack', tenant: 'acme', caseId: CASE, subjectId: 's-a', readAt: AT, policyDigest: 'd', file },
      window: { depth: 'narrow', from: AT, to: AT },
      accounts: [],
      grounds: [],
      ...given,
    };
    return await this.vault.writer('evidence').writeManifest(signManifest(body, key));
  }

  private async collect(): Promise<void> {
    this.raw = await this.vault.writer('evidence').writeRows(CASE, 'narrow', [{ id: 'e1' }, { id: 'e2' }]);
    this.manifest = await this.writeManifest(this.raw);
    await this.append({
      ...{ key: 'collected', at: AT, kind: 'evidence.collected', by: 'evidence', caseId: CASE },
      evidence: [this.raw, this.manifest].map((ref) => ({ ...ref, compartment: 'evidence' })),
    });
  }

  private async act(): Promise<void> {
    const [planDigest = '', step] = STEP.split(':');
    const ledger = new ActionLedger(this.database.as('containment'), noteBoxes(this.ring, this.root));
    await ledger.bind(
      { planDigest, tokens: ['n-1'], lease: { owner: STEP, accounts: [], at: AT, endsAt: AT } },
      () => undefined,
    );
    await this.finished(planDigest, Number(step));
    const data = { planId: 'p', step: Number(step), status: 'done', planDigest };
    await this.append({ key: `${STEP}:act`, at: AT, kind: 'action.act.done', by: 'containment', caseId: CASE, data });
  }

  /** What the containment role notes of a step that it did. */
  async finished(planDigest: string, step: number): Promise<void> {
    const ledger = new ActionLedger(this.database.as('containment'), noteBoxes(this.ring, this.root));
    const turn = { key: `${planDigest}:${step}`, holder: randomUUID() };
    await ledger.takeTurn(turn);
    await ledger.note(turn, { planDigest, step, caseId: CASE }, { kind: 'intended', content: WRITE });
    await ledger.note(turn, { planDigest, step, caseId: CASE }, { kind: 'finished', content: RESULT });
    await ledger.endTurn(turn);
    // As the owner: the rows are made to be old.
    await query(this.database.pool, 'UPDATE containment_notes SET noted_at = $1', [AT]);
  }

  private async writeReport(): Promise<void> {
    this.report = await this.vault.writer('reports').writeBytes(CASE, 'report-json', Buffer.from('report'));
    await this.append({
      ...{ key: 'reported', at: AT, kind: 'case.reported', by: 'records', caseId: CASE },
      evidence: [
        { key: this.dossier.key, compartment: 'dossier' },
        { ...this.report, compartment: 'reports' },
      ],
    });
  }
}
