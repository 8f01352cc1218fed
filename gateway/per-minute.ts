/** Requests a minute. Whoever has proved who they are is counted by that, everybody else by the address they come from. */
export interface PerMinute {
  /** One source of alerts. */
  readonly source: number;
  /** One question's link, one receipt, or one person who presses buttons in chat. */
  readonly answer: number;
  /** One signed-in person. */
  readonly person: number;
  /** Tries to sign in with a password, for one name and from one address. */
  readonly signIn: number;
  /** One address from which nobody has proved anything (IPv6: its /64). */
  readonly stranger: number;
}
export const PER_MINUTE: PerMinute = { source: 60_000, answer: 60, person: 600, signIn: 10, stranger: 600 };
