import type { Client } from '@temporalio/client';
import type { CaseState } from '../../domain/case.js';
import { viewQuery } from '../../workflows/messages.js';
import { paint } from '../terminal.js';

/** Follows the cases of a demo and prints their timelines as they grow. */
export class Watch {
  readonly #printed = new Map<string, number>();
  readonly states = new Map<string, CaseState>();

  constructor(
    readonly client: Client,
    readonly print: (line: string) => void,
    /** With many cases only the first few are told line by line. */
    readonly tellAtMost = 3,
  ) {}

  /** Reads every case once; returns their states. A case whose worker is busy is read the next time. */
  async look(): Promise<readonly CaseState[]> {
    for await (const { workflowId, runId } of this.client.workflow.list({ query: "WorkflowType = 'caseWorkflow'" })) {
      const known = this.states.get(`${workflowId}:${runId}`);
      if (known?.stage === 'closed') continue;
      const state = await this.client.workflow
        .getHandle(workflowId, runId)
        .query(viewQuery)
        .catch(() => undefined);
      if (!state) continue;
      this.states.set(`${workflowId}:${runId}`, state);
      this.#tell(`${workflowId}:${state.openedAt}`, state);
    }
    return [...this.states.values()];
  }

  #tell(key: string, state: CaseState): void {
    const from = this.#printed.get(key) ?? 0;
    if (!this.#printed.has(key) && this.#printed.size >= this.tellAtMost) return;
    const name = this.#printed.size > 1 ? ` ${paint.dim(state.caseId.slice(0, 12))}` : '';
    for (const entry of state.timeline.slice(from))
      this.print(
        `${paint.dim(entry.at.slice(11, 19))}${name} ${paint.cyan(entry.stage.padEnd(13))} ${plain(entry.text)}`,
      );
    this.#printed.set(key, state.timeline.length);
  }
}

/** Markdown marks as terminal ones. */
export const plain = (text: string): string =>
  text.replace(/\*\*(.+?)\*\*/g, (_, bold: string) => paint.bold(bold)).replaceAll('`', '');
