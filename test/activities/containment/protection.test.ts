import { describe, expect, it } from 'vitest';
import type { KnownPeople } from '../../../activities/containment/people.js';
import { standingOf, type Standing } from '../../../activities/containment/protection.js';
import type { ProtectedBecause } from '../../../domain/subject.js';
import type { Resolvers } from '../../../platforms/ports.js';
import { wideReadingOf, type ReadAccount } from '../../../platforms/kit/reading.js';
import { resolveTarget } from '../../../platforms/resolve.js';

const people: KnownPeople = {
  breakGlass: new Set(['UGLASS']),
  vips: new Set(['UVIP', 'UBOTH']),
  deciders: [
    { personId: 'p-1', roles: ['approver'] },
    { personId: 'p-2', roles: ['approver'], accounts: ['U0', 'UBOTH'] },
  ],
};
const account = (accountId: string, protectedBecause: readonly ProtectedBecause[] = []): ReadAccount => ({
  ...({ accountId, kind: 'person', homeTenant: 'T1', department: undefined, name: accountId } as const),
  protectedBecause,
});

/** How a thing stands that is protected by itself for these reasons, and affects these accounts. */
async function standing(thing: readonly ProtectedBecause[], ...affects: ReadAccount[]): Promise<Standing> {
  const resolvers: Resolvers = { app: (target) => Promise.resolve([wideReadingOf(target, affects, thing)]) };
  const port = { platform: 'slack', tenant: 'main', resolvers } as const;
  return standingOf(await resolveTarget<'app'>(port, { type: 'app', appId: 'A1', accountId: 'U1' }), people, []);
}
const U1 = account('U1');

describe('how protected a write is', () => {
  it('is not at all when neither the thing nor anybody whom it affects is', async () => {
    expect(await standing([], U1, account('U2'))).toEqual({ careful: false, because: [] });
    expect(await standing([])).toEqual({ careful: false, because: [] });
  });

  it.each<ProtectedBecause>(['break_glass', 'last_admin', 'own_app', 'unknown'])(
    'is for good when it is %s, of the thing or of one account',
    async (because) => {
      const refused = { code: 'PROTECTED', detail: because };
      await expect(standing([because], U1)).rejects.toMatchObject(refused);
      await expect(standing([], U1, account('U2', ['admin_role', because]))).rejects.toMatchObject(refused);
      await expect(standing(['admin_role'], U1, account('U2', [because]))).rejects.toMatchObject(refused);
    },
  );

  it('is for good when it affects an emergency account of the configuration', async () => {
    await expect(standing([], U1, account('UGLASS'))).rejects.toMatchObject({ detail: 'break_glass' });
  });

  it('is for careful people when the vendor or the configuration knows a reason', async () => {
    expect(await standing(['admin_role'], U1)).toEqual({ careful: true, because: ['admin_role'] });
    expect(await standing([], account('U2', ['admin_role']))).toEqual({ careful: true, because: ['admin_role'] });
    expect(await standing([], U1, account('UVIP'))).toEqual({ careful: true, because: ['vip'] });
    expect(await standing([], account('U0'))).toEqual({ careful: true, because: ['approver'] });
    expect(await standing(['approver'], account('UBOTH', ['admin_role']))).toEqual({
      careful: true,
      because: ['approver', 'admin_role', 'vip', 'approver'],
    });
  });

  it('of an address is whether it may be blocked at all, and of nothing else', async () => {
    const resolvers: Resolvers = { address: (target) => Promise.resolve([wideReadingOf(target, [])]) };
    const port = { platform: 'slack', tenant: 'main', resolvers } as const;
    const own = await resolveTarget<'address'>(port, { type: 'address', address: '203.0.113.5' });
    expect(standingOf(own, people, ['203.0.113.128/25'])).toEqual({ careful: false, because: [] });
    expect(() => standingOf(own, people, ['203.0.113.0/25'])).toThrow(
      expect.objectContaining({ code: 'PROTECTED' }) as Error,
    );
  });
});
