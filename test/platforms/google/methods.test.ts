import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { describe, expect, it } from 'vitest';
import { METHODS, type GoogleApi, type GoogleMethod } from '../../../platforms/google/methods.js';

const FILES: Readonly<Record<GoogleApi, string>> = {
  directory: 'admin/directory_v1',
  reports: 'admin/reports_v1',
  alertcenter: 'alertcenter/v1beta1',
  chat: 'chat/v1',
  gmail: 'gmail/v1',
  drive: 'drive/v3',
  cloudidentity: 'cloudidentity/v1',
  vault: 'vault/v1',
  accesscontextmanager: 'accesscontextmanager/v1',
};
const resolve = createRequire(import.meta.url).resolve;
const source = (api: GoogleApi, ending: string): string =>
  readFileSync(resolve(`googleapis/build/src/apis/${FILES[api]}.js`).replace(/\.js$/, ending), 'utf8');

/** The method's example in the SDK's declarations, which lists the scopes it takes. */
function scopesInSdk({ api, name }: GoogleMethod): string {
  const declared = source(api, '.d.ts');
  const path = name.split(' ')[0]?.split('.').slice(1).join('.') ?? '';
  const call = declared.indexOf(`.${path}(`);
  const from = declared.lastIndexOf('scopes: [', call);
  return call < 0 || from < 0 ? '' : declared.slice(from, declared.indexOf(']', from));
}

describe.each(Object.entries(METHODS as Readonly<Record<string, GoogleMethod>>))('%s', (_, method) => {
  it('is a method of the SDK as it is installed, with that path, and takes each of those scopes', () => {
    const name = method.name.split(' ')[0]?.split('.').at(-1) ?? '';
    const routes = source(method.api, '.js')
      .split(`\n        ${name}(paramsOrCallback`)
      .slice(1)
      .map(
        (body) => `${/method: '(\w+)'/.exec(body)?.[1] ?? ''} ${/rootUrl \+ ?\n? *'([^']+)'/.exec(body)?.[1] ?? ''}`,
      );
    expect(routes).toContain(`${method.method} ${method.path}`);
    const scopes = scopesInSdk(method);
    for (const scope of method.scopes) expect(scopes).toContain(`'${scope}'`);
  });
});
