/** A request as it came. Of a header that came twice nothing is here. */
export interface SentRequest {
  readonly headers: Readonly<Record<string, string | undefined>>;
  readonly rawBody: Buffer;
}

/** How a sender of alerts proves that it holds a shared secret, in its vendor's own way. */
export interface SenderProof {
  proves(secret: string, request: SentRequest, now: Date): boolean;
  /** Headers with which the body proves itself. */
  headers(secret: string, body: string, now: Date): Readonly<Record<string, string>>;
}
