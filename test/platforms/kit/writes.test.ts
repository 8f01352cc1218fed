import { describe, expect, it } from 'vitest';
import { QuellError, type ErrorCode } from '../../../domain/errors.js';
import type { VendorWrite } from '../../../domain/plan.js';
import type { RecordWrite } from '../../../platforms/ports.js';
import { sendOnce } from '../../../platforms/kit/writes.js';

const WRITE: VendorWrite = { platform: 'slack', operation: 'users.end', targetId: 'U1' };
const failing = (code: ErrorCode) => () => Promise.reject(new QuellError(code, 'users.end'));
const never = async () => false;

describe('a write', () => {
  it('is announced before it is sent', async () => {
    const order: string[] = [];
    const send = async () => void order.push('sent');
    const record: RecordWrite = async (write, attempt) => {
      order.push(`announced ${write.operation}`);
      const result = await attempt();
      order.push('told');
      return result;
    };
    expect(await sendOnce(WRITE, send, never, { record })).toEqual([WRITE]);
    expect(order).toEqual(['announced users.end', 'sent', 'told']);
  });

  it.each(['VENDOR_DOWN', 'VENDOR_REPLY'] as const)(
    'whose answer was lost (%s) counts when its effect is there',
    async (code) => {
      expect(await sendOnce(WRITE, failing(code), async () => true, {})).toEqual([WRITE]);
      await expect(sendOnce(WRITE, failing(code), never, {})).rejects.toMatchObject({ code });
      await expect(sendOnce(WRITE, failing(code), failing('VENDOR_BUSY'), {})).rejects.toMatchObject({ code });
    },
  );

  it.each(['VENDOR_REFUSED', 'VENDOR_BUSY', 'VENDOR_SCOPE'] as const)(
    'that was not made (%s) is not looked for',
    async (code) => {
      let looks = 0;
      const took = async () => ++looks > 0;
      await expect(sendOnce(WRITE, failing(code), took, {})).rejects.toMatchObject({ code });
      expect(looks).toBe(0);
    },
  );

  it('of a vendor that shows effects late is looked for some times, unless the caller leaves', async () => {
    let looks = 0;
    const third = async () => ++looks === 3;
    expect(await sendOnce(WRITE, failing('VENDOR_DOWN'), third, {}, { times: 3, everyMs: 1 })).toEqual([WRITE]);
    looks = 0;
    const twice = sendOnce(WRITE, failing('VENDOR_DOWN'), third, {}, { times: 2, everyMs: 1 });
    await expect(twice).rejects.toMatchObject({ code: 'VENDOR_DOWN' });
    looks = 0;
    const leave = new AbortController();
    const left = sendOnce(
      WRITE,
      failing('VENDOR_DOWN'),
      third,
      { signal: leave.signal },
      { times: 9, everyMs: 60_000 },
    );
    leave.abort();
    await expect(left).rejects.toMatchObject({ name: 'AbortError' });
    expect(looks).toBe(1);
  });
});
