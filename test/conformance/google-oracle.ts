import { decodeJwt } from 'jose';
import ts from 'typescript';
import type { Exchange } from './exchange.js';
import { allMethods, methodOf, packageApi, type PackageMethod } from './google-package.js';

/** Parameters that every method takes. Source: `StandardParameters` in the package. */
const STANDARD = [
  '$.xgafv',
  'access_token',
  'alt',
  'callback',
  'fields',
  'key',
  'oauth_token',
  'prettyPrint',
  'quotaUser',
  'upload_protocol',
  'uploadType',
];
const TOKEN_URL = 'https://oauth2.googleapis.com/token';

/**
 * What of an exchange with Google is not as the installed `googleapis` says; empty when all of it is. Both sides are held
 * against it: what our product sends, and what the simulated tenant answers. It knows names, places and JSON types; it
 * does not know which values Google accepts, nor what they do.
 */
export function wrongWithExchange(exchange: Exchange): readonly string[] {
  const { url, call } = exchange;
  if (`${url.origin}${url.pathname}` === TOKEN_URL) return wrongWithTokenRequest(exchange);
  const method = methodOf(call.operation);
  if (!method) return [`${call.operation}: the package has no such method`];
  return [
    ...wrongWithAddress(exchange, method),
    ...wrongWithQuery(exchange, method),
    ...wrongWithBody(exchange, method),
    ...(call.scopes.every((scope) => method.scopes.includes(scope)) && call.scopes.length > 0
      ? []
      : [`scope ${call.scopes.join(' ')} is not one of the method’s`]),
    ...wrongWithAnswer(exchange, method),
  ].map((text) => `${call.operation}: ${text}`);
}

function wrongWithAddress({ method: http, url }: Exchange, method: PackageMethod): readonly string[] {
  if (http !== method.http) return [`${http} in place of ${method.http}`];
  if (`${url.origin}/` !== method.root) return [`host ${url.origin} in place of ${method.root}`];
  const path = url.pathname;
  if (!patternOf(method).test(path)) return [`${path} is not ${method.template}`];
  // No other method may be meant by the same request; one whose documentation gives no format for a name says nothing.
  return allMethods()
    .filter((m) => m !== method && m.root === method.root && m.http === http && patternOf(m).test(path))
    .filter((m) => !patternOf(m).source.includes(ANYTHING))
    .map((m) => `${path} means ${m.id} too`);
}

/** `{x}` is one segment, `{+x}` what the documentation of that parameter gives as its format. */
function patternOf(method: PackageMethod): RegExp {
  const source = method.template
    .split(/(\{\+?\w+\})/)
    .map((part) => {
      const name = /^\{(\+?)(\w+)\}$/.exec(part);
      if (!name) return part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
      return name[1] === '' ? '[^/]+' : formatsOf(method, name[2] ?? '');
    })
    .join('');
  return new RegExp(`^${source}$`);
}

const ANYTHING = '.+';
const patterns = new Map<string, string>();
function formatsOf(method: PackageMethod, parameter: string): string {
  const key = `${method.api} ${method.id} ${parameter}`;
  const before = patterns.get(key);
  if (before !== undefined) return before;
  const documentation = method.parameters.get(parameter) ?? '';
  const formats = [...documentation.matchAll(/["`“]([a-zA-Z]+\/(?:\{\w+\\\}|-)(?:\/[a-zA-Z]+\/\{\w+\\\})*)["`”]/g)].map(
    (m) => (m[1] ?? '').replace(/\{\w+\\\}/g, '[^/:]+'),
  );
  const made = formats.length === 0 ? ANYTHING : `(?:${[...new Set(formats)].join('|')})`;
  patterns.set(key, made);
  return made;
}

function wrongWithQuery({ url }: Exchange, method: PackageMethod): readonly string[] {
  const given = [...new Set(url.searchParams.keys())];
  const query = [...method.parameters.keys()].filter((name) => !method.pathParameters.includes(name));
  return [
    ...given.filter((name) => !query.includes(name) && !STANDARD.includes(name)).map((n) => `no parameter ${n}`),
    ...method.required
      .filter((name) => !method.pathParameters.includes(name) && !given.includes(name))
      .map((name) => `parameter ${name} is missing`),
    ...given
      .filter((name) => url.searchParams.get(name) === 'undefined')
      .map((name) => `parameter ${name} is undefined`),
  ];
}

function wrongWithBody({ body }: Exchange, method: PackageMethod): readonly string[] {
  if (body === '') return [];
  if (method.body === undefined) return ['a body where the method takes none'];
  return unfit(parsed(body), method.body, method, 'body');
}

function wrongWithAnswer({ status, answer }: Exchange, method: PackageMethod): readonly string[] {
  if (status === 204) return method.answer === undefined ? [] : ['no content where the method answers'];
  const value = parsed(answer);
  if (status >= 400) return wrongWithError(value, status);
  if (method.answer === undefined) return answer === '' ? [] : ['content where the method answers nothing'];
  return unfit(value, method.answer, method, 'answer');
}

function wrongWithError(value: unknown, status: number): readonly string[] {
  const { error } = (value ?? {}) as { readonly error?: { readonly code?: unknown; readonly message?: unknown } };
  return error?.code === status && typeof error.message === 'string' ? [] : ['an error in no form of Google’s'];
}

/** RFC 7523, section 2.1, and Google's own claims; not from the package. */
function wrongWithTokenRequest({ method, body, call, status, answer }: Exchange): readonly string[] {
  const form = new URLSearchParams(body);
  const claims = decodeJwt(form.get('assertion') ?? '');
  const lasts = (claims.exp ?? 0) - (claims.iat ?? 0);
  const reply = parsed(answer) as Readonly<Record<string, unknown>> | undefined;
  return [
    ...(method === 'POST' ? [] : [`${method} for a token`]),
    ...(form.get('grant_type') === 'urn:ietf:params:oauth:grant-type:jwt-bearer' ? [] : ['no grant of that type']),
    ...(claims.aud === TOKEN_URL ? [] : ['the assertion is for another audience']),
    ...(typeof claims.iss === 'string' && lasts > 0 && lasts <= 3600 ? [] : ['no assertion of an hour at most']),
    ...(claims['scope'] === call.scopes.join(' ') ? [] : ['other scopes than the call is said to have']),
    ...(status !== 200 || (typeof reply?.['access_token'] === 'string' && typeof reply['expires_in'] === 'number')
      ? []
      : ['an answer without a token']),
  ].map((text) => `token: ${text}`);
}

/** Whether a JSON value fits a type as the declarations write it. */
function unfit(value: unknown, type: string, method: PackageMethod, at: string): readonly string[] {
  const node = ts.createSourceFile('t.ts', `let t: ${type};`, ts.ScriptTarget.ESNext, true).statements[0];
  const declared = node && ts.isVariableStatement(node) ? node.declarationList.declarations[0]?.type : undefined;
  return declared ? misfits(value, declared, method, at) : [`${at}: no type`];
}

function misfits(value: unknown, type: ts.TypeNode, method: PackageMethod, at: string): readonly string[] {
  if (value === null || value === undefined) return [`${at} is ${String(value)}`];
  if (ts.isUnionTypeNode(type)) {
    const [first] = type.types.filter((t) => t.getText() !== 'null');
    return first ? misfits(value, first, method, at) : [`${at}: no type`];
  }
  const row = rowOf(type);
  if (row)
    return Array.isArray(value)
      ? value.flatMap((one, n) => misfits(one, row, method, `${at}[${String(n)}]`))
      : [`${at} is no list`];
  if (ts.isTypeReferenceNode(type)) {
    const schema = packageApi(method.api).schemas.get(type.getText());
    return schema ? unlike(value, schema, method, at) : [`${at}: no schema ${type.getText()}`];
  }
  if (ts.isTypeLiteralNode(type)) return unlikeLiteral(value, type, method, at);
  if (type.kind === ts.SyntaxKind.AnyKeyword) return [];
  const wanted = type.getText();
  return typeof value === wanted ? [] : [`${at} is a ${typeof value}, not a ${wanted}`];
}

/** `T[]` or `Array<T>`. */
function rowOf(type: ts.TypeNode): ts.TypeNode | undefined {
  if (ts.isArrayTypeNode(type)) return type.elementType;
  return ts.isTypeReferenceNode(type) && type.typeName.getText() === 'Array' ? type.typeArguments?.[0] : undefined;
}

function unlike(
  value: unknown,
  schema: ReadonlyMap<string, ts.TypeNode>,
  method: PackageMethod,
  at: string,
): readonly string[] {
  if (typeof value !== 'object' || Array.isArray(value)) return [`${at} is no object`];
  return Object.entries(value as object).flatMap(([name, field]) => {
    const type = schema.get(name);
    return type ? misfits(field, type, method, `${at}.${name}`) : [`${at} has no ${name}`];
  });
}

/** `{ [key: string]: T }`, or an object whose fields are written out in place. */
function unlikeLiteral(value: unknown, type: ts.TypeLiteralNode, method: PackageMethod, at: string): readonly string[] {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return [`${at} is no object`];
  const every = type.members.find(ts.isIndexSignatureDeclaration)?.type;
  if (every) return Object.entries(value).flatMap(([name, field]) => misfits(field, every, method, `${at}.${name}`));
  const fields = type.members.flatMap((m) =>
    ts.isPropertySignature(m) && m.type ? [[m.name.getText(), m.type] as const] : [],
  );
  return unlike(value, new Map(fields), method, at);
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
