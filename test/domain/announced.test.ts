import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readable, type Speaker } from '../../domain/announced.js';
import { placeAnnounced, surelyOwn } from '../../domain/place-announced.js';
import { workAskedFor } from '../../domain/work-asked-for.js';
import type { EvidenceEvent } from '../../domain/evidence.js';

const NOW = Date.parse('2026-03-20T12:00:00.000Z');
const HOUR = 3_600_000;
const ago = (hours: number): string => new Date(NOW - hours * HOUR).toISOString();
const row = (id: string, given: Partial<EvidenceEvent> & Pick<EvidenceEvent, 'kind'>): EvidenceEvent => ({
  ...{ id, platform: 'slack', tenant: 'main', source: 's', logSource: 'chat_history', at: ago(0), operation: 'x' },
  ...given,
});
let n = 0;
const says = (text: string, given: Partial<EvidenceEvent> = {}): EvidenceEvent =>
  row(`m${String(n++)}`, { kind: 'team_message', actor: 'boss', at: ago(48), text, ...given });
const mine = (text: string, given: Partial<EvidenceEvent> = {}): EvidenceEvent =>
  says(text, { kind: 'message', actor: 'me', ...given });
const person: Speaker = { accounts: ['me'], names: ['Paula Krenz'] };

/** So many files of a name, taken in the last minutes. */
const files = (count: number, name: string): readonly EvidenceEvent[] =>
  Array.from({ length: count }, (_, i) =>
    row(`f${String(i)}`, {
      kind: 'file_download',
      actor: 'me',
      target: { type: 'file', id: `F${String(i)}`, name: name.replace('#', String(i)) },
    }),
  );

describe('work asked for', () => {
  it.each([
    ['en', 'Please take the set of vouchers with you.', 'voucher 2026-#.pdf'],
    ['en', 'The auditors will download each voucher on Tuesday.', 'vouchers_#.pdf'],
    ['de', 'Bitte nimm die Zeichnungen der Halle mit.', 'Zeichnung Halle #.dwg'],
    ['de', 'Die Verträge müssen bis Freitag exportiert werden.', 'Vertrag #.docx'],
    ['fr', 'Merci de télécharger les factures du trimestre.', 'facture_#.pdf'],
    ['es', 'Por favor descarga las nóminas de marzo.', 'nomina-#.xlsx'],
    ['it', 'Puoi scaricare le fatture di marzo?', 'fattura #.pdf'],
    ['nl', 'Wil je de tekeningen downloaden voor de hal?', 'tekening-#.dwg'],
    ['pl', 'Proszę pobrać faktury za marzec.', 'faktura #.pdf'],
    ['pt', 'Pode baixar as faturas de março?', 'fatura-#.pdf'],
  ])('%s: %s', (_, text, name) => {
    const message = says(text);
    expect(workAskedFor(files(30, name), [message], person)).toMatchObject({
      strength: 'named',
      events: [message.id],
    });
  });

  it.each([
    ['the number of things', 'Please take the vouchers, all 134 of them.'],
    ['a number of about so many', 'Please take the vouchers, about 140.'],
    ['a name', 'Paula, please take the vouchers.'],
    ['a mention', '<@me> please take the vouchers.'],
  ])('is exact with %s', (_, text) => {
    expect(workAskedFor(files(134, 'voucher #.pdf'), [says(text)], person)?.strength).toBe('exact');
  });

  it.each([
    ['an hour', 'Please take the vouchers at 13:40.'],
    ['an amount', 'Please take the vouchers, they are worth 134 €.'],
    ['another number', 'Please take the vouchers, all 60.'],
    ['another name', 'Petra, please take the vouchers.'],
  ])('is no more than named with %s', (_, text) => {
    expect(workAskedFor(files(134, 'voucher #.pdf'), [says(text)], person)?.strength).toBe('named');
  });

  it.each([
    ['a change', 'CHG-6614 approved for Saturday.', { reasons: ['CHG-6614'] }],
    ['a short one', 'CH-408 is approved.', { target: { type: 'setting' as const, id: 'CH-408 gateway' } }],
    ['an incident', 'INC0012345 is yours.', { target: { type: 'file' as const, id: 'x', name: 'INC0012345.zip' } }],
    ['a matter', 'For matter 26-041 a hold.', { target: { type: 'export' as const, id: 'Matter 26-041 hold' } }],
    ['a ticket', 'Ticket #87102 is urgent.', { target: { type: 'export' as const, id: 'export 87102' } }],
    ['a German one', 'Vorgang 5512 liegt bei dir.', { target: { type: 'export' as const, id: 'Suche 5512' } }],
    ['a Polish one', 'Zgłoszenie 90417 czeka.', { target: { type: 'export' as const, id: '90417' } }],
  ])('by the number of %s', (_, text, given) => {
    const taken = [row('t', { kind: 'export', actor: 'me', ...given })];
    expect(workAskedFor(taken, [says(text)], person)?.strength).toBe('named');
    expect(workAskedFor(taken, [says(text.replace(/\d(?=\D*$)/, '9'))], person)).toBeUndefined();
  });

  it.each([
    ['en', 'The price folders are off limits, please leave them alone and take nothing.', 'price #.xlsx'],
    ['en', 'You will see prices there. Do not download them.', 'price #.xlsx'],
    ['de', 'Die Preise bitte nicht herunterladen.', 'Preis #.xlsx'],
    ['de', 'Preise mitnehmen ist verboten.', 'Preis #.xlsx'],
    ['fr', 'Ne pas télécharger les factures.', 'facture #.pdf'],
    ['es', 'No descargues las nóminas.', 'nomina #.pdf'],
    ['it', 'Non scaricare le fatture.', 'fattura #.pdf'],
    ['nl', 'De tekeningen niet downloaden.', 'tekening #.dwg'],
    ['pl', 'Nie pobierać faktur.', 'faktura #.pdf'],
    ['pt', 'Não baixar as faturas.', 'fatura #.pdf'],
  ])('%s: what is forbidden is not asked for: %s', (_, text, name) => {
    expect(workAskedFor(files(30, name), [says(text)], person)).toBeUndefined();
  });

  it('reads a negation that forbids nothing', () => {
    const text = 'Please take the vouchers. You need not do anything else, do not be surprised by the number.';
    expect(workAskedFor(files(30, 'voucher #'), [says(text)], person)?.strength).toBe('named');
  });

  const ASK = 'Please take the vouchers, all 30.';
  it.each([
    ['the subject', { actor: 'me', kind: 'message' as const }],
    ['an app', { app: { id: 'A' } }],
    ['a stranger', { channel: { id: 'C', external: true } }],
    ['a guest', { actor: 'eve_example.org#EXT#@example.com' }],
    ['nobody known', { actor: undefined as never }],
    ['somebody later', { at: ago(-1) }],
    ['somebody at the same instant', { at: ago(0) }],
    ['somebody long ago', { at: ago(31 * 24) }],
  ])('does not listen to %s', (_, given) => {
    expect(workAskedFor(files(30, 'voucher #'), [says(ASK)], person)).toBeDefined();
    expect(workAskedFor(files(30, 'voucher #'), [says(ASK, given)], person)).toBeUndefined();
  });

  it.each([
    ['speaks of less than half of it', 'Please take the vouchers.', [...files(9, 'voucher #'), ...offers(10)]],
    ['shares a general word only', 'Please take all files of the folder.', files(30, 'file folder #.pdf')],
    ['shares a number only', 'Please take 2026.', files(30, '2026 #.pdf')],
    ['shares the word that asks', 'Can we move the call to ten?', files(30, 'mover #.pdf')],
    ['asks for nothing', 'Nice vouchers!', files(30, 'voucher #.pdf')],
    ['shares a part of a word', 'Please take the van.', files(30, 'vanilla #.pdf')],
  ])('is deaf to a message that %s', (_, text, taken) => {
    expect(workAskedFor(taken, [says(text)], person)).toBeUndefined();
  });

  it('takes no word of everyday talk or of all the things of before, unless the number says which', () => {
    const taken = files(30, 'voucher #.pdf');
    const talk = Array.from({ length: 9 }, (_, i) => says(`Where are the vouchers ${String(i)}?`, { at: ago(60 + i) }));
    expect(workAskedFor(taken, [says('Please take the vouchers.'), ...talk], person)).toBeUndefined();
    expect(workAskedFor(taken, [says(ASK), ...talk], person)?.strength).toBe('exact');
    const past = files(20, 'voucher old #.pdf').map((e) => ({ ...e, at: ago(900) }));
    expect(workAskedFor(taken, [says('Please take the vouchers.')], person, past)).toBeUndefined();
    expect(workAskedFor(taken, [says('Please take the vouchers.')], person)).toBeDefined();
  });
});

function offers(count: number): readonly EvidenceEvent[] {
  return files(count, 'offer #').map((e) => ({ ...e, id: `o${e.id}`, target: { ...e.target!, id: `o${e.id}` } }));
}

const act = (given: Partial<EvidenceEvent>): EvidenceEvent =>
  row('act', { kind: 'sign_in', actor: 'me', ip: '198.51.100.160', ...given });
const contextOf = (acts: readonly EvidenceEvent[]) => ({ acts, attempts: [] });
const VIENNA = { city: 'Vienna', country: 'AT', asName: 'Example Congress Hotel' };
const home = (id: string, given: Partial<EvidenceEvent> = {}): EvidenceEvent =>
  row(id, { kind: 'sign_in', actor: 'me', city: 'Berlin', country: 'DE', ip: '192.0.2.10', at: ago(500), ...given });

describe('a place announced', () => {
  const ask = (given: Partial<EvidenceEvent>, messages: readonly EvidenceEvent[], own = messages) =>
    placeAnnounced(contextOf([act(given)]), messages, { ...person, own: [home('h'), ...own] });

  it.each([
    ['en', 'Train on Monday, hotel beside the fair in Vienna.', 'city'],
    ['de', 'Ab Montag bin ich in Wien.', 'city'],
    ['fr', 'Lundi je prends le train pour Vienne.', 'city'],
    ['es', 'El lunes viajo a Viena.', 'city'],
    ['it', 'Lunedì parto per Vienna.', 'city'],
    ['nl', 'Maandag ben ik in Wenen.', 'city'],
    ['pl', 'W poniedziałek jestem w Wiedniu.', 'city'],
    ['pt', 'Na próxima semana estou em Viena.', 'city'],
    ['de', 'Nächste Woche fahre ich nach Österreich.', 'country'],
    ['pl', 'Jutro lecę do Austrii.', 'country'],
    ['en', 'The Austrian colleagues expect me on Friday.', 'country'],
  ])('%s: %s', (_, text, names) => {
    expect(ask(VIENNA, [says(text)])).toMatchObject({ by: 'others', names });
    expect(ask(VIENNA, [mine(text)])).toMatchObject({ by: 'person', names });
  });

  it('names the very address, with no word of time', () => {
    const text = 'Drummer will come from 198.51.100.160, do not be surprised.';
    expect(ask({}, [says(text)])?.names).toBe('address');
    expect(ask({ ip: '198.51.100.16' }, [says(text)])).toBeUndefined();
  });

  it('names the operator by the words that tell it from others', () => {
    const text = 'From Monday on I work over the new line of Lumafone.';
    expect(ask({ asName: 'Lumafone Mobile GmbH' }, [says(text)])?.names).toBe('network');
    expect(ask({ asName: 'Example Mobile Line' }, [says(text)])).toBeUndefined();
  });

  it('reads the name of the conversation where the message itself tells of a journey', () => {
    const fair = { channel: { id: 'C', name: 'fair vienna' } };
    expect(ask(VIENNA, [says('Train at seven on Monday.', fair)])?.names).toBe('city');
    expect(ask(VIENNA, [says('Who has the slides?', fair)])).toBeUndefined();
  });

  it('believes others before the person', () => {
    const text = 'On Monday to Vienna.';
    expect(ask(VIENNA, [mine(text), says(text, { at: ago(30) })])?.by).toBe('others');
  });

  it.each([
    ['is about no time or journey', 'The customers in Vienna liked it.', {}],
    ['asks', 'Who of you is in Vienna on Monday?', {}],
    ['denies it', 'On Monday I am not in Vienna.', {}],
    ['denies it in German', 'Montag bin ich nicht in Wien.', {}],
    ['calls it off', 'The train to Vienna on Monday is cancelled.', {}],
    ['warns of it', 'Suspicious sign-in from Vienna on Monday, we look into it.', {}],
    ['holds the name inside another word', 'Viennafone calls on Monday.', {}],
    ['speaks of another city', 'On Monday to Graz.', {}],
    ['comes later', 'On Monday to Vienna.', { at: ago(-1) }],
    ['is old', 'On Monday to Vienna.', { at: ago(31 * 24) }],
    ['comes from a stranger', 'On Monday you come to Vienna.', { channel: { id: 'C', external: true } }],
    ['comes from an app', 'On Monday: flight to Vienna.', { app: { id: 'A' } }],
  ])('is deaf to a message that %s', (_, text, given) => {
    expect(ask(VIENNA, [says(text, given)])).toBeUndefined();
  });

  it('takes no city that is a word of its own', () => {
    expect(ask({ city: 'Nice', country: 'FR' }, [says('Nice, see you on Monday.')])).toBeUndefined();
    expect(
      ask({ city: 'Essen', country: 'DE' }, [says('Montag zum Essen?'), says('Essen am Montag!')]),
    ).toBeUndefined();
  });

  it('listens to the account only where it was surely the person, and long enough before', () => {
    const text = 'On Monday to Vienna.';
    expect(ask(VIENNA, [mine(text)], [])).toBeUndefined();
    expect(ask(VIENNA, [mine(text, { at: ago(5) })])).toBeUndefined();
    expect(ask(VIENNA, [mine(text, { at: ago(7) })])).toBeDefined();
  });

  it('is no news where the person was before, or what is said every day', () => {
    const berlin = { city: 'Berlin', country: 'DE', ip: '198.51.100.7' };
    expect(ask(berlin, [says('On Monday all come to Berlin, Germany.')])).toBeUndefined();
    const daily = Array.from({ length: 9 }, (_, i) => says('Call with Vienna on Monday.', { at: ago(40 + i) }));
    expect(ask({ city: 'Vienna' }, daily)).toBeUndefined();
    expect(ask({ city: 'Vienna' }, daily.slice(0, 8))).toBeDefined();
    const office = Array.from({ length: 9 }, () =>
      says('See you on Monday.', { channel: { id: 'C', name: 'vienna-office' } }),
    );
    expect(ask({ city: 'Vienna' }, office)).toBeUndefined();
    expect(ask({ city: 'Vienna' }, office.slice(0, 3))).toBeDefined();
  });

  it('is explained by where the person surely is: nobody else in that city is announced', () => {
    const text = 'On Monday to Vienna.';
    const hotel = home('hotel', { city: 'Vienna', country: 'AT', ip: '198.51.100.9', at: ago(10) });
    expect(ask(VIENNA, [says(text)], [hotel])).toBeUndefined();
    expect(ask(VIENNA, [says(text)], [{ ...hotel, ip: '198.51.100.160' }])).toBeDefined();
  });

  it('lets a message without address or session speak only before the first doubtful act', () => {
    const text = 'On Monday to Vienna.';
    const bare = mine(text, { at: ago(50) });
    const placed = mine(text, { at: ago(50), ip: '192.0.2.10' });
    const doubtful = (hours: number) => [contextOf([act({ id: 'd', at: ago(hours) })])];
    const own = [contextOf([home('h'), bare, placed])];
    const ids = (hours: number) => surelyOwn(own, doubtful(hours), [bare, placed]).map((e) => e.id);
    expect(ids(49).sort()).toEqual([bare.id, 'h', placed.id].sort());
    expect(ids(51).sort()).toEqual(['h', placed.id].sort());
    expect(surelyOwn(own, [], [bare]).map((e) => e.id)).toContain(bare.id);
  });

  it('says nothing of a context that did nothing', () => {
    expect(
      placeAnnounced({ acts: [], attempts: [act(VIENNA)] }, [says('On Monday to Vienna.')], { ...person, own: [] }),
    ).toBeUndefined();
  });
});

describe('properties', () => {
  const TEXTS = [
    ...[
      'Please take the vouchers, all 30.',
      'Do not take the vouchers.',
      'Paula, export the offers.',
      'CHG-6614 is on.',
    ],
    ...['On Monday to Vienna.', 'Montag bin ich in Wien.', 'Not in Vienna on Monday.', 'From 198.51.100.160 tomorrow.'],
    ...['Can we move the call to ten?', 'Vouchers, vouchers.', '', 'Flight to Vienna is cancelled.'],
  ];
  const message = fc
    .record({
      text: fc.constantFrom(...TEXTS),
      actor: fc.constantFrom('me', 'boss', 'ann'),
      kind: fc.constantFrom('message' as const, 'message_received' as const, 'team_message' as const),
      hours: fc.integer({ min: -40, max: 24 * 24 }),
      external: fc.constantFrom(false, false, false, true),
    })
    .map(({ hours, external, ...m }) => ({ ...m, at: ago(hours), channel: { id: 'C', external } }));
  const messages = fc
    .array(message, { maxLength: 30 })
    .map((list) => list.map((m, i) => row(`m${String(i).padStart(2, '0')}`, m)));
  const taken = fc.constantFrom(
    files(30, 'voucher #.pdf'),
    files(28, 'offer #.pdf'),
    [...files(10, 'voucher #'), ...offers(10)],
    [row('t', { kind: 'config_change', actor: 'me', reasons: ['CHG-6614'] })],
  );
  const both = (work: readonly EvidenceEvent[], list: readonly EvidenceEvent[], own = list) => ({
    work: workAskedFor(work, list, person),
    place: placeAnnounced(contextOf([act(VIENNA)]), list, { ...person, own }),
  });

  it('order and doubling change nothing', () => {
    fc.assert(
      fc.property(taken, messages, fc.infiniteStream(fc.nat()), (work, list, keys) => {
        const shuffled = [...list, ...list]
          .map((e) => [keys.next().value ?? 0, e] as const)
          .sort(([a], [b]) => a - b)
          .map(([, e]) => e);
        expect(both([...work, ...work].reverse(), shuffled)).toEqual(both(work, list));
      }),
    );
  });

  it('an unrelated message, a later one, or one that the subject writes after the access never makes it true', () => {
    const unrelated = message.map((m) => ({ ...m, text: 'Can we move the call to ten?' }));
    const later = message.map((m) => ({ ...m, at: ago(-1) }));
    const late = fc
      .tuple(message, fc.integer({ min: -40, max: 6 }))
      .map(([m, hours]) => ({ ...m, actor: 'me', at: ago(hours) }));
    fc.assert(
      fc.property(taken, messages, fc.array(fc.oneof(unrelated, later, late)), (work, list, more) => {
        const without = both(work, list);
        const all = [...list, ...more.map((m, i) => row(`x${String(i)}`, m))];
        const given = both(work, all);
        if (without.work === undefined) expect(given.work).toBeUndefined();
        if (without.work?.strength === 'named') expect(given.work?.strength).not.toBe('exact');
        if (without.place === undefined) expect(given.place).toBeUndefined();
        if (without.place?.by === 'person') expect(given.place?.by).not.toBe('others');
      }),
    );
  });

  it('is often true of such messages, so that the properties say something', () => {
    const sample = fc.sample(fc.tuple(taken, messages), 400).map(([work, list]) => both(work, list));
    expect(sample.filter((s) => s.work !== undefined).length).toBeGreaterThan(15);
    expect(sample.filter((s) => s.place !== undefined).length).toBeGreaterThan(15);
  });

  it('cites readable rows of before alone', () => {
    fc.assert(
      fc.property(taken, messages, (work, list) => {
        const found = both(work, list);
        const open = new Set(
          readable(list)
            .filter((e) => e.at < ago(0))
            .map((e) => e.id),
        );
        for (const id of [...(found.work?.events ?? []), ...(found.place?.events ?? [])])
          expect(open.has(id)).toBe(true);
      }),
    );
  });
});
