import { createPeopleActivities } from '../../activities/people/index.js';
import { SubjectRegistry } from '../../store/subjects/registry.js';
import { SubjectKeys } from '../../store/subjects/subject-keys.js';
import { QUEUES } from '../../workflows/queues.js';
import { policyStore, registryOptions, type RoleContext, type RunningRole } from '../context.js';
import { decidersWithSubjects } from '../people.js';
import { talkPorts } from '../platforms.js';
import { pollQueues } from '../temporal.js';

/** Contacts the subject, asks approvers, calls incident response; decides nothing. */
export async function startPeople(context: RoleContext): Promise<RunningRole> {
  const { config, keys, credentials } = context;
  const registry = await SubjectRegistry.open(
    context.database.pool,
    new SubjectKeys(context.vault.storage.keys, keys.secret('registry')),
    registryOptions(config),
  );
  const { mail, webhook, pager } = config.notify;
  const channels = config.platforms.responseChannels.flatMap((channel) => {
    const url = credentials.maybe(`notify.${channel.name}`);
    return url === undefined ? [] : [{ ...channel, url }];
  });
  const activities = createPeopleActivities({
    platforms: config.platforms,
    talk: await talkPorts(context),
    registry,
    policies: policyStore(context),
    people: () => decidersWithSubjects(config, registry),
    answerKey: keys.secret('answer'),
    answersUrl: config.addresses.intake,
    consoleUrl: config.addresses.console,
    notify: {
      mail,
      ...(webhook === undefined ? {} : { webhook: { url: webhook, secret: credentials.need('notify.webhook') } }),
      channels,
      ...(pager === undefined ? {} : { pager: { url: pager, routingKey: credentials.need('notify.pager') } }),
    },
  });
  return pollQueues(context, [{ taskQueue: QUEUES.people, activities }]);
}
