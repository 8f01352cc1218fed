import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { SwitchBook } from '../../../activities/containment/ports.js';
import { assertNotStopped, createSwitchActivities } from '../../../activities/containment/switch.js';
import type { Signed, Stop, SwitchDecision } from '../../../domain/decision.js';
import type { SwitchState } from '../../../domain/switch.js';
import type { AuditEntry } from '../../../store/audit/entry.js';
import { signBody } from '../../../store/signing.js';
import { config, consoleKey, later, NOW, PEOPLE, strangerKey } from '../support/plans.js';

let nonces = 0;
function decision(change: Partial<SwitchDecision> = {}, key = consoleKey): Signed<SwitchDecision> {
  const said = { type: 'switch', verb: 'stop', personId: 'p-2', role: 'lead', at: later(-1), why: 'a drill' } as const;
  return signBody({ ...said, nonce: `n-${String(nonces++)}`, ...change }, key);
}
const resume = (lifts: string) => decision({ verb: 'resume', lifts, expiresAt: later(10) });

/** The switch of one worker, over a memory that is lost with it. */
function house() {
  const audit: AuditEntry[] = [];
  const obeyed: [Signed<SwitchDecision>, Stop | undefined][] = [];
  let standing: SwitchState = { used: [] };
  const keep = (signed: Signed<SwitchDecision>, stopped?: Stop): void => {
    obeyed.push([signed, stopped]);
    standing = { used: [...standing.used, signed.body.nonce], ...(stopped ? { stopped } : {}) };
  };
  /** Another worker obeys it just before this one does. */
  let first: (() => void) | undefined;
  const memory: Pick<SwitchBook, 'standing' | 'obey'> = {
    standing: () => Promise.resolve(standing),
    obey: (known, signed, stopped) => {
      first?.();
      first = undefined;
      if (known.used.length !== standing.used.length) return Promise.resolve(false);
      keep(signed, stopped);
      return Promise.resolve(true);
    },
  };
  const { switchContainment } = createSwitchActivities({
    memory,
    keys: config('').decisionKeys,
    deciders: PEOPLE.deciders,
    // The first entry of a key stays, as in the database.
    audit: {
      note: (entry) => {
        if (!audit.some(({ key }) => key === entry.key)) audit.push(entry);
        return Promise.resolve();
      },
    },
    clock: () => NOW,
  });
  const take = (signed: Signed<SwitchDecision>) => switchContainment({ signed });
  const beforeThat = (signed: Signed<SwitchDecision>, stopped?: Stop): void =>
    void (first = () => keep(signed, stopped));
  return { audit, obeyed, take, beforeThat };
}
const AT = NOW.toISOString();

describe('a decision on the switch', () => {
  it('is kept, answered and told, first the stop and then what lifts it', async () => {
    const { take, audit, obeyed } = house();
    const stop = decision();
    const { nonce } = stop.body;
    const stopped = { by: 'p-2', at: later(-1), why: 'a drill', nonce };
    expect(await take(stop)).toEqual({ stopped });
    const lifting = resume(nonce);
    expect(await take(lifting)).toEqual({});
    expect(obeyed).toEqual([
      [stop, stopped],
      [lifting, undefined],
    ]);
    const told = { at: AT, by: 'containment' };
    expect(audit).toEqual([
      { ...told, key: `switch:${nonce}`, kind: 'containment.switch.stopped', data: { by: 'p-2', nonce } },
      {
        ...told,
        key: `switch:${lifting.body.nonce}`,
        kind: 'containment.switch.resumed',
        data: { by: 'p-2', nonce: lifting.body.nonce },
      },
    ]);
  });

  it('that comes again is answered as it stands, and neither kept nor told twice', async () => {
    const { take, audit, obeyed } = house();
    const stop = decision();
    const first = await take(stop);
    expect(await take(stop)).toEqual(first);
    await take(resume(stop.body.nonce));
    expect(await take(stop)).toEqual({});
    expect(obeyed).toHaveLength(2);
    expect(audit).toHaveLength(2);
  });

  it('is judged anew when another worker obeyed one meanwhile', async () => {
    const { take, audit, obeyed, beforeThat } = house();
    const stop = decision();
    const { stopped } = await take(stop);
    const again = { by: 'p-1', at: later(-1), why: '', nonce: 'again' };
    beforeThat(decision({ nonce: 'again' }), again);
    await expect(take(resume(stop.body.nonce))).rejects.toMatchObject({ type: 'DECISION_EXPIRED' });
    const lifting = resume('again');
    beforeThat(lifting);
    expect(await take(lifting)).toEqual({});
    expect(obeyed.map(([, stop]) => stop)).toEqual([stopped, again, undefined]);
    expect(audit.map((a) => a.kind)).toEqual([
      'containment.switch.stopped',
      'containment.switch.refused',
      'containment.switch.resumed', // the other worker may not have come to tell
    ]);
  });

  it('that does not count changes nothing and is told, each time, by its code alone', async () => {
    const { take, audit, obeyed } = house();
    for (const signed of [decision({}, strangerKey), decision({}, strangerKey)])
      await expect(take(signed)).rejects.toMatchObject({ type: 'SIGNATURE', nonRetryable: true });
    await expect(take(resume('none'))).rejects.toMatchObject({ type: 'DECISION_EXPIRED' });
    expect(obeyed).toEqual([]);
    expect(audit).toMatchObject([
      { at: AT, by: 'containment', kind: 'containment.switch.refused', data: { code: 'SIGNATURE' } },
      { data: { code: 'SIGNATURE' } },
      { data: { code: 'DECISION_EXPIRED' } },
    ]);
    expect(audit.map((a) => Object.keys(a.data ?? {}))).toEqual([['code'], ['code'], ['code']]);
    expect(new Set(audit.map((a) => a.key)).size).toBe(3);
    expect(audit[0]?.key).toMatch(/^switch:SIGNATURE:./);
  });

  it('is told a bounded number of times when it does not count', async () => {
    const { take, audit } = house();
    const forged = decision({}, strangerKey);
    for (let n = 0; n < 201; n++) await expect(take(forged)).rejects.toMatchObject({ type: 'SIGNATURE' });
    expect(audit).toHaveLength(200);
  });
});

describe('nothing is written', () => {
  const STOPPED = { code: 'STOPPED' };
  const gate = (stopFile: string, stopped?: Stop) =>
    assertNotStopped({ config: { stopFile }, memory: { stopped: () => Promise.resolve(stopped) } });

  it('while the organisation has stopped it, or this machine’s file is there or cannot be looked for', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'quell-stop-'));
    onTestFinished(() => rmSync(folder, { recursive: true }));
    const file = join(folder, 'stop');
    await expect(gate(file)).resolves.toBeUndefined();
    await expect(gate(file, { by: 'p-2', at: AT, why: '', nonce: 'n' })).rejects.toMatchObject(STOPPED);
    writeFileSync(file, '');
    await expect(gate(file)).rejects.toMatchObject(STOPPED);
    await expect(gate(join(file, 'below'))).rejects.toMatchObject(STOPPED); // not a folder
  });
});
