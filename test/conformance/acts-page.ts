import { TARGET_FIELDS, type TargetType } from '../../domain/act-target.js';
import { ACTION_KINDS, ACTS, nameOfAct, type ActionKind } from '../../domain/acts/index.js';
import { D3FEND } from '../../domain/acts/d3fend.js';
import { MITIGATIONS } from '../../domain/acts/mitigations.js';
import type { ContainmentAct, ContainmentPort, Limitation } from '../../platforms/ports.js';
import { actVendors, type ActVendor } from './act-vendors.js';

/** `docs/acts.md`: every act, and every act at every platform. Throws when a cell has nothing to say. */
export function actsPage(): string {
  const vendors = actVendors();
  return [
    '# Acts',
    '',
    '<!-- Written by `npm run acts-table` from the code. `test/conformance/acts-page.test.ts` fails when it is not what the script would write. -->',
    '',
    'What Quell does to contain, from the catalogue in `domain/acts/` and from what the adapters in `platforms/` declare. A kind stands in',
    'plans, policy, configuration and audit log by the word in code letters. What a write affects is read at the vendor by the containment worker',
    'itself, directly before the write; the gate judges those accounts, and the adapter writes to that and to nothing else',
    '([ADR 8](adr/0008-one-catalogue-one-resolved-target-one-gate.md)).',
    '',
    '**Rule** is the approval rule where the policy names none (`containment.rules`); VIPs and protected accounts have a rule of their own.',
    '**Planned for** is what the policy plans where it says nothing else (`containment.actionsFor`).',
    '**D3FEND** and **ATT&CK** are the technique and the mitigation that the act carries out; `test/domain/acts` holds both against what is published.',
    'For T1213.005 itself ATT&CK lists User Training (M1017), Audit (M1047) and Out-of-Band Communications Channel (M1060), which are there before or',
    'beside an incident; the mitigations below are those that it lists for the techniques that such a case is made of.',
    '',
    ...table(
      ['Act', 'Kind', 'Target', 'Needs', 'Risk', 'Undo by hand', 'Lost', 'Rule', 'Planned for', 'D3FEND', 'ATT&CK'],
      ACTION_KINDS.map(catalogueRow),
    ),
    '',
    'A target is made of ids that the vendor gave:',
    '',
    ...Object.entries(TARGET_FIELDS).map(
      ([type, fields]) => `- \`${type}\`: ${fields.map((f) => `\`${f}\``).join(', ')}`,
    ),
    '',
    'Below, each act at each platform with every licence that Quell knows of. **By** says who does it. Where no API does it, a person gets a task',
    'and enters the proof. Where a platform has no such thing, nobody is asked.',
    '',
    ...ACTION_KINDS.flatMap((kind) => sectionOf(kind, vendors)),
  ].join('\n');
}

function catalogueRow(kind: ActionKind): readonly string[] {
  const act = ACTS[kind];
  return [
    act.name,
    code(kind),
    act.targets.map(code).join(', '),
    act.needs,
    act.risk,
    act.undo,
    act.losses || 'nothing',
    code(act.rule),
    act.plannedFor.map(code).join(', ') || 'nothing; a policy may name it',
    `${act.d3fend} ${D3FEND[act.d3fend]}`,
    `${act.mitigation} ${MITIGATIONS[act.mitigation]}`,
  ];
}

function sectionOf(kind: ActionKind, vendors: readonly ActVendor[]): readonly string[] {
  const cells = vendors.map((vendor) => cellOf(kind, vendor));
  const rows = Object.keys(cells[0] ?? {}) as (keyof Cell)[];
  return [
    `## ${nameOfAct(kind)}`,
    '',
    ...table(
      [code(kind), ...vendors.map((v) => v.title)],
      rows.map((row) => [`**${row}**`, ...cells.map((cell) => cell[row])]),
    ),
    '',
  ];
}

interface Cell {
  readonly Target: string;
  readonly Affects: string;
  readonly By: string;
  readonly Recognised: string;
  readonly Proof: string;
  readonly Undo: string;
  readonly Lost: string;
  readonly 'Time to effect': string;
  readonly Rule: string;
  readonly D3FEND: string;
  readonly 'Without a licence': string;
  readonly Test: string;
}

function cellOf(kind: ActionKind, vendor: ActVendor): Cell {
  const act = vendor.full.acts[kind] as ContainmentAct | undefined;
  const limit = vendor.full.limitations.find((l) => l.what === kind);
  if (act) return byApi(kind, vendor, act);
  return limit || ACTS[kind].everywhere ? byPerson(kind, vendor, limit) : byNobody(kind);
}

function byApi(kind: ActionKind, vendor: ActVendor, act: ContainmentAct): Cell {
  const types: readonly TargetType[] = ACTS[kind].targets.filter((type) => vendor.full.resolvers[type] !== undefined);
  const trials = vendor.trials.filter((t) => t.kind === kind);
  if (types.length === 0 || trials.length === 0) throw new Error(`${vendor.vendor}: ${kind} has no target or no trial`);
  return {
    Target: types.map(code).join(', '),
    Affects: types
      .map((type) => (types.length > 1 ? `${code(type)}: ` : '') + worded(vendor.affected[type], vendor, type))
      .join('; '),
    By: `API${act.oneAtATime === undefined ? '' : '; one at a time, because the vendor replaces a whole list'}`,
    Recognised: act.recognised,
    Proof: act.proof,
    Undo: `${act.reversible ? 'Release' : 'By hand'}: ${act.undo}`,
    Lost: act.losses || 'nothing',
    'Time to effect': `within ${String(act.effectWithinSeconds)} s`,
    Rule: code(ACTS[kind].rule),
    D3FEND: ACTS[kind].d3fend,
    'Without a licence': unlicensed(kind, act, vendor),
    Test: trials.map((t) => `${code(vendor.suite)} › ${[kind, t.of].filter(Boolean).join(' ')}`).join('; '),
  };
}

function byPerson(kind: ActionKind, vendor: ActVendor, limit: Limitation | undefined): Cell {
  if (!limit) throw new Error(`${vendor.vendor}: nobody says who does ${kind}`);
  const { what, proof } = instead(limit);
  const act = ACTS[kind];
  return {
    Target: act.targets.map(code).join(', '),
    Affects: 'as the person finds it; Quell writes nothing',
    By: `a person. ${limit.why} ${what}`,
    Recognised: 'the person looks first',
    Proof: `entered by the person: ${proof}`,
    Undo: `By hand: ${act.undo}`,
    Lost: act.losses || 'nothing',
    'Time to effect': 'when the person has entered the proof',
    Rule: code(act.rule),
    D3FEND: act.d3fend,
    'Without a licence': 'no licence adds an API',
    Test: `${code(vendor.suite)} › does every kind of action, or says why not and what a person does instead`,
  };
}

function byNobody(kind: ActionKind): Cell {
  const none = 'not planned';
  return {
    Target: none,
    Affects: none,
    By: `nobody: the platform does not have ${ACTS[kind].needs}`,
    Recognised: none,
    Proof: none,
    Undo: none,
    Lost: none,
    'Time to effect': none,
    Rule: none,
    D3FEND: none,
    'Without a licence': none,
    Test: '`test/domain/containment-plan.test.ts` › has a further step as a task where a person can do what the API cannot, and not at all where there is no such thing',
  };
}

/** What becomes of an act where something is not licensed. */
function unlicensed(kind: ActionKind, full: ContainmentAct, vendor: ActVendor): string {
  const said = Object.entries(vendor.without).flatMap(([missing, port]) => {
    const words = other(kind, full, port);
    return words === undefined ? [] : [{ missing, words }];
  });
  const unique = said.filter(({ words }, i) => said.findIndex((s) => s.words === words) === i);
  if (unique.length === 0) return 'the same';
  return unique.map(({ missing, words }) => `${missing}: ${words}`).join('; ');
}

function other(kind: ActionKind, full: ContainmentAct, port: ContainmentPort): string | undefined {
  const act = port.acts[kind];
  if (act) return act.proof === full.proof ? undefined : `another way; proof: ${act.proof}`;
  const limit = port.limitations.find((l) => l.what === kind);
  if (limit) return `a person. ${instead(limit).what} Proof: ${instead(limit).proof}`;
  if (ACTS[kind].everywhere) throw new Error(`nobody says who does ${kind} without a licence`);
  return 'not planned';
}

/** The words for a person, and the proof that they enter. */
function instead(limit: Limitation): { readonly what: string; readonly proof: string } {
  const [what, proof] = limit.instead.split(/; proof: /);
  if (!what || !proof) throw new Error(`${limit.what}: no proof in "${limit.instead}"`);
  return { what: `${what}.`, proof };
}

function worded(words: string | undefined, { vendor }: ActVendor, type: TargetType): string {
  if (!words) throw new Error(`${vendor}: nobody says whom a write to ${type} affects`);
  return words;
}

const code = (text: string): string => `\`${text}\``;

function table(head: readonly string[], rows: readonly (readonly string[])[]): readonly string[] {
  const line = (cells: readonly string[]): string => `| ${cells.map((c) => c.replaceAll('|', '\\|')).join(' | ')} |`;
  return [line(head), line(head.map(() => '---')), ...rows.map(line)];
}
