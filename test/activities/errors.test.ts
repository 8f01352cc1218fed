import { ApplicationFailure, CancelledFailure } from '@temporalio/common';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { guarded, toFailure } from '../../activities/errors.js';
import { scrub } from '../../activities/scrub.js';
import { ERRORS, QuellError, type ErrorCode } from '../../domain/errors.js';
import { perform, quietly } from './support/house.js';

describe('errors on their way to Temporal', () => {
  it.each(Object.keys(ERRORS) as ErrorCode[])('%s keeps its code and says whether to try again', (code) => {
    expect(toFailure(new QuellError(code, undefined, { retryAfterMs: 1200 }))).toMatchObject({
      type: code,
      nonRetryable: !ERRORS[code].retryable,
      nextRetryDelay: 1200,
    });
  });

  it('takes mail addresses, tokens and link paths out, and leaves ids', () => {
    const id = '0f8fad5b-d9cb-469f-a165-70867728950e';
    const text = scrub(
      `ada.b+c@mail.example.com https://graph.example.com/users/x?token=1 Bearer abc.def xoxb-1-2-3 ${'a1'.repeat(20)} ${id} U024BE7LH`,
    );
    expect(text).toBe(`[mail] https://graph.example.com/… Bearer [secret] [secret] [secret] ${id} U024BE7LH`);
  });

  it('never lets a mail address through', () => {
    fc.assert(
      fc.property(fc.emailAddress({ size: 'small' }), fc.string(), (mail, around) => {
        fc.pre(/^[\w.+-]+@/.test(mail));
        expect(scrub(`${around} ${mail} ${around}`)).not.toContain(mail);
      }),
    );
  });

  it('says nothing of an error that it does not know', () => {
    const failure = toFailure(new TypeError('cannot read ada@example.com of undefined'));
    expect(failure).toMatchObject({ type: 'DEFECT', nonRetryable: false });
    expect(failure.message).not.toContain('ada');
    expect(JSON.stringify(failure.cause ?? '')).not.toContain('ada');
  });

  it('takes disk errors for the store and network errors for the vendor', () => {
    expect(toFailure(Object.assign(new Error('x'), { code: 'ENOSPC' }))).toMatchObject({
      type: 'STORE',
      nonRetryable: false,
    });
    expect(toFailure(Object.assign(new Error('x'), { code: 'ECONNRESET' }))).toMatchObject({
      type: 'VENDOR_DOWN',
      nonRetryable: false,
    });
    expect(toFailure(new DOMException('late', 'TimeoutError'))).toMatchObject({ type: 'VENDOR_DOWN' });
  });

  it('lets a cancellation through as it is, but takes an abort of a single call for the vendor not answering', async () => {
    const cancelled = new CancelledFailure('CANCELLED');
    expect(toFailure(cancelled)).toBe(cancelled);
    const abort = new DOMException('aborted', 'AbortError');
    const activities = guarded({ run: (_: object) => Promise.reject<void>(abort) });
    await expect(perform(activities, 'run', {})).rejects.toMatchObject({ type: 'VENDOR_DOWN' });
    const environment = quietly();
    environment.cancel('CANCELLED');
    await expect(perform(activities, 'run', {}, environment)).rejects.toBe(abort);
  });

  it('passes what is a failure already', () => {
    const failure = ApplicationFailure.nonRetryable('x', 'CONFIG');
    expect(toFailure(failure)).toBe(failure);
  });
});
