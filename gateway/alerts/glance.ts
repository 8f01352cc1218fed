import { QuellError, type ErrorCode } from '../../domain/errors.js';
import { readAlerts } from './index.js';
import { parseBody } from './kit/body.js';
import type { AlertContext } from './kit/parser.js';

/** What a sender is told of a body at once: how many alerts it holds, and why others are none; why it is no body at all; why it was not read. */
export type Glance =
  | { readonly alerts: number; readonly problem?: string }
  | { readonly refused: { readonly code: ErrorCode; readonly detail: string | undefined } }
  | { readonly unread: string };

/** Reads a body of bytes. Never throws, whatever they are. */
export function glanceAt(body: Uint8Array, context: AlertContext): Glance {
  try {
    const { alerts, problems } = readAlerts(parseBody(body), context);
    return { alerts: alerts.length, ...(problems[0] ? { problem: problems[0].message } : {}) };
  } catch (error) {
    if (!(error instanceof QuellError)) throw error;
    return { refused: { code: error.code, detail: error.detail } };
  }
}
