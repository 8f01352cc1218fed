import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import ts from 'typescript';
import type { GoogleApi } from '../../platforms/google/methods.js';

/**
 * What the installed `googleapis` says of each method: it is generated from Google's discovery documents. Read from the
 * sources of the package, not by running it: the code names root, path, method and required parameters, the declarations
 * next to it name query parameters, bodies, answers, schemas and scopes.
 */
export interface PackageMethod {
  readonly api: GoogleApi;
  /** Lower case, `spaces.messages.create`: the package keeps the capitals of a resource's name in its code alone. */
  readonly id: string;
  readonly root: string;
  readonly http: string;
  readonly template: string;
  readonly required: readonly string[];
  readonly pathParameters: readonly string[];
  /** Documentation by parameter, path parameters included. */
  readonly parameters: ReadonlyMap<string, string>;
  readonly body: string | undefined;
  /** Undefined when the answer is empty. */
  readonly answer: string | undefined;
  readonly scopes: readonly string[];
}
export interface PackageApi {
  readonly methods: readonly PackageMethod[];
  readonly schemas: ReadonlyMap<string, ReadonlyMap<string, ts.TypeNode>>;
}

const FILES: Readonly<Record<GoogleApi, string>> = {
  accesscontextmanager: 'accesscontextmanager/v1',
  alertcenter: 'alertcenter/v1beta1',
  chat: 'chat/v1',
  cloudidentity: 'cloudidentity/v1',
  directory: 'admin/directory_v1',
  drive: 'drive/v3',
  gmail: 'gmail/v1',
  reports: 'admin/reports_v1',
  vault: 'vault/v1',
};
const require = createRequire(import.meta.url);
const known = new Map<GoogleApi, PackageApi>();

export function packageApi(api: GoogleApi): PackageApi {
  const before = known.get(api);
  if (before) return before;
  const made = readApi(api);
  known.set(api, made);
  return made;
}

/** All that can be reached at one of the used hosts. */
export function allMethods(): readonly PackageMethod[] {
  return (Object.keys(FILES) as GoogleApi[]).flatMap((api) => packageApi(api).methods);
}

/** The method that an operation's name means; variants of one method are told apart by words after it. */
export function methodOf(operation: string): PackageMethod | undefined {
  const [api = '', ...rest] = (operation.split(' ')[0] ?? '').split('.');
  const id = rest.join('.').toLowerCase();
  return api in FILES ? packageApi(api as GoogleApi).methods.find((m) => m.id === id) : undefined;
}

function readApi(api: GoogleApi): PackageApi {
  const code = require.resolve(`googleapis/build/src/apis/${FILES[api]}.js`);
  const declared = parse(code.replace(/\.js$/, '.d.ts'));
  const interfaces = new Map<string, ts.InterfaceDeclaration>();
  const signatures = new Map<string, ts.MethodDeclaration>();
  walk(declared, (node) => {
    if (ts.isInterfaceDeclaration(node)) interfaces.set(node.name.text, node);
    if (!ts.isMethodDeclaration(node) || !ts.isClassDeclaration(node.parent)) return;
    const key = keyOf(node);
    if (returnsPromise(node) && !isStream(node) && key !== undefined) signatures.set(key, node);
  });
  const docs = documentationOf(declared);
  const methods: PackageMethod[] = [];
  walk(parse(code), (node) => {
    if (!ts.isMethodDeclaration(node)) return;
    const key = keyOf(node);
    const signature = key === undefined ? undefined : signatures.get(key);
    if (key === undefined || !signature) return;
    methods.push(methodFrom(api, key, node, signature, interfaces, docs.get(key) ?? ''));
  });
  const schemas = new Map(
    [...interfaces]
      .filter(([name]) => name.startsWith('Schema$'))
      .map(([name, declaration]) => [name, new Map(propertiesOf(declaration).map((p) => [p.name, p.type]))]),
  );
  return { methods, schemas };
}

function methodFrom(
  api: GoogleApi,
  key: string,
  code: ts.MethodDeclaration,
  signature: ts.MethodDeclaration,
  interfaces: ReadonlyMap<string, ts.InterfaceDeclaration>,
  documentation: string,
): PackageMethod {
  const text = code.getText();
  const list = (name: string): readonly string[] =>
    [...(new RegExp(`${name}: \\[([^\\]]*)\\]`).exec(text)?.[1] ?? '').matchAll(/'([^']+)'/g)].map((m) => m[1] ?? '');
  const parameterType = signature.parameters[0]?.type?.getText() ?? '';
  const declaration = interfaces.get(parameterType);
  const properties = declaration ? propertiesOf(declaration) : [];
  const answer = /GaxiosResponse\w*<(.+)>>$/.exec(signature.type?.getText() ?? '')?.[1];
  return {
    api,
    id: key,
    root: /rootUrl \|\|\s*'([^']+)'/.exec(text)?.[1] ?? '',
    http: /method: '(\w+)'/.exec(text)?.[1] ?? '',
    template: /rootUrl \+\s*'([^']+)'/.exec(text)?.[1] ?? '',
    required: list('requiredParams'),
    pathParameters: list('pathParams'),
    parameters: new Map(properties.filter((p) => p.name !== 'requestBody').map((p) => [p.name, p.documentation])),
    body: properties.find((p) => p.name === 'requestBody')?.type.getText(),
    answer: answer === 'void' ? undefined : answer,
    scopes: [...(/scopes: \[([^\]]*)\]/.exec(documentation)?.[1] ?? '').matchAll(/'([^']+)'/g)].map((m) => m[1] ?? ''),
  };
}

/** The comment stands before the first overload only. */
function documentationOf(source: ts.SourceFile): ReadonlyMap<string, string> {
  const found = new Map<string, string>();
  walk(source, (node) => {
    if (!ts.isMethodDeclaration(node)) return;
    const key = keyOf(node);
    if (key !== undefined && !found.has(key)) found.set(key, node.getFullText());
  });
  return found;
}

function keyOf(node: ts.MethodDeclaration): string | undefined {
  const owner = ts.isClassDeclaration(node.parent) ? node.parent.name?.text : undefined;
  if (owner?.startsWith('Resource$') !== true) return undefined;
  return [...owner.split('$').slice(1), node.name.getText()].join('.').toLowerCase();
}

const returnsPromise = (node: ts.MethodDeclaration): boolean => node.type?.getText().startsWith('Promise<') ?? false;
const isStream = (node: ts.MethodDeclaration): boolean => node.type?.getText().includes('<Readable>') ?? false;

function propertiesOf(
  declaration: ts.InterfaceDeclaration,
): readonly { readonly name: string; readonly type: ts.TypeNode; readonly documentation: string }[] {
  return declaration.members.flatMap((member) =>
    ts.isPropertySignature(member) && member.type
      ? [
          {
            name: member.name.getText().replace(/^'|'$/g, ''),
            type: member.type,
            documentation: member.getFullText(),
          },
        ]
      : [],
  );
}

function parse(path: string): ts.SourceFile {
  return ts.createSourceFile(path, readFileSync(path, 'utf8'), ts.ScriptTarget.ESNext, true);
}

function walk(node: ts.Node, visit: (node: ts.Node) => void): void {
  visit(node);
  ts.forEachChild(node, (child) => {
    walk(child, visit);
  });
}
