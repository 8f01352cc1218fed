import type { RoleCheck, VendorCheck } from '../../platforms/check.js';
import type { OutgoingCall, Wire } from '../../platforms/wire.js';

/** A way to a vendor that keeps what went over it. */
export function watched(wire: Wire): { readonly wire: Wire; readonly calls: OutgoingCall[] } {
  const calls: OutgoingCall[] = [];
  return {
    calls,
    wire: {
      send: (call, url, init) => {
        calls.push(call);
        return wire.send(call, url, init);
      },
    },
  };
}

/** Everything that a check complains of, a line each: what is not there, and what is there too much. */
export function complaints(check: VendorCheck): readonly string[] {
  return [
    ...check.credentials.filter((c) => c.status !== 'good').map((c) => `credential ${c.credential} ${c.status}`),
    ...check.scopes.filter((s) => s.status !== 'given').map((s) => `${s.of} ${s.scope} ${s.status}`),
    ...check.rights.filter((r) => r.status !== 'given').map((r) => `${r.right} ${r.status}`),
    ...check.plan.filter((p) => p.status === 'missing').map((p) => `plan ${p.plan} missing`),
  ];
}

/** Operations that are not allowed, sorted. */
export const stopped = (check: VendorCheck): readonly string[] =>
  check.operations
    .filter((o) => o.allowed !== 'yes')
    .map((o) => o.operation)
    .sort();

/** As the command sees it. */
export const whole = (check: VendorCheck): RoleCheck => ({ ...check, limitations: [] });
