import type { ExposureSummary, HumanTask } from './case.js';

/** The exposure with what the owners of its secrets said in the tasks of their rotation: an owner's word confirms a leak that no log shows. */
export function withOwnersAnswers(exposure: ExposureSummary, tasks: readonly HumanTask[]): ExposureSummary {
  return {
    ...exposure,
    secrets: exposure.secrets.map((secret) => {
      const rotation = tasks.find((t) => t.kind === 'rotate_secret' && t.about === secret.fingerprint);
      const said = rotation?.status === 'done' ? rotation.result?.['live'] : undefined;
      // What was logged stands: an owner who says "no" cannot take a use back.
      return secret.live === 'unknown' && (said === 'yes' || said === 'no') ? { ...secret, live: said } : secret;
    }),
  };
}
