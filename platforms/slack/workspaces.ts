import { isRefusal } from './errors.js';
import type { SlackPlan } from './settings.js';

/** Workspaces that a call about all of them names, one call each; none below Enterprise. */
export const workspacesOf = ({
  plan,
  teamIds,
}: {
  readonly plan: SlackPlan;
  readonly teamIds: readonly string[];
}): readonly (string | undefined)[] => (plan === 'enterprise' ? teamIds : [undefined]);

/**
 * What each workspace gives, without those that refuse our token; `refused` says that there are such. Errors: that of the last workspace
 * when all refuse, and all others.
 */
export async function* ofWorkspaces<Page>(
  workspaces: readonly (string | undefined)[],
  read: (workspace: string | undefined) => AsyncIterable<Page>,
  refused: () => void = () => undefined,
): AsyncGenerator<Page> {
  let failed = 0;
  for (const workspace of workspaces) {
    try {
      yield* read(workspace);
    } catch (error) {
      if (!isRefusal(error) || ++failed === workspaces.length) throw error;
      refused();
    }
  }
}
