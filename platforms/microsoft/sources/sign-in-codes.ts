/**
 * What `status.errorCode` of a sign-in row says of the attempt. Codes by Microsoft's own list ("Microsoft Entra authentication and
 * authorization error codes", MicrosoftDocs/entra-docs, reference-error-codes.md) and its page of single codes
 * (login.microsoftonline.com/error), beside them those that entra-docs issue 943 and elastic/detection-rules pull requests 3694 and 4405 tell of. What is on no list is unknown.
 */
export type SignInMeaning =
  | 'success'
  /** A step of a sign-in that goes on: an account is chosen, a consent, a question or a device’s proof is asked for. Whoever stops there has failed at nothing. */
  | 'interrupt'
  /**
   * What is asked first (password, token) was right, and something must be proved or renewed before anybody gets in: a factor, a password
   * that ran out. A step of most sign-ins, and the end of one by somebody who has no more than the password.
   */
  | 'stopped'
  /** A session, a token or a code that ran out or was taken back: a program polls, nobody tried a password. */
  | 'expired'
  /** The password, the key or the certificate was wrong, or there is no such account. */
  | 'failure'
  /** The person, or nobody, said yes to the second factor. */
  | 'refused_factor'
  /** Conditional Access or security defaults said no, after the password. */
  | 'policy'
  /** The credentials may be right: a setting or a switched-off account let nobody in. */
  | 'blocked'
  /** Too many attempts, or an address that Microsoft calls malicious. */
  | 'locked'
  /** The request was wrong in itself, or a service did not work: it says nothing of the person. */
  | 'request'
  | 'unknown';

const CODES: Readonly<Record<Exclude<SignInMeaning, 'unknown'>, string>> = {
  success: '0',
  interrupt: `16000 16001 16002 16003 160021 50058 50059 50097 50129 50136 50140 50168 50180 50192 50187 50199 51005 51006 52004 65001 65004 70016 70018 81004
    81005 81006 81007 81009 81010 81012 90094 90095 700020 1000002 9002341`,
  stopped: '50055 50072 50074 50076 50078 50079 50088 50125 50127 50135 50142 50144 50158 50203',
  expired: `50085 50089 50132 50133 50139 50143 50173 500133 54005 70000 70008 70019 70043 70044 70046 700024 700082 700084 90086 90120 7000222`,
  failure: `50012 50034 500341 50056 50064 50126 50155 51004 70002 120000 130005 700027 700030 7000215`,
  refused_factor: '500121',
  policy: '50005 50131',
  blocked: `50002 50057 50105 50177 50178 54000 70001 80012 90072 90084 90093 90123 120014 130007 135011 240001 500014 500021 500022 500212 500213
    500571 1000031 7000112`,
  locked: '50053',
  request: `17003 20001 20012 20033 230109 28002 28003 40008 40009 40010 40015 50000 50001 50003 50006 50007 50008 50010 50011 50013 50014
    50015 50017 50020 50027 50029 50032 50033 50042 50043 50048 50049 50050 50061 50068 50070 50071 50086 50087 50099 50107 50120 50124
    50128 50134 50146 50147 50161 50166 50169 50170 50194 50196 50197 51000 51001 65002 65005 67003 70003 70004 70005 70007 70011 70012
    75001 75003 75005 75008 75011 75016 76021 76026 80001 80002 80005 80007 80010 80013 80014 81011 90002 90004 90005 90006 90007 90008 90009
    90010 90012 90013 90014 90015 90016 90019 90020 90022 90023 90024 90027 90033 90036 90038 90043 90051 90055 90056 90081 90082 90085
    90087 90090 90091 90092 90099 90100 90101 90102 90107 90114 90117 90119 90121 90124 90125 90126 90130 100007 120002 120003 120004
    120005 120008 120011 120012 120013 120015 120016 120018 120020 120021 130004 130006 130008 135010 140000 140001 165004 165900 220450
    220501 221000 240002 500011 500208 501241 501461 501481 501491 501621 650052 650054 650056 650057 700005 700011 700016 700022 700023 700025
    700054 700229 750054 900144 900236 900382 900384 900432 900561 900971 901002 1000000 1000104 5000819 7000114 7000218 7500514 7500529
    9001023 9002313 9002332`,
};
const MEANINGS: ReadonlyMap<number, SignInMeaning> = new Map(
  Object.entries(CODES).flatMap(([meaning, codes]) =>
    codes.split(/\s+/).map((code): [number, SignInMeaning] => [Number(code), meaning as SignInMeaning]),
  ),
);

/** 53000 to 53999 and 530000 to 530999 are Conditional Access and security defaults: the list names some of them. */
const isPolicy = (code: number): boolean => Math.floor(code / 1_000) === 53 || Math.floor(code / 1_000) === 530;

export const signInMeaning = (code: number): SignInMeaning =>
  MEANINGS.get(code) ?? (isPolicy(code) ? 'policy' : 'unknown');
