import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { SubjectRegistry } from '../../../store/subjects/registry.js';
import { Model } from './model.js';
import { slack, useRegistries } from './support.js';

const { open, empty } = useRegistries();

const ALIASES = ['a', 'b', 'c', 'd', 'e'] as const;
const RUNS = 40;
/** Subjects that are there before; `a`, `b` and `c` are theirs by a claim. */
const SUBJECTS = [0, 1, 2] as const;

const some = fc.subarray([...ALIASES], { minLength: 1, maxLength: 3 });
const one = fc.constantFrom(...SUBJECTS);
const resolve = fc.record({ does: fc.constant('resolve' as const), aliases: some });
const bind = fc.record({ does: fc.constant('bind' as const), subject: one, aliases: some });
const merge = fc.record({ does: fc.constant('merge' as const), from: one, into: one });
type Call = typeof resolve | typeof bind | typeof merge extends fc.Arbitrary<infer T> ? T : never;
const calls = (...kinds: fc.Arbitrary<Call>[]) => fc.array(fc.oneof(...kinds), { maxLength: 4 });

/** Ids in the order in which they are met, so that two worlds can be compared. */
function partition(ids: readonly (string | undefined)[]): readonly number[] {
  const met = [...new Set(ids)];
  return ids.map((id) => (id === undefined ? -1 : met.indexOf(id)));
}

/** What every call answered, and in the end who has each alias and which subject each id is. */
interface World {
  readonly answers: ReadonlyMap<Call, string | readonly string[]>;
  readonly given: readonly string[];
  readonly holders: readonly (string | undefined)[];
  readonly canonical: readonly string[];
  readonly verified: readonly string[];
}

function told(all: readonly Call[], { answers, given, holders, canonical, verified }: World): unknown {
  const resolved = all.map((call) => (call.does === 'resolve' ? (answers.get(call) as string) : undefined));
  return {
    ids: partition([...given, ...holders, ...canonical, ...resolved]),
    conflicts: all.map((call) => (call.does === 'bind' ? answers.get(call) : [])),
    verified,
  };
}

function inModel(calls: readonly Call[]): World {
  const model = new Model();
  const given = SUBJECTS.map((i) => model.resolve([ALIASES[i]]));
  const answers: [Call, string | readonly string[]][] = calls.map((call) => {
    if (call.does === 'resolve') return [call, model.resolve(call.aliases)];
    if (call.does === 'bind') return [call, model.bind(given[call.subject] ?? '', call.aliases)];
    model.merge(given[call.from] ?? '', given[call.into] ?? '');
    return [call, ''];
  });
  return {
    ...{ answers: new Map(answers), given },
    holders: ALIASES.map((alias) => model.find(alias)),
    canonical: given.map((id) => model.canonical(id)),
    verified: ALIASES.filter((alias) => model.isVerified(alias)),
  };
}

async function inRegistries(sides: readonly (readonly [SubjectRegistry, readonly Call[]])[]): Promise<World> {
  const [[registry]] = sides as [(typeof sides)[0]];
  const given: string[] = [];
  for (const i of SUBJECTS) given.push((await registry.resolve([slack(ALIASES[i])])).subjectId);
  const answers = new Map<Call, string | readonly string[]>();
  await Promise.all(
    sides.map(async ([own, calls]) => {
      for (const call of calls) answers.set(call, await made(own, given, call));
    }),
  );
  const holders = await registry.findEach(ALIASES.map(slack));
  const known = [...new Set(holders)].filter((id) => id !== undefined);
  const all = await Promise.all(known.map((id) => registry.aliases(id)));
  const verified = all.flat().flatMap(({ alias, verified }) => (verified ? JSON.stringify(alias) : []));
  return {
    ...{ answers, given, holders },
    canonical: await Promise.all(given.map((id) => registry.canonical(id))),
    verified: ALIASES.filter((alias) => verified.includes(JSON.stringify(slack(alias)))),
  };
}

async function made(
  registry: SubjectRegistry,
  given: readonly string[],
  call: Call,
): Promise<string | readonly string[]> {
  if (call.does === 'resolve') return (await registry.resolve(call.aliases.map(slack))).subjectId;
  if (call.does === 'bind') {
    const { conflicts } = await registry.bind(given[call.subject] ?? '', call.aliases.map(slack));
    const left = conflicts.map(({ alias }) => JSON.stringify(alias));
    return call.aliases.filter((alias) => left.includes(JSON.stringify(slack(alias))));
  }
  await registry.merge(given[call.from] ?? '', given[call.into] ?? '');
  return '';
}

/** All orders of two lists of calls that keep the order of each. */
function* interleaved(a: readonly Call[], b: readonly Call[]): Generator<readonly Call[]> {
  const [[first, ...as], [second, ...bs]] = [a, b];
  if (first === undefined || second === undefined) {
    yield [...a, ...b];
    return;
  }
  for (const rest of interleaved(as, b)) yield [first, ...rest];
  for (const rest of interleaved(a, bs)) yield [second, ...rest];
}

describe('calls of several processes', () => {
  it('one after the other come to what the registry means', async () => {
    await fc.assert(
      fc.asyncProperty(calls(resolve, bind, merge), async (all) => {
        await empty();
        const world = await inRegistries([[await open(), all]]);
        expect(told(all, world)).toEqual(told(all, inModel(all)));
      }),
      { numRuns: RUNS },
    );
  });

  it.each([
    ['evidence', [resolve, bind, merge]],
    ['console', [resolve]],
    ['records', [merge]],
  ] as const)('evidence beside %s: as in some order, one after the other', async (role, kinds) => {
    await fc.assert(
      fc.asyncProperty(calls(resolve, bind, merge), calls(...kinds), async (a, b) => {
        await empty();
        const all = [...a, ...b];
        const world = await inRegistries([
          [await open('evidence'), a],
          [await open(role), b],
        ]);
        const possible = [...interleaved(a, b)].map((order) => told(all, inModel(order)));
        expect(possible).toContainEqual(told(all, world));
      }),
      { numRuns: RUNS },
    );
  });
});
