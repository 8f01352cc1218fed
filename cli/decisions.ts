import { randomUUID } from 'node:crypto';
import type { Command } from 'commander';
import { roleFor } from '../domain/approval.js';
import type { ApprovalDecision, ContactAnswer } from '../domain/decision.js';
import { QuellError } from '../domain/errors.js';
import { answer, decide, viewCase, viewContainment } from '../gateway/case-client.js';
import { readSigningKey } from '../store/key-ring.js';
import { signBody } from '../store/signing.js';
import { issuedPlan } from '../gateway/issued-plan.js';
import { cliKeys, withClient } from './context.js';
import { print } from './terminal.js';

export interface Signer {
  readonly as: string;
  readonly key: string;
  readonly signal?: boolean;
}
const HOLDS_MS = 2 * 3_600_000;

/** People's decisions, signed with their own key, by Update or (with --signal) by Signal. */
export function registerDecisions(program: Command): void {
  for (const verb of ['approve', 'deny', 'release'] as const)
    signed(program.command(`${verb} <case> <plan>`).description(`${verb} a plan`)).action(
      async (caseId: string, planId: string, signer: Signer) => {
        await withClient(async (client) => {
          const containmentId = `containment-${planId}`;
          const [state, view] = [await viewCase(client, caseId), await viewContainment(client, containmentId)];
          if (!state?.policy || !view) throw new QuellError('NOT_AUTHORISED', 'no such case or plan');
          const mine = state.policy.deciders.find((d) => d.personId === signer.as)?.roles ?? [];
          const plan = issuedPlan(state, view, [cliKeys().verifying('plan')]);
          const role = roleFor(plan.actions, state.policy.containment.approvalRules, mine);
          if (role === undefined)
            throw new QuellError('NOT_AUTHORISED', `${signer.as} holds no role that this plan asks for`);
          const at = new Date();
          const body: ApprovalDecision = {
            type: 'approval',
            caseId,
            planId,
            planDigest: view.planDigest,
            verb,
            personId: signer.as,
            role,
            at: at.toISOString(),
            expiresAt: new Date(at.getTime() + HOLDS_MS).toISOString(),
            nonce: randomUUID(),
          };
          await decide(client, containmentId, signBody(body, readSigningKey(signer.key)), {
            signal: signer.signal ?? false,
          });
          print(`${verb} sent for plan ${view.planDigest.slice(0, 12)}`);
        });
      },
    );

  signed(
    program
      .command('answer <case> <answer>')
      .description('the answer of a person who was asked by phone or in person: me, not_me, unsure'),
  ).action(async (caseId: string, said: string, signer: Signer) => {
    if (said !== 'me' && said !== 'not_me' && said !== 'unsure')
      throw new QuellError('NOT_AUTHORISED', 'the answer must be me, not_me or unsure');
    await withClient(async (client) => {
      const state = await viewCase(client, caseId);
      if (!state?.contact) throw new QuellError('NOT_AUTHORISED', 'the case has asked nobody');
      const body: ContactAnswer = {
        type: 'answer',
        caseId,
        askId: state.contact.askId,
        answer: said,
        personId: signer.as,
        channel: 'in person',
        at: new Date().toISOString(),
        nonce: randomUUID(),
      };
      await answer(client, caseId, signBody(body, readSigningKey(signer.key)), { signal: signer.signal ?? false });
      print('answer sent');
    });
  });
}

export const signed = (command: Command): Command =>
  command
    .requiredOption('--as <person>', 'your person id in the configuration')
    .requiredOption('--key <file>', 'your Ed25519 private key, readable by you alone')
    .option('--signal', 'send as a Signal: no answer, the same checks');
