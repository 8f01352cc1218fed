import { describe, expect, it } from 'vitest';
import { QuellError, type ErrorCode } from '../../domain/errors.js';
import type { ProtectedBecause } from '../../domain/subject.js';
import { readingOf, wideReadingOf, type ReadAccount } from '../../platforms/kit/reading.js';
import type { CallOptions, Resolvers } from '../../platforms/ports.js';
import { resolveTarget, summaryOf } from '../../platforms/resolve.js';

const person = (accountId: string, protectedBecause: readonly ProtectedBecause[] = []): ReadAccount => ({
  ...({ accountId, kind: 'person', homeTenant: 'T1', department: 'Sales' } as const),
  protectedBecause,
  name: `Name of ${accountId}`,
});
const portOf = (resolvers: Resolvers) => ({ platform: 'slack', tenant: 'main', resolvers }) as const;
const asked = { type: 'account', accountId: 'dana@example.com' } as const;
const found = readingOf({ type: 'account', accountId: 'U1' }, [person('U1', ['approver'])]);
const answering = (...readings: (typeof found)[]) => portOf({ account: () => Promise.resolve(readings) });
const failing = (error: Error) => portOf({ account: () => Promise.reject(error) });

describe('a target', () => {
  it('is what the vendor answered with, where it was read, and never the name of anybody', async () => {
    const told: [string, string][] = [];
    const named = (...one: [string, string]): number => told.push(one);
    const resolved = await resolveTarget(answering(found), asked, { named });
    const { name: _name, ...account } = person('U1', ['approver']);
    expect(resolved).toEqual({
      type: 'account',
      accountId: 'U1',
      at: { platform: 'slack', tenant: 'main' },
      reach: 'accounts',
      affects: [account],
      protectedBecause: [],
    });
    expect(told).toEqual([['U1', 'Name of U1']]);
    expect(await resolveTarget(answering(found), asked)).toEqual(resolved);
  });

  it('is asked for as the plan spells it, within the caller’s patience', async () => {
    const seen: unknown[] = [];
    const { signal } = new AbortController();
    const resolvers: Resolvers = {
      account: (target, options: CallOptions) => {
        seen.push(target, options.signal);
        return Promise.resolve([found]);
      },
    };
    await resolveTarget(portOf(resolvers), asked, { signal });
    expect(seen).toEqual([asked, signal]);
  });

  it('keeps its reach and its own protection', async () => {
    const reading = wideReadingOf({ type: 'app', appId: 'A1', accountId: 'U1' }, [person('U1')], ['own_app']);
    const port = portOf({ app: () => Promise.resolve([reading]) });
    expect(await resolveTarget<'app'>(port, { type: 'app', appId: 'a1', accountId: 'U1' })).toMatchObject({
      appId: 'A1',
      reach: 'organisation',
      protectedBecause: ['own_app'],
    });
  });

  it('that is nothing, or more than one thing, is none', async () => {
    for (const port of [answering(), answering(found, found), failing(new QuellError('VENDOR_NOT_FOUND'))])
      await expect(resolveTarget(port, asked)).rejects.toMatchObject({ code: 'UNRESOLVED' });
  });

  it('of a type that the platform does not have is told as that', async () => {
    await expect(resolveTarget(portOf({}), asked)).rejects.toMatchObject({ code: 'UNSUPPORTED' });
    await expect(resolveTarget(failing(new QuellError('UNSUPPORTED')), asked)).rejects.toMatchObject({
      code: 'UNSUPPORTED',
    });
  });
});

describe('what cannot be read', () => {
  it.each<ErrorCode>(['VENDOR_SCOPE', 'VENDOR_AUTH', 'VENDOR_PLAN', 'VENDOR_REFUSED'])(
    'for good is protected: %s',
    async (code) => {
      const cause = new QuellError(code);
      await expect(resolveTarget(failing(cause), asked)).rejects.toMatchObject({
        code: 'PROTECTED',
        detail: `unknown: ${code}`,
        cause,
      });
      const { signal } = new AbortController(); // of a caller who still waits
      await expect(resolveTarget(failing(cause), asked, { signal })).rejects.toMatchObject({ code: 'PROTECTED' });
    },
  );

  it.each([
    ['a vendor that is down', new QuellError('VENDOR_DOWN')],
    ['a vendor that is busy', new QuellError('VENDOR_BUSY')],
    ['an answer that is none', new QuellError('VENDOR_REPLY')],
    ['something unforeseen', new TypeError('fetch failed')],
    ['something unforeseen with a code', Object.assign(new Error('no'), { code: 'VENDOR_NOT_FOUND' })],
  ])('just now is thrown as it is: %s', async (_, error) => {
    await expect(resolveTarget(failing(error), asked)).rejects.toBe(error);
  });

  it('because the caller gave up says nothing of the target', async () => {
    const signal = AbortSignal.abort();
    for (const code of ['VENDOR_REFUSED', 'VENDOR_NOT_FOUND'] as const) {
      const error = new QuellError(code);
      await expect(resolveTarget(failing(error), asked, { signal })).rejects.toBe(error);
    }
  });
});

describe('what is told of a target', () => {
  it('is the thing, its reach and the ids of whom it affects in one order, and nothing else', async () => {
    const affects = ['U3', 'U1', 'U2'].map((id) => person(id, ['admin_role']));
    const reading = wideReadingOf({ type: 'app', appId: 'A1', accountId: 'U1' }, affects, ['unknown']);
    const port = portOf({ app: () => Promise.resolve([reading]) });
    const resolved = await resolveTarget<'app'>(port, { type: 'app', appId: 'A1', accountId: 'U1' });
    expect(summaryOf(resolved)).toEqual({
      target: { type: 'app', appId: 'A1', accountId: 'U1' },
      affects: ['U1', 'U2', 'U3'],
      reach: 'organisation',
    });
    expect(resolved.affects.map((a) => a.accountId)).toEqual(['U3', 'U1', 'U2']);
  });
});
