import { proxyActivities, type ActivityInterfaceFor, type ActivityOptions } from '@temporalio/workflow';
import type {
  AnalysisActivities,
  ContainmentActivities,
  EvidenceActivities,
  ForgettingActivities,
  PeopleActivities,
  RecordsActivities,
  SwitchActivities,
} from '../activities/contract.js';
import type { TenantRef } from '../domain/platform.js';
import { QUEUES } from './queues.js';

/** Retries never stop early: the time limit of the whole call ends them. Which errors are final is the activity's word. */
const retry = { initialInterval: '1 second', backoffCoefficient: 2, maximumInterval: '2 minutes' } as const;

/** Long reads: heartbeats carry the cursor, and a short heartbeat time-out keeps lost progress small. */
const read: ActivityOptions = {
  startToCloseTimeout: '2 hours',
  scheduleToCloseTimeout: '6 hours',
  heartbeatTimeout: '15 seconds',
  retry,
};
/** Looking for others is beside the case: a tenant that can't be searched within this time is a gap. */
const searched: ActivityOptions = { ...read, startToCloseTimeout: '30 minutes', scheduleToCloseTimeout: '1 hour' };
const compute: ActivityOptions = {
  startToCloseTimeout: '10 minutes',
  scheduleToCloseTimeout: '6 hours',
  heartbeatTimeout: '30 seconds',
  retry,
};
/** Writes at a vendor, with the wait for their effect. */
const write: ActivityOptions = {
  startToCloseTimeout: '15 minutes',
  scheduleToCloseTimeout: '24 hours',
  heartbeatTimeout: '10 seconds',
  retry,
};
const tell: ActivityOptions = { startToCloseTimeout: '1 minute', scheduleToCloseTimeout: '1 hour', retry };
const keep: ActivityOptions = { startToCloseTimeout: '2 minutes', scheduleToCloseTimeout: '24 hours', retry };

/** What cannot be forgotten now must not hold up the rest of the round; the next day's tries again. */
const forget: ActivityOptions = {
  startToCloseTimeout: '30 minutes',
  scheduleToCloseTimeout: '1 hour',
  heartbeatTimeout: '30 seconds',
  retry,
};

export const evidence = (tenant: TenantRef): ActivityInterfaceFor<Omit<EvidenceActivities, 'findOthers'>> =>
  proxyActivities<EvidenceActivities>({ ...read, taskQueue: QUEUES.evidence(tenant) });
export const others = (tenant: TenantRef): Pick<ActivityInterfaceFor<EvidenceActivities>, 'findOthers'> =>
  proxyActivities<EvidenceActivities>({ ...searched, taskQueue: QUEUES.evidence(tenant) });
/** Somebody waits for it with a page open. */
export const looks = (tenant: TenantRef): Pick<ActivityInterfaceFor<ContainmentActivities>, 'resolveSteps'> =>
  proxyActivities<ContainmentActivities>({
    startToCloseTimeout: '20 seconds',
    scheduleToCloseTimeout: '30 seconds',
    heartbeatTimeout: '5 seconds',
    retry,
    taskQueue: QUEUES.containment(tenant),
  });
export const containment = (tenant: TenantRef): ActivityInterfaceFor<ContainmentActivities> =>
  proxyActivities<ContainmentActivities>({ ...write, taskQueue: QUEUES.containment(tenant) });
/** Without an end: a containment worker that comes back after days must still hear of the stop. */
export const containmentSwitch = proxyActivities<SwitchActivities>({
  startToCloseTimeout: '10 seconds',
  retry: { ...retry, maximumInterval: '15 seconds' },
  taskQueue: QUEUES.containmentSwitch,
});
export const analysis = proxyActivities<AnalysisActivities>({ ...compute, taskQueue: QUEUES.analysis });
export const people = proxyActivities<Omit<PeopleActivities, 'openForm'>>({ ...tell, taskQueue: QUEUES.people });
/** A vendor takes the press for seconds: later tries are in vain. */
export const forms = proxyActivities<Pick<PeopleActivities, 'openForm'>>({
  startToCloseTimeout: '5 seconds',
  scheduleToCloseTimeout: '10 seconds',
  retry: { initialInterval: '500 milliseconds', backoffCoefficient: 2 },
  taskQueue: QUEUES.people,
});
export const records = proxyActivities<RecordsActivities>({ ...keep, taskQueue: QUEUES.records });
export const forgetting = proxyActivities<Omit<ForgettingActivities, 'obeyForgetting'>>({
  ...forget,
  taskQueue: QUEUES.records,
});
/** An erasure that was decided goes on for as long as it takes. */
export const decided = proxyActivities<Pick<ForgettingActivities, 'obeyForgetting'>>({
  ...forget,
  scheduleToCloseTimeout: '7 days',
  taskQueue: QUEUES.records,
});
