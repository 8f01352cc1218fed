import { expect, it } from 'vitest';
import { Worker } from '../support/containment.js';
import { action, BLOCK, decide, plan } from '../support/plans.js';

it('writes the one list of addresses of a tenant for one plan at a time', async () => {
  const worker = await Worker.start();
  const addresses = Array.from({ length: 5 }, (_, n) => `198.51.100.${20 + n}`);
  const plans = addresses.map((ip, n) =>
    plan([action(1, { ...BLOCK, target: { type: 'address', address: ip } })], { planId: `p-${n}` }),
  );
  const results = await Promise.all(
    plans.map((of) => worker.act({ plan: of, step: 1, decisions: [decide(of), decide(of, { personId: 'p-2' })] })),
  );
  expect(results.map((r) => [r.status, r.verified])).toEqual(addresses.map(() => ['done', true]));
  expect([...worker.tenant.blocked].sort()).toEqual(addresses);
});
