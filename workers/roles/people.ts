import { createPeopleActivities } from '../../activities/people/index.js';
import { PolicyStore } from '../../store/policy-file.js';
import { SubjectRegistry } from '../../store/subject-registry.js';
import { QUEUES } from '../../workflows/queues.js';
import { inConfigFolder, registryOptions, type RoleContext, type RunningRole } from '../context.js';
import { decidersWithSubjects } from '../people.js';
import { talkPorts } from '../platforms.js';
import { pollQueues } from '../temporal.js';

/** Contacts the subject, asks approvers, calls incident response; decides nothing. */
export async function startPeople(context: RoleContext): Promise<RunningRole> {
  const { config, paths, keys, credentials } = context;
  const registry = await SubjectRegistry.open(paths.registry, keys.secret('registry'), registryOptions(config));
  const { mail, webhook, pager } = config.notify;
  const teams = credentials.maybe('notify.teams');
  const activities = createPeopleActivities({
    talk: await talkPorts(context),
    registry,
    policies: new PolicyStore(paths.policies, inConfigFolder(config, config.policy)),
    people: await decidersWithSubjects(config, registry),
    answerKey: keys.secret('answer'),
    answersUrl: config.addresses.intake,
    consoleUrl: config.addresses.console,
    notify: {
      mail,
      ...(webhook === undefined ? {} : { webhook: { url: webhook, secret: credentials.need('notify.webhook') } }),
      ...(teams === undefined ? {} : { teams }),
      ...(pager === undefined ? {} : { pager: { url: pager, routingKey: credentials.need('notify.pager') } }),
    },
  });
  return pollQueues(context, [{ taskQueue: QUEUES.people, activities }]);
}
