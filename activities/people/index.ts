import { PLATFORMS } from '../../platforms/registry.js';
import { outgoing } from '../../platforms/wire/outgoing.js';
import { systemClock } from '../context.js';
import type { PeopleActivities } from '../contract.js';
import { guarded } from '../errors.js';
import { announceTasks, requestApproval } from './ask-deciders.js';
import { contactSubject } from './contact-subject.js';
import type { PeopleDeps } from './deps.js';
import { notifyIncidentResponse } from './notify.js';
import { openForm } from './open-form.js';

export type { PeopleDeps } from './deps.js';

type Optional = 'platforms' | 'fetch' | 'clock';

/** Activities of the people role: it reaches people and decides nothing. */
export function createPeopleActivities(
  given: Omit<PeopleDeps, Optional> & Partial<Pick<PeopleDeps, Optional>>,
): PeopleActivities {
  const deps: PeopleDeps = { platforms: PLATFORMS, fetch: outgoing, clock: systemClock, ...given };
  return guarded<PeopleActivities>({
    contactSubject: (input) => contactSubject(deps, input),
    openForm: (input) => openForm(deps, input),
    requestApproval: (input) => requestApproval(deps, input),
    announceTasks: (input) => announceTasks(deps, input),
    notifyIncidentResponse: (input) => notifyIncidentResponse(deps, input),
  });
}
