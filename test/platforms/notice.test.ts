import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { noticeKind, outsideOf } from '../../platforms/notice.js';
import { PLATFORMS } from '../../platforms/registry.js';

const results = (value: string) => [{ name: 'Authentication-Results', value }];

const { notices } = PLATFORMS;

describe('DKIM of a notice', () => {
  it('counts only for the domain of the vendor itself', () => {
    expect(
      notices.dkimFor('slack', results('spf=pass; dkim=pass (signature was verified) header.d=slack.com;dmarc=pass')),
    ).toBe('pass');
    expect(notices.dkimFor('slack', results('dkim=pass header.d=mail.slack.com'))).toBe('pass');
    expect(notices.dkimFor('slack', results('dkim=pass header.d=slack.com.evil.example'))).toBe('fail');
    expect(notices.dkimFor('slack', results('dkim=pass header.d=notslack.com'))).toBe('fail');
    expect(notices.dkimFor('slack', results('dkim=fail header.d=slack.com; dkim=pass header.d=example.net'))).toBe(
      'fail',
    );
    expect(notices.dkimFor('google', results('dkim=pass header.d=slack.com'))).toBe('fail');
    expect(notices.dkimFor('slack', results('spf=pass; dkim=none (message not signed) header.d=none'))).toBe('none');
    expect(notices.dkimFor('slack', [])).toBe('none');
    expect(
      notices.dkimFor(
        'google',
        results('mx.google.com;\r\n dkim=pass header.i=@accounts.google.com header.s=1;\r\n spf=pass'),
      ),
    ).toBe('pass');
    expect(notices.dkimFor('google', results('dkim=pass header.i=x@google.com.evil.example'))).toBe('fail');
    expect(notices.dkimFor('google', results('dkim=pass header.i=@accounts.google.com@evil.example'))).toBe('fail');
  });

  it('does not believe a header below the one that our own service wrote', () => {
    expect(
      notices.dkimFor('slack', [
        ...results('dkim=fail header.d=slack.com'),
        ...results('dkim=pass header.d=slack.com'),
      ]),
    ).toBe('fail');
  });

  it('never passes without a passing result for the vendor', () => {
    fc.assert(
      fc.property(fc.string(), fc.constantFrom('fail', 'none', 'neutral', 'temperror'), (noise, result) => {
        fc.pre(!/dkim\s*=\s*pass/i.test(noise));
        expect(notices.dkimFor('slack', results(`${noise}; dkim=${result} header.d=slack.com`))).not.toBe('pass');
      }),
    );
  });
});

describe('what a mail is', () => {
  it('goes by the sender domain, not by what looks like it', () => {
    expect(notices.vendorOf('no-reply@slack.com')).toBe('slack');
    expect(notices.vendorOf('no-reply@accounts.google.com')).toBe('google');
    expect(notices.vendorOf('account-security-noreply@accountprotection.microsoft.com')).toBe('microsoft');
    expect(notices.vendorOf('slack.com@example.net')).toBeUndefined();
    expect(notices.vendorOf('no-reply@slack.com.example.net')).toBeUndefined();
  });

  it('tells the three kinds of the playbook apart and leaves the rest', () => {
    expect(noticeKind('New sign-in to your account')).toBe('new_sign_in');
    expect(noticeKind('Slack: someone logged in from a new device')).toBe('new_sign_in');
    expect(noticeKind('Your password was changed')).toBe('changed_credentials');
    expect(noticeKind('Microsoft account security info was added')).toBe('changed_credentials');
    expect(noticeKind('Microsoft account unusual activity')).toBe('unusual_activity');
    expect(noticeKind('What is new in Slack this month')).toBeUndefined();
  });

  it('knows the words of a rule that hides notices', () => {
    expect(notices.named(['slack.com'])).toBe(true);
    expect(notices.named(['sign-in'])).toBe(true);
    expect(notices.named(['newsletter', 'invoice'])).toBe(false);
  });
});

describe('outsideOf', () => {
  it('keeps addresses in none of the owner’s domains, in one spelling', () => {
    const owner = { emails: ['dana@example.com', 'd@mail.example.com'] };
    const given = ['Max@Example.com', 'x@mail.example.com', null, undefined, '', 'Drop@example.org', 'a@b.example.com'];
    expect(outsideOf(owner, given)).toEqual(['drop@example.org', 'a@b.example.com']);
  });
});
