import { describe, expect, it } from 'vitest';
import { guestAddressOf, mailOf } from '../../domain/account-names.js';

describe('a name as a vendor writes it', () => {
  it.each([
    ['i:0#.f|membership|Dana@example.com', 'dana@example.com'],
    ['0#.f|membership|dana@example.com', 'dana@example.com'],
    ['urn:spo:guest#kim@example.net', 'kim@example.net'],
    ['live.com#dana@example.com', 'dana@example.com'],
    ['SMTP:dana@example.com', 'dana@example.com'],
    ['Dana Weiss <dana@example.com>', 'dana@example.com'],
  ])('is the address in it: %s', (text, address) => {
    expect(mailOf(text)).toBe(address);
  });
  it.each([
    'urn:spo:anon#0123abcd',
    'NT AUTHORITY\\SYSTEM',
    'i:0i.t|00000003-0000-0ff1-ce00-000000000000|app@sharepoint',
  ])('is none: %s', (text) => {
    expect(mailOf(text)).toBeUndefined();
  });
  it('keeps a local part that only looks like it', () => {
    expect(mailOf('a|b@example.com')).toBe('a|b@example.com');
    expect(guestAddressOf(mailOf('Kim_L_example.net#EXT#@tenant.example.com') ?? '')).toBe('kim_l@example.net');
  });
});
