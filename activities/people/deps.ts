import type { Decider } from '../../domain/decision.js';
import type { TalkPort } from '../../platforms/ports.js';
import type { Registry } from '../../platforms/registry.js';
import type { SecretKey } from '../../store/key-ring.js';
import type { PolicyStore } from '../../store/policy-file.js';
import type { SubjectRegistry } from '../../store/subjects/registry.js';
import type { Clock } from '../context.js';

/** Somebody who decides or holds tasks, with the address to reach them. From the configuration. */
export interface Contactable extends Decider {
  readonly email: string;
}

export interface PeopleDeps {
  readonly talk: readonly TalkPort[];
  readonly platforms: Registry;
  readonly registry: Pick<SubjectRegistry, 'find' | 'profile'>;
  readonly policies: Pick<PolicyStore, 'current'>;
  /** With the subject ids that they have now. */
  readonly people: () => Promise<readonly Contactable[]>;
  /** Key `answer`: mints the tokens of the answer page. */
  readonly answerKey: SecretKey;
  /** Public address of the answer page; `/answers/<token>` is added. A GET of it shows a form and decides nothing. */
  readonly answersUrl: string;
  /** Internal address of the console; `/cases/<id>` is added. */
  readonly consoleUrl: string;
  readonly notify: NotifyConfig;
  readonly fetch: typeof fetch;
  readonly clock: Clock;
}

export type ResponseChannel = Registry['responseChannels'][number] & { readonly url: string };

export interface NotifyConfig {
  /** Addresses of the incident response team. */
  readonly mail: readonly string[];
  readonly webhook?: { readonly url: string; readonly secret: string };
  /** Response channels that take messages by an address; whoever has it can post there. */
  readonly channels?: readonly ResponseChannel[];
  /** Events API v2 of PagerDuty, or anything that speaks it. */
  readonly pager?: { readonly url: string; readonly routingKey: string };
}
