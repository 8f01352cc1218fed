import { nativeIdOf, type World } from '../core/world.js';
import type { Member } from './state.js';

/** The accounts of a scenario’s people, that behind our user tokens, and the bots. */
export function membersOf(world: World, ownApp: string): Member[] {
  const people = Object.entries(world.scenario.people).filter(([, p]) => p.accounts.includes('slack'));
  const bot = (key: string, name: string, appId: string): Member => ({
    id: nativeIdOf('slack', `bot:${key}`),
    key: '',
    name,
    email: '',
    kind: 'bot',
    admin: false,
    primaryOwner: false,
    sso: false,
    timeZone: 'UTC',
    appId,
    active: true,
  });
  return [
    ...people.map(([key, p]): Member => ({
      id: world.nativeId('slack', key),
      key,
      name: p.name,
      email: p.email,
      kind: p.kind === 'guest' ? 'guest' : 'person',
      admin: p.admin,
      primaryOwner: false,
      sso: p.authority !== 'slack',
      timeZone: p.timeZone,
      ...(p.phone === undefined ? {} : { phone: p.phone }),
      ...(p.department === undefined ? {} : { department: p.department }),
      active: true,
    })),
    {
      id: nativeIdOf('slack', 'service'),
      key: '',
      name: 'Quell Service',
      email: 'quell-service@example.com',
      kind: 'person',
      admin: true,
      primaryOwner: true,
      sso: false,
      timeZone: 'UTC',
      active: true,
    },
    bot('quell', 'Quell', ownApp),
    ...Object.entries(world.scenario.apps).flatMap(([key, a]) =>
      a.platform === 'slack' ? [bot(key, a.name, world.appId(key))] : [],
    ),
  ];
}
