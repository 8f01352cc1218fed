import { createHash, randomBytes } from 'node:crypto';
import { fromBER, Integer, OctetString, Sequence } from 'asn1js';
import {
  AlgorithmIdentifier,
  Certificate,
  ContentInfo,
  ExtKeyUsage,
  id_eContentType_TSTInfo,
  id_ExtKeyUsage,
  id_sha1,
  id_sha256,
  id_sha384,
  id_sha512,
  MessageImprint,
  PKIStatus,
  SignedData,
  TimeStampReq,
  TimeStampResp,
  TSTInfo,
} from 'pkijs';
import { QuellError } from '../../domain/errors.js';
import type { Instant } from '../../domain/platform.js';

/** Purpose of a certificate that time stamps are signed with (RFC 3161, 2.3). */
const TIME_STAMPING = '1.3.6.1.5.5.7.3.8';
/** Attributes that name the signer's certificate, with the hash that they name it by unless they say another (RFC 2634, 5.4; RFC 5035, 3). */
const SIGNING_CERTIFICATE: ReadonlyMap<string, string> = new Map([
  ['1.2.840.113549.1.9.16.2.12', id_sha1],
  ['1.2.840.113549.1.9.16.2.47', id_sha256],
]);
const HASHES: ReadonlyMap<string, string> = new Map([
  [id_sha1, 'sha1'],
  [id_sha256, 'sha256'],
  [id_sha384, 'sha384'],
  [id_sha512, 'sha512'],
]);
/** RFC 3161, 2.4.2. */
const GRANTED: readonly PKIStatus[] = [PKIStatus.granted, PKIStatus.grantedWithMods];
const ANSWER_WITHIN_MS = 10_000;
const ANSWER_BYTES = 100_000;

/** Has a time stamp authority sign that `data` is there now (RFC 3161): its token, base64 of DER. Errors: STORE when there is no answer, or one that stamps something else. */
export async function stampOf(url: string, data: Buffer): Promise<string> {
  const nonce = randomBytes(8);
  nonce[0] = 1; // positive, and no zero in front
  const request = new TimeStampReq({
    ...{ version: 1, certReq: true, nonce: new Integer({ valueHex: exact(nonce) }) },
    messageImprint: new MessageImprint({
      hashAlgorithm: new AlgorithmIdentifier({ algorithmId: id_sha256 }),
      hashedMessage: new OctetString({ valueHex: await crypto.subtle.digest('SHA-256', exact(data)) }),
    }),
  });
  try {
    const answer = await fetch(url, {
      ...{ method: 'POST', redirect: 'error', body: request.toSchema().toBER() },
      headers: { 'content-type': 'application/timestamp-query' },
      signal: AbortSignal.timeout(ANSWER_WITHIN_MS),
    });
    const bytes = await answer.arrayBuffer();
    if (!answer.ok || bytes.byteLength > ANSWER_BYTES) throw new TypeError(`answered ${answer.status}`);
    const { status, timeStampToken } = TimeStampResp.fromBER(bytes);
    if (!GRANTED.includes(status.status) || !timeStampToken) throw new TypeError(`refused with ${status.status}`);
    const { told } = opened(timeStampToken);
    if (!told.nonce?.isEqual(new Integer({ valueHex: exact(nonce) })) || !(await told.verify({ data: exact(data) })))
      throw new TypeError('stamped something else');
    return Buffer.from(timeStampToken.toSchema().toBER()).toString('base64');
  } catch (error) {
    const why = error instanceof TypeError ? error.message : 'no answer, or none that can be read';
    throw new QuellError('STORE', `the head of the audit log was not time-stamped (${why})`);
  }
}

/** When an authority stamped `data` whose certificate is one of `trusted` or hangs on one of them; undefined when none of them did. */
export async function stampedAt(
  token: string,
  data: Buffer,
  trusted: readonly Certificate[],
): Promise<Instant | undefined> {
  try {
    const { signed, told } = opened(ContentInfo.fromBER(exact(Buffer.from(token, 'base64'))));
    const checks = { signer: 0, data: exact(data), trustedCerts: [...trusted], extendedMode: true as const };
    const { signatureVerified, signerCertificate } = await signed.verify(checks);
    if (signatureVerified !== true || !signerCertificate || !mayStamp(signerCertificate)) return undefined;
    if (!namesSigner(signed, signerCertificate)) return undefined;
    const isNamed = trusted.some((one) => sameBytes(one, signerCertificate) && isValid(one, told.genTime));
    if (!isNamed) await signed.verify({ ...checks, checkChain: true }); // throws when it hangs on none
    return told.genTime.toISOString();
  } catch {
    return undefined; // whatever it is, it is no stamp of theirs
  }
}

/** Certificates of a PEM file. Errors: CONFIG when it has none. */
export function certificatesIn(pem: string): readonly Certificate[] {
  const found = pem.matchAll(/-----BEGIN CERTIFICATE-----([^-]+)-----END CERTIFICATE-----/g);
  try {
    const certificates = [...found].map(([, text = '']) => Certificate.fromBER(exact(Buffer.from(text, 'base64'))));
    if (certificates.length > 0) return certificates;
  } catch {
    // told below
  }
  throw new QuellError('CONFIG', 'this is no certificate (PEM) of a time stamp authority');
}

function opened(token: ContentInfo): { readonly signed: SignedData; readonly told: TSTInfo } {
  const signed = new SignedData({ schema: token.content });
  const { eContent, eContentType } = signed.encapContentInfo;
  if (!eContent || eContentType !== id_eContentType_TSTInfo) throw new TypeError('answered no time stamp');
  return { signed, told: TSTInfo.fromBER(eContent.getValue()) };
}

/** For time stamps and nothing else, and whoever does not know that must not use it (RFC 3161, 2.3). */
function mayStamp({ extensions = [] }: Certificate): boolean {
  const usage = extensions.find(({ extnID }) => extnID === id_ExtKeyUsage);
  if (!usage?.critical) return false;
  const { keyPurposes } = new ExtKeyUsage({ schema: fromBER(usage.extnValue.getValue()).result });
  return keyPurposes.length === 1 && keyPurposes[0] === TIME_STAMPING;
}

/** What was signed says by which certificate, so that no other with the same key is put in its place (RFC 3161, 2.4.2; RFC 5816). */
function namesSigner({ signerInfos }: SignedData, certificate: Certificate): boolean {
  const named = (signerInfos[0]?.signedAttrs?.attributes ?? []).filter(({ type }) => SIGNING_CERTIFICATE.has(type));
  return (
    named.length > 0 &&
    named.every(({ type, values }) => {
      const id = within(within((values as readonly unknown[])[0]));
      const first = within(id);
      const isSaid = first instanceof Sequence;
      const hash = HASHES.get(
        isSaid ? new AlgorithmIdentifier({ schema: first }).algorithmId : (SIGNING_CERTIFICATE.get(type) ?? ''),
      );
      const value = isSaid ? within(id, 1) : first;
      if (hash === undefined || !(value instanceof OctetString)) return false;
      return createHash(hash).update(bytesOf(certificate)).digest().equals(value.valueBlock.valueHexView);
    })
  );
}

const within = (block: unknown, i = 0): unknown => (block instanceof Sequence ? block.valueBlock.value[i] : undefined);

const bytesOf = (certificate: Certificate): Buffer => Buffer.from(certificate.toSchema().toBER());

const sameBytes = (a: Certificate, b: Certificate): boolean => bytesOf(a).equals(bytesOf(b));

const isValid = ({ notBefore, notAfter }: Certificate, at: Date): boolean =>
  notBefore.value <= at && at <= notAfter.value;

/** A buffer of its own: Node's share theirs. */
const exact = (bytes: Buffer): ArrayBuffer => new Uint8Array(bytes).buffer;
