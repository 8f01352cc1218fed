import type { CaseSummary } from '../../domain/case-summary.js';
import { instant } from '../context.js';
import type { RecordsActivities } from '../contract.js';
import { DOSSIER_NAMES } from '../dossier.js';
import type { RecordsDeps } from './deps.js';

type Joined = { readonly incidentId?: string };

/**
 * The incident of a case: that of its attacker's traces, or the one that another case's traces tied it to. Cases that share them and
 * closed lately are brought into it. A closed case joins none.
 */
export async function joinIncident(
  deps: RecordsDeps,
  { caseId, links, severity, stage }: CaseSummary,
): Promise<Joined> {
  if (stage === 'closed') return {};
  const incidentId = links.length > 0 ? await deps.links.join(caseId, links) : await deps.links.tiedTo(caseId);
  if (incidentId === undefined) return {};
  await deps.workflows.joinIncident({ incidentId, caseId, severity });
  await bringEarlier(deps, incidentId, caseId, links);
  return { incidentId };
}

/** A case that closes in no incident is shown in the one that it shares a trace with. */
export async function incidentAtClose(deps: RecordsDeps, summary: CaseSummary): Promise<Joined> {
  const { caseId, severity, incidentId, links } = summary;
  const tied = await deps.links.tiedTo(caseId);
  const others = tied ?? (incidentId === undefined ? await deps.links.incidentOf(links) : undefined);
  // The case itself tells the incident that it knows of.
  if (others !== undefined && others !== incidentId)
    await deps.workflows.joinIncident({ incidentId: others, caseId, severity, closed: true });
  const found = incidentId ?? others;
  return found === undefined ? {} : { incidentId: found };
}

/**
 * The case stands closed in the index, where the next one that shares a trace finds it. One that was just too early to find it is looked for once
 * more: whoever writes first and looks then, on both sides, misses nobody.
 */
export async function closeInIncident(deps: RecordsDeps, summary: CaseSummary, at: string): Promise<void> {
  const { caseId, openedAt, severity, links } = summary;
  await deps.links.noteClosed(caseId, links, at);
  if (summary.incidentId !== undefined) return;
  const incidentId = await deps.links.incidentOf(links);
  if (incidentId === undefined) return;
  await deps.workflows.joinIncident({ incidentId, caseId, severity, closed: true });
  await deps.index.setIncident(caseId, openedAt, incidentId);
}

async function bringEarlier(
  deps: RecordsDeps,
  incidentId: string,
  caseId: string,
  links: readonly string[],
): Promise<void> {
  for (const earlier of await deps.links.earlier(links, instant(deps.clock))) {
    // The subject's own earlier case has the same id: the incident shows it as open again.
    if (earlier.caseId !== caseId) {
      const { severity } = earlier;
      await deps.workflows.joinIncident({ incidentId, caseId: earlier.caseId, severity, closed: true });
    }
    await deps.index.setIncident(earlier.caseId, earlier.openedAt, incidentId);
  }
}

/** What Quell itself has to tell a case. Nothing that the case knows of: two cases that found each other would tell each other for ever. */
export async function raiseAlerts(
  deps: RecordsDeps,
  { tie, ...input }: Parameters<RecordsActivities['raiseAlerts']>[0],
): Promise<void> {
  if (!tie) return await deps.workflows.joinAlerts(input);
  const subjectId = await deps.registry.canonical(input.subjectId);
  const told = `case-${subjectId}`;
  const lastAt =
    tie.told
      .map((a) => a.detectedAt)
      .sort()
      .at(-1) ?? instant(deps.clock);
  if (told === input.after || (await deps.links.knows(told, tie.links, lastAt))) return;
  await deps.workflows.joinAlerts({ ...input, caseId: told, subjectId });
  // After it: a case that is just closing is tried again and again.
  await deps.dossier.writer.writeRows(
    told,
    DOSSIER_NAMES.alerts,
    tie.told.map((alert) => ({ alert, raw: alert })),
  );
  const incidentId = await deps.links.join(input.after, tie.links);
  await deps.links.tie(told, incidentId, tie.links, instant(deps.clock));
  await deps.workflows.joinIncident({ incidentId, caseId: input.after, severity: tie.severity });
  await deps.workflows.joinIncident({ incidentId, caseId: told, severity: tie.severity });
}
