import type { Client } from '@temporalio/client';
import type { Alert, AlertRef } from '../domain/alert.js';
import { QuellError } from '../domain/errors.js';
import type { Platform, TenantRef } from '../domain/platform.js';
import type { CaseIndex } from '../store/case-index.js';
import type { EvidenceWriter } from '../store/evidence-store.js';
import type { InboxItem, InboxReader } from '../store/inbox.js';
import type { Alias } from '../store/subject-aliases.js';
import type { SubjectRegistry } from '../store/subject-registry.js';
import { deliverAnswer, type AnswerDeps } from './answers.js';
import { parseAlerts } from './alerts/index.js';
import { startOrJoinCase } from './case-client.js';
import { NewCaseCap } from './new-case-cap.js';

const BATCH = 50;
const AT_ONCE = 4;
const LOOK_EVERY_MS = 250;
const MAX_BACKOFF_MS = 30_000;
/** Messages read in one pass, so that a storm is folded before it reaches Temporal. */
const PASS = 2_000;

export interface DeliveryDeps extends AnswerDeps {
  readonly client: Client;
  readonly inbox: InboxReader;
  readonly registry: SubjectRegistry;
  readonly index: CaseIndex;
  /** Whole alerts are kept in the case's dossier under their ids. */
  readonly dossier: EvidenceWriter;
  readonly sources: readonly {
    readonly name: string;
    readonly format: Alert['format'];
    readonly newCasesPerMinute: number;
  }[];
  readonly tenants: readonly (TenantRef & { readonly vendorIds: readonly string[] })[];
  /** Told of trouble that a person should see; no personal data. */
  readonly log: (what: string, data: Readonly<Record<string, unknown>>) => void;
}

interface Fold {
  readonly subjectId: string;
  readonly home: TenantRef;
  readonly source: string;
  readonly alerts: { readonly alert: Alert; readonly ref: AlertRef; readonly item: InboxItem }[];
}

/** From the inbox to the cases: parse, resolve, drop repeats, fold by subject, join in batches. Each message ends with an outcome or stays. */
export class Delivery {
  readonly #cap: NewCaseCap;

  constructor(readonly deps: DeliveryDeps) {
    this.#cap = new NewCaseCap(new Map(deps.sources.map((s) => [s.name, s.newCasesPerMinute])));
  }

  /** Delivers until aborted; when Temporal is away the inbox grows and delivery waits. */
  async run(signal: AbortSignal): Promise<void> {
    let backoff = LOOK_EVERY_MS;
    while (!signal.aborted) {
      try {
        await this.deliverOnce();
        backoff = LOOK_EVERY_MS;
      } catch (error) {
        this.deps.log('delivery waits', {
          failure: error instanceof QuellError ? error.code : error instanceof Error ? error.name : 'unknown',
        });
        backoff = Math.min(MAX_BACKOFF_MS, backoff * 2);
      }
      await new Promise((resolve) => setTimeout(resolve, backoff));
    }
  }

  /** One pass over what is pending. */
  async deliverOnce(): Promise<void> {
    const folds = new Map<string, Fold>();
    const open = new Map<
      number,
      { item: InboxItem; waiting: number; cases: Set<string>; alerts: string[]; repeat: boolean }
    >();
    let read = 0;
    for await (const item of this.deps.inbox.pending()) {
      if (item.kind === 'callback') await this.#answer(item);
      else await this.#sort(item, folds, open);
      if (++read >= PASS) break;
    }
    for (const { item, waiting, alerts, repeat } of open.values())
      if (waiting === 0)
        await this.deps.inbox.done(item.seq, { status: repeat ? 'duplicate' : 'ignored', alertIds: alerts });
    const queue = [...folds.values()];
    await Promise.all(
      Array.from({ length: AT_ONCE }, async () => {
        for (let fold = queue.shift(); fold; fold = queue.shift()) await this.#join(fold, open);
      }),
    );
  }

  async #answer(item: InboxItem): Promise<void> {
    try {
      const caseId = await deliverAnswer(this.deps, item);
      await this.deps.inbox.done(item.seq, { status: 'delivered', caseIds: [caseId] });
    } catch (error) {
      if (!(error instanceof QuellError) || error.retryable) throw error;
      await this.deps.inbox.done(item.seq, { status: 'ignored', text: error.code });
    }
  }

  async #sort(
    item: InboxItem,
    folds: Map<string, Fold>,
    open: Map<number, { item: InboxItem; waiting: number; cases: Set<string>; alerts: string[]; repeat: boolean }>,
  ): Promise<void> {
    const source = this.deps.sources.find((s) => s.name === item.source);
    try {
      if (!source) throw new QuellError('ALERT_FORMAT', 'its source is no longer configured');
      const parsed = parseAlerts(JSON.parse(Buffer.from(item.body).toString('utf8')), {
        source: source.name,
        format: source.format,
        receivedAt: item.receivedAt,
      });
      const entry = { item, waiting: 0, cases: new Set<string>(), alerts: parsed.map((a) => a.alertId), repeat: false };
      open.set(item.seq, entry);
      for (const alert of parsed) {
        if (item.resent === 0 && (await this.deps.index.status(alert.alertId))) {
          entry.repeat = true;
          continue;
        }
        if (alert.state === 'closed') continue;
        for (const subject of alert.subjects) {
          const home = this.#homeOf(alert, subject.platform, subject.vendorTenantId);
          const { subjectId } = await this.deps.registry.resolve(aliasesOf(subject, home));
          const fold = folds.get(subjectId) ?? { subjectId, home, source: source.name, alerts: [] };
          if (fold.alerts.some((a) => a.alert.alertId === alert.alertId && a.item.seq === item.seq)) continue;
          folds.set(subjectId, fold);
          fold.alerts.push({ alert, ref: refOf(alert, item), item });
          entry.waiting += 1;
        }
      }
    } catch (error) {
      const known =
        error instanceof QuellError ? error : new QuellError('ALERT_FORMAT', 'the body is not what its source says');
      if (known.retryable) throw known;
      await this.deps.inbox.deadLetter(item.seq, known.message);
    }
  }

  async #join(
    fold: Fold,
    open: Map<number, { item: InboxItem; waiting: number; cases: Set<string>; alerts: string[]; repeat: boolean }>,
  ): Promise<void> {
    const caseId = `case-${fold.subjectId}`;
    const known = await this.deps.index.get(caseId);
    // Whoever can raise alerts must not be able to open cases without bound; the rest stays in the inbox and is seen there.
    if ((!known || known.stage === 'closed') && !this.#cap.mayOpen(fold.source, caseId)) {
      this.deps.log('new cases are capped', { source: fold.source });
      return;
    }
    for (let i = 0; i < fold.alerts.length; i += BATCH) {
      const batch = fold.alerts.slice(i, i + BATCH);
      for (const { alert } of batch) await this.deps.dossier.writeJson(caseId, alert.alertId, alert);
      const refs = [...new Map(batch.map((b) => [b.ref.alertId, b.ref])).values()];
      await startOrJoinCase(this.deps.client, { subjectId: fold.subjectId, home: fold.home, alerts: refs });
      for (const { item } of batch) await this.#settle(item, caseId, open);
    }
  }

  async #settle(
    item: InboxItem,
    caseId: string,
    open: Map<number, { item: InboxItem; waiting: number; cases: Set<string>; alerts: string[]; repeat: boolean }>,
  ): Promise<void> {
    const entry = open.get(item.seq);
    if (!entry) return;
    entry.cases.add(caseId);
    entry.waiting -= 1;
    if (entry.waiting === 0)
      await this.deps.inbox.done(item.seq, { status: 'delivered', alertIds: entry.alerts, caseIds: [...entry.cases] });
  }

  /** The tenant the alert speaks of; when it names none, the first of its platform, then the first configured. */
  #homeOf(alert: Alert, platform: Platform | undefined, vendorId: string | undefined): TenantRef {
    const { tenants } = this.deps;
    const on = platform ?? alert.platform;
    const found =
      tenants.find((t) => vendorId !== undefined && t.vendorIds.includes(vendorId)) ??
      tenants.find((t) => t.platform === on) ??
      tenants[0];
    if (!found) throw new QuellError('CONFIG', 'no tenant is configured');
    return { platform: found.platform, tenant: found.tenant };
  }
}

function aliasesOf(subject: Alert['subjects'][number], home: TenantRef): readonly Alias[] {
  return [
    ...(subject.nativeId === undefined ? [] : [{ ...home, nativeId: subject.nativeId }]),
    ...(subject.email === undefined ? [] : [{ mail: subject.email }]),
  ];
}

function refOf(alert: Alert, item: InboxItem): AlertRef {
  return {
    alertId: alert.alertId,
    source: alert.source,
    severity: alert.severity,
    occurredAt: alert.occurredAt,
    receivedAt: item.receivedAt,
    ...(alert.platform === undefined ? {} : { platform: alert.platform }),
  };
}
