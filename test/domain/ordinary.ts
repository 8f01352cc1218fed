import type { EvidenceEvent } from '../../domain/evidence.js';
import { after, DAY, event, HOUR, MINUTE } from './fixtures.js';

/** Programs as they name themselves. */
export const CHROME =
  'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/131.0.0.0 Safari/537.36';
export const NEWER_CHROME = CHROME.replace('131.0.0.0', '132.0.6834.83');
export const FIREFOX = 'Mozilla/5.0 (X11; Linux x86_64; rv:133.0) Gecko/20100101 Firefox/133.0';
export const PHONE =
  'Mozilla/5.0 (iPhone; CPU iPhone OS 18_1 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.1 Mobile/15E148 Safari/604.1';

type Place = Pick<EvidenceEvent, 'ip' | 'asn' | 'asName' | 'country' | 'userAgent'>;
const DESK = { country: 'DE', userAgent: CHROME } as const;
export const OFFICE: Place = { ...DESK, ip: '192.0.2.10', asn: 64_500, asName: 'Example Office' };
export const FLAT: Place = { ...DESK, ip: '192.0.2.140', asn: 64_501, asName: 'Example Broadband' };
export const FRIEND: Place = { ...DESK, ip: '203.0.113.40', asn: 64_777, asName: 'Example Cable' };
export const HOTEL: Place = { ...DESK, ip: '203.0.113.80', asn: 64_780, asName: 'Example Hotels', country: 'FR' };
export const CARRIER: Place = {
  ...DESK,
  ip: '198.51.100.241',
  asn: 64_510,
  asName: 'Example Mobile',
  userAgent: PHONE,
};
export const RENTED: Place = {
  ...DESK,
  ip: '198.51.100.66',
  asn: 64_666,
  asName: 'Example Hosting Ltd',
  country: 'NL',
};
export const ABROAD: Place = {
  ...DESK,
  ip: '203.0.113.7',
  asn: 64_511,
  asName: 'Example Telecom',
  country: 'BR',
  userAgent: FIREFOX,
};
export const SCRIPT: Place = { ...ABROAD, userAgent: 'python-requests/2.31' };

/** Rows with ids of their own, so that the same months are the same rows. */
const row = (id: string, at: number, given: Partial<EvidenceEvent>): EvidenceEvent =>
  event({ id, at: after(at), ...given });

export interface Days {
  readonly from: number;
  /** Days before the focus; the last one is `to`. */
  readonly to?: number;
  readonly place: Partial<EvidenceEvent>;
  readonly files?: number;
  readonly hour?: number;
  readonly name?: string;
}

/** Ordinary days at one place, each with a sign-in, two messages and a few files; weekends are free. */
export function days({ from, to = 1, place, files = 2, hour = 8, name = 'day' }: Days): readonly EvidenceEvent[] {
  return Array.from({ length: from - to + 1 }, (_, i) => from - i).flatMap((day) => {
    const weekday = new Date(Date.parse(after(-day * DAY))).getUTCDay();
    if (weekday === 0 || weekday === 6) return [];
    const at = -day * DAY + hour * HOUR;
    const here = { sessionId: `${name}-${day}`, ...place };
    return [
      row(`${name}-${day}-in`, at, { kind: 'sign_in', logSource: 'user_access', ...here }),
      ...[30, 90].map((m) => row(`${name}-${day}-m${m}`, at + m * MINUTE, { kind: 'message', ...here })),
      ...Array.from({ length: files }, (_, i) =>
        row(`${name}-${day}-f${i}`, at + (120 + i) * MINUTE, {
          ...{ kind: 'file_download', logSource: 'file_transfer' },
          target: { type: 'file', id: `F-${name}-${day}-${i}`, name: `note-${day}-${i}.txt` },
          ...here,
        }),
      ),
    ];
  });
}

/** Two months of a person: at the office, on some evenings at home, on the phone on the way. */
export const ordinaryMonths = (given: Partial<EvidenceEvent> = {}, span = 60): readonly EvidenceEvent[] => [
  ...days({ from: span, place: { ...OFFICE, ...given }, name: 'office' }),
  ...days({ from: span, place: { ...FLAT, ...given }, files: 1, hour: 19, name: 'flat' }),
  ...Array.from({ length: Math.floor(span / 3) }, (_, i) =>
    row(`phone-${i}`, -(3 * i + 2) * DAY + 7 * HOUR, {
      ...{ kind: 'sign_in', logSource: 'user_access' },
      ...{ ...CARRIER, ip: `198.51.100.${241 + (i % 5)}`, sessionId: `phone-${i}` },
    }),
  ),
];

/** Somebody signs in today and takes files. */
export const takes = (
  place: Partial<EvidenceEvent>,
  files = 60,
  at = 10 * HOUR,
  name = 'x',
): readonly EvidenceEvent[] => [
  row(`${name}-in`, at, { kind: 'sign_in', logSource: 'user_access', sessionId: `${name}-s`, ...place }),
  ...Array.from({ length: files }, (_, i) =>
    row(`${name}-${i}`, at + MINUTE + i * 20_000, {
      ...{ kind: 'file_download', logSource: 'file_transfer', sessionId: `${name}-s` },
      target: { type: 'file', id: `T-${name}-${i}`, name: `contract-${i}.pdf` },
      ...place,
    }),
  ),
];
