import { expect, it } from 'vitest';
import { NO_TRACES, type OwnedSighting } from '../../domain/pivot.js';
import { useTimeSkipping } from '../support/temporal.js';
import { assessmentOf, casePolicy, HOME, INSIDE, plus, TAKEOVER } from './support/facts.js';
import { usePlaybook } from './support/running.js';
import { PlayedWorld } from './support/world.js';

const temporal = useTimeSkipping();
const { withCase } = usePlaybook(temporal);

const PLACE = '203.0.113.80';
const FROM = '2026-03-02T09:00:00.000Z';
const IN_DOUBT = [{ address: PLACE, from: FROM, to: plus(FROM, 60_000) }];
const sighting = (person: string): OwnedSighting => ({
  ...{
    ...HOME,
    nativeId: `U-${person}`,
    subjectId: `s-${person}`,
    by: 'address',
    value: PLACE,
    rows: 2,
    succeeded: true,
  },
  ...{ firstAt: FROM, lastAt: plus(FROM, 60_000) },
});
const colleagues =
  (...people: readonly string[]) =>
  async () => ({ sightings: people.map(sighting), gaps: [] });
/** The organisation has tenants to be asked. */
const openCase = async () => casePolicy({ tenants: [HOME] });

it('asks once a round who else came from a place in doubt, and assesses again when colleagues did', async () => {
  const world = new PlayedWorld({
    openCase,
    findOthers: colleagues('p1', 'p2', 'p3', 'p4'),
    assess: async ({ depth, sharedPlaces }) =>
      assessmentOf({ depth, ...(sharedPlaces === undefined ? { ...TAKEOVER, inDoubt: IN_DOUBT } : INSIDE) }),
  });
  await withCase(world, async (running) => {
    const state = await running.until((s) => s.assessment !== undefined);
    expect(world.asked('findOthers')[0]).toMatchObject({ traces: { ...NO_TRACES, addresses: [PLACE] } });
    const [first, again] = world.asked('assess');
    expect(first?.sharedPlaces).toBeUndefined();
    expect(again?.sharedPlaces).toEqual([{ place: PLACE, many: true }]);
    // The case goes on by what was found with the colleagues.
    expect(state.assessment).toMatchObject({ foreignAccess: INSIDE.foreignAccess });
  });
});

it('goes on by the first assessment where nobody else came from there, and raises no alert on a colleague', async () => {
  const world = new PlayedWorld({
    openCase,
    findOthers: colleagues('p1'),
    assess: async ({ depth }) => assessmentOf({ depth, ...TAKEOVER, inDoubt: IN_DOUBT, traces: NO_TRACES }),
  });
  await withCase(world, async (running) => {
    await running.end();
    expect(world.asked('assess').every((a) => a.sharedPlaces === undefined)).toBe(true);
    expect(world.asked('findOthers').length).toBeGreaterThan(0);
    expect(world.asked('raiseAlerts')).toEqual([]);
  });
});

it('asks nobody where nothing is in doubt', async () => {
  const world = new PlayedWorld({ openCase, assess: async ({ depth }) => assessmentOf({ depth, ...INSIDE }) });
  await withCase(world, async (running) => {
    await running.until((s) => s.assessment !== undefined);
    expect(world.asked('findOthers')).toEqual([]);
  });
});
