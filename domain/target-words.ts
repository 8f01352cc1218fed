import { idsOf, namedAccount, sessionsOf, type ActTarget, type TargetType } from './act-target.js';

const TYPES: Readonly<Record<TargetType, string>> = {
  account: 'account',
  sessions: 'all sessions of',
  app: 'app',
  grant: 'grant to app',
  link: 'link to',
  address: 'address',
  device: 'device',
  mail_rule: 'mail rule',
  auth_method: 'sign-in method',
  delegate: 'delegate',
};

/** What an act is aimed at, in words: the thing with its id, whose it is, and the sessions that tie it to the case. `named` gives a name for an id where one is known. */
export function targetWords(target: ActTarget, named: (id: string) => string | undefined = () => undefined): string {
  const tell = (id: string): string => {
    const name = named(id);
    return name === undefined || name === id ? id : `${name} (${id})`;
  };
  const [thing = ''] = idsOf(target);
  const owner = namedAccount(target);
  const whose = owner === undefined || owner === thing ? '' : ` of ${tell(owner)}`;
  const sessions = sessionsOf(target);
  const tied = sessions.length === 0 ? '' : `, seen in session ${sessions.slice(0, 3).join(', ')}`;
  return `${TYPES[target.type]} ${tell(thing)}${whose}${tied}`;
}
