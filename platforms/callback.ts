import type { Platform } from '../domain/platform.js';

/** A request of a chat vendor, its body as it came. Of a header that came twice nothing is here. */
export interface CallbackRequest {
  readonly headers: Readonly<Record<string, string | undefined>>;
  readonly rawBody: Buffer;
  /** The body as JSON. Errors: ALERT_FORMAT. */
  json(): unknown;
}

/** A press of a button of one of our messages, or a form that was sent. */
export interface ChatPress {
  /** Who it was, at the platform. */
  readonly userId: string;
  /** The opaque value that the button carried. */
  readonly value?: string | undefined;
  /** Id of the button, or the answer that was chosen. */
  readonly verb?: string | undefined;
  /** What the person wrote. */
  readonly words?: string | undefined;
  /** What opens a form for the person, where the platform has forms. */
  readonly form?: { readonly trigger?: string | undefined; readonly replyTo?: string | undefined };
  /** The vendor's form of an answer that says something to the person; undefined where nothing is said that way. */
  reply(said: { readonly title: string; readonly text: string }): unknown;
  /** Says it by a request of its own, where the answer alone does not. */
  tell?(text: string): Promise<void>;
}

/** How the presses of a platform's chat buttons come in, at `/callbacks/<name>`. */
export interface ChatCallback {
  readonly name: string;
  readonly platform: Platform;
  /** Its channel of talk. */
  readonly channel: string;
  /** Checks that the vendor sent it. `other`: it did, and it is no press of ours; what the vendor is answered. Errors: SIGNATURE, ALERT_FORMAT. */
  receive(request: CallbackRequest, now: Date): Promise<ChatPress | { readonly other: unknown }>;
}
