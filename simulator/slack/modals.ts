import { createHash } from 'node:crypto';
import { z } from 'zod';
import { openToken, sealToken } from '../core/access-token.js';
import { Refusal } from './replies.js';
import type { SlackState } from './state.js';

const TRIGGER_MS = 3_000;

const text = (limit: number) => z.looseObject({ type: z.literal('plain_text'), text: z.string().min(1).max(limit) });
const element = z.discriminatedUnion('type', [
  z.looseObject({
    type: z.literal('radio_buttons'),
    action_id: z.string().max(255),
    options: z
      .array(z.looseObject({ text: text(75), value: z.string().max(150) }))
      .min(1)
      .max(10),
  }),
  z.looseObject({
    type: z.literal('plain_text_input'),
    action_id: z.string().max(255),
    multiline: z.boolean().default(false),
    max_length: z.int().min(1).max(3_000).default(3_000),
  }),
]);
const input = z.looseObject({
  type: z.literal('input'),
  block_id: z.string().max(255),
  label: text(2_000),
  optional: z.boolean().default(false),
  element,
});
const block = z.union([input, z.looseObject({ type: z.literal('section'), text: text(3_000) })]);
/** Limits that the real service enforces (types of the Block Kit). */
const view = z
  .looseObject({
    type: z.literal('modal'),
    title: text(24),
    submit: text(24).optional(),
    close: text(24).optional(),
    callback_id: z.string().max(255).default(''),
    private_metadata: z.string().max(3_000).default(''),
    blocks: z.array(block).max(100),
  })
  .refine((v) => v.submit !== undefined || !v.blocks.some((b) => b.type === 'input'));
type View = z.infer<typeof view>;

export interface OpenModal {
  readonly id: string;
  readonly user: string;
  view: View;
}

/** Forms over the chat: a press gives the right to open one, once, for three seconds. */
export class Modals {
  readonly #used = new Set<string>();
  readonly #open: OpenModal[] = [];

  constructor(private readonly state: Pick<SlackState, 'world' | 'own'>) {}

  trigger(user: string): string {
    const until = this.state.world.now().getTime() + TRIGGER_MS;
    return sealToken('', { user, until }, this.state.own.signingSecret);
  }

  open(trigger: string, given: unknown): OpenModal {
    const right = z
      .looseObject({ user: z.string(), until: z.number() })
      .safeParse(openToken('', trigger, this.state.own.signingSecret)).data;
    if (!right) throw new Refusal('invalid_trigger_id');
    if (this.#used.has(trigger)) throw new Refusal('exchanged_trigger_id');
    if (right.until < this.state.world.now().getTime()) throw new Refusal('expired_trigger_id');
    const made = {
      id: `V${createHash('sha256').update(trigger).digest('hex').slice(0, 10).toUpperCase()}`,
      user: right.user,
    };
    const modal = { ...made, view: viewOf(given) };
    this.#used.add(trigger);
    this.#open.push(modal);
    return modal;
  }

  /** What a person has before them, newest last. */
  of(user: string): readonly OpenModal[] {
    return this.#open.filter((m) => m.user === user);
  }

  close(modal: OpenModal): void {
    this.#open.splice(this.#open.indexOf(modal), 1);
  }
}

export function viewOf(given: unknown): View {
  const parsed = view.safeParse(given);
  if (!parsed.success)
    throw new Refusal('invalid_arguments', {
      response_metadata: { messages: parsed.error.issues.map((i) => i.message) },
    });
  return parsed.data;
}

/** What Slack answers and sends of a form; `values` as the person filled it in. */
export function shownModal(state: SlackState, { id, view: own }: OpenModal, values: object = {}): object {
  return {
    ...own,
    ...{ id, team_id: state.own.teamIds[0], app_id: state.own.appId, hash: '1.simulated', root_view_id: id },
    state: { values },
    external_id: '',
    previous_view_id: null,
  };
}

/** The person's entries in Slack's shape, by the block's id. Throws for what Slack's own form does not let through. */
export function filledIn({ view: own }: OpenModal, entries: Readonly<Record<string, string>>): object {
  const inputs = own.blocks.flatMap((b) => (b.type === 'input' ? [b] : []));
  return Object.fromEntries(
    inputs.map(({ block_id, optional, element: field }): readonly [string, object] => {
      const entry = entries[block_id];
      if (entry === undefined && !optional) throw new Error(`the form wants ${block_id}`);
      if (field.type === 'plain_text_input') {
        if ((entry?.length ?? 0) > field.max_length) throw new Error(`${block_id} is too long for the form`);
        return [block_id, { [field.action_id]: { type: field.type, value: entry ?? null } }];
      }
      const option = field.options.find((o) => o.value === entry);
      if (entry !== undefined && !option) throw new Error(`the form does not offer ${entry}`);
      return [block_id, { [field.action_id]: { type: field.type, selected_option: option ?? null } }];
    }),
  );
}
