import type { ActionKind } from './plan.js';

/** What a platform's adapter declares: which acts it has, and what a person does where it has none. Plain data. */
export interface Capability {
  readonly acts: Readonly<
    Partial<
      Record<
        ActionKind,
        { readonly reversible: boolean; readonly undo: string; readonly losses: string; readonly d3fend: string }
      >
    >
  >;
  /** All kinds in the order in which they are safe here, earlier first: stopping can destroy evidence or lock out the stopping itself. */
  readonly order: readonly ActionKind[];
  readonly limitations: readonly { readonly what: string; readonly why: string; readonly instead: string }[];
}

/** D3FEND 1.2.0 technique of each action, for steps that people do. */
export const D3FEND: Readonly<Record<ActionKind, string>> = {
  end_sessions: 'D3-ST',
  revoke_tokens: 'D3-CR',
  disable_account: 'D3-AL',
  reset_credentials: 'D3-PR',
  remove_app: 'D3-CR',
  revoke_share: 'D3-NRAM',
  remove_mail_rule: 'D3-OE',
  block_ip: 'D3-NTF',
  quarantine_device: 'D3-NI',
  hold_data: 'D3-DI', // nearest: D3FEND has no technique for a hold
  confirm_compromised: 'D3-CCSA',
  block_devices: 'D3-UAP',
  remove_file: 'D3-FEV',
  retire_device: 'D3-OE',
};
