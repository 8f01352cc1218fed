import { z } from 'zod';
import { QuellError } from '../../domain/errors.js';
import { jsonOf } from '../../domain/json.js';

/**
 * A service account of Google Cloud; its domain-wide delegation names the scopes of one role. It proves itself by a key
 * that is at hand (PKCS#8, PEM), or by workload identity federation, where no key exists that could be lost.
 */
export type GoogleServiceAccount = { readonly email: string } & (
  { readonly privateKey: string } | { readonly federation: GoogleFederation }
);

/** How the platform that the process runs on proves who it is. */
export interface GoogleFederation {
  /** `//iam.googleapis.com/projects/…/workloadIdentityPools/…/providers/…`. */
  readonly audience: string;
  readonly subjectTokenType: string;
  /** Where that platform puts its token, and renews it. */
  readonly tokenFile: string;
  /** Set where the file is JSON: the field that holds the token. */
  readonly tokenField?: string;
}

const keyFile = z.looseObject({
  type: z.literal('service_account'),
  client_email: z.string(),
  private_key: z.string().min(1),
});
const federationFile = z.looseObject({
  type: z.literal('external_account'),
  audience: z.string().regex(/^\/\/iam\.googleapis\.com\//),
  subject_token_type: z.string().min(1),
  credential_source: z.looseObject({
    file: z.string().min(1),
    format: z
      .looseObject({ type: z.enum(['text', 'json']), subject_token_field_name: z.string().optional() })
      .optional(),
  }),
});

/**
 * A credential file as Google hands it out: the key file of a service account, the configuration of a workload identity
 * pool (`gcloud iam workload-identity-pools create-cred-config --credential-source-file`), or the bare PEM. CONFIG for
 * anything else, and for the key of another account.
 */
export function serviceAccountFrom(email: string, text: string): GoogleServiceAccount {
  if (!text.trimStart().startsWith('{')) return { email, privateKey: text };
  const json = jsonOf(text);
  if (json === undefined) throw new QuellError('CONFIG', 'a credential that is no JSON');
  const key = keyFile.safeParse(json).data;
  if (key) {
    if (key.client_email.toLowerCase() !== email.toLowerCase())
      throw new QuellError('CONFIG', 'the key file is another service account’s');
    return { email, privateKey: key.private_key };
  }
  const federation = federationFile.safeParse(json).data;
  if (!federation)
    throw new QuellError('CONFIG', 'neither the key of a service account nor a workload identity with a token file');
  const { file, format } = federation.credential_source;
  return {
    email,
    federation: {
      audience: federation.audience,
      subjectTokenType: federation.subject_token_type,
      tokenFile: file,
      ...(format?.type === 'json' ? { tokenField: format.subject_token_field_name ?? 'access_token' } : {}),
    },
  };
}
